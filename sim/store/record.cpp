// SPDX-License-Identifier: Apache-2.0
#include "sim/store/record.h"

#include <cstring>
#include <type_traits>

#include "base/error.h"

namespace mantissa::store {
namespace {

// The fields of each row, declared once for both directions. A text is its length and its bytes, a
// list its length and its items. JSON did the same in ten times the time, most of it in the parent,
// which all workers wait for.
template <class Io, class Row>
void fields(Io& io, Row& r) {
  using T = std::remove_const_t<Row>;
  if constexpr (std::is_same_v<T, LayerRow>) {
    io(r.name, r.op, r.engine, r.core, r.start, r.end, r.busy, r.compute, r.folds, r.macs,
       r.utilization, r.dram_read_bytes, r.dram_write_bytes, r.tiling, r.reason);
  } else if constexpr (std::is_same_v<T, PriceText>) {
    io(r.value, r.unit, r.node_nm, r.voltage_v, r.method, r.source, r.formula);
  } else if constexpr (std::is_same_v<T, EnergyRow>) {
    io(r.component, r.kind, r.action, r.labels, r.count, r.energy_pj, r.price);
  } else if constexpr (std::is_same_v<T, AreaRow>) {
    io(r.component, r.kind, r.count, r.area_um2, r.price);
  } else {
    io(r.hash, r.resolved_yaml, r.seed, r.metrics, r.texts, r.layers, r.energy, r.area, r.warnings,
       r.host_seconds);
  }
}

class Writer {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void put(std::uint64_t v) { raw(&v, sizeof v); }
  void put(double v) { raw(&v, sizeof v); }
  void put(const std::string& v) {
    put(std::uint64_t{v.size()});
    raw(v.data(), v.size());
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put(std::uint64_t{list.size()});
    for (const auto& item : list) put(item);
  }
  template <class T>
  void put(const std::map<std::string, T>& map) {
    put(std::uint64_t{map.size()});
    for (const auto& [key, value] : map) (*this)(key, value);
  }
  template <class Row>
  void put(const Row& row) {
    fields(*this, row);
  }
  void raw(const void* data, std::size_t n) { bytes_.append(static_cast<const char*>(data), n); }
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  bool at_end() const { return bytes_.empty(); }

 private:
  void get(std::uint64_t& v) { raw(&v, sizeof v); }
  void get(double& v) { raw(&v, sizeof v); }
  void get(std::string& v) {
    v.resize(length());
    raw(v.data(), v.size());
  }
  template <class T>
  void get(std::vector<T>& list) {
    list.resize(length());
    for (auto& item : list) get(item);
  }
  template <class T>
  void get(std::map<std::string, T>& map) {
    for (std::uint64_t n = length(); n > 0; --n) {
      std::string key;
      get(key);
      get(map[key]);
    }
  }
  template <class Row>
  void get(Row& row) {
    fields(*this, row);
  }
  // Every item takes at least a byte, so that no length can ask for more memory than was sent.
  std::uint64_t length() {
    std::uint64_t n = 0;
    get(n);
    MANTISSA_CHECK(n <= bytes_.size(), "a record that ends too early");
    return n;
  }
  void raw(void* data, std::size_t n) {
    MANTISSA_CHECK(n <= bytes_.size(), "a record that ends too early");
    std::memcpy(data, bytes_.data(), n);
    bytes_.remove_prefix(n);
  }
  std::string_view bytes_;
};

}  // namespace

std::string encode(const Record& record) {
  Writer writer;
  fields(writer, record);
  return writer.take();
}

Record decode(std::string_view bytes) {
  Reader reader(bytes);
  Record record;
  fields(reader, record);
  MANTISSA_CHECK(reader.at_end(), "a record with bytes left over");
  return record;
}

std::map<std::string, double> Record::energy_by_part() const {
  std::map<std::string, double> parts;
  for (const auto& row : energy) parts[row.component] += row.energy_pj;
  return parts;
}

std::map<std::string, double> Record::area_by_part() const {
  std::map<std::string, double> parts;
  for (const auto& row : area) parts[row.component] += row.area_um2;
  return parts;
}

}  // namespace mantissa::store
