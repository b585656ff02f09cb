// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/index_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <numeric>

#include "arch/engines/embedding/errors.h"
#include "base/numerics/elementary.h"
#include "base/numerics/random_fill.h"
#include "workloads/inference/microrec/errors.h"

namespace mantissa::workloads::microrec {
namespace {

using numerics::RandomStream;

// Below `count`: the high half of a product of 128 bits; bias below 2^-24 for 2^40 rows.
std::uint64_t below(std::uint64_t bits, std::uint64_t count) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(bits) * count >> 64);
}
double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

// A bijection of the rows of a table: i -> (a i + b) mod rows, a and rows without common factor.
class Spread {
 public:
  Spread(const RandomStream& random, std::uint64_t rows) : rows_(rows) {
    b_ = below(random.bits(0), rows);
    std::uint64_t n = 1;
    do a_ = rows < 3 ? 1 : 1 + below(random.bits(n++), rows - 1);
    while (std::gcd(a_, rows) != 1);
  }
  std::uint64_t operator()(std::uint64_t i) const {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(a_) * i + b_) % rows_);
  }

 private:
  std::uint64_t rows_, a_ = 1, b_ = 0;
};

class RowStream {
 public:
  virtual ~RowStream() = default;
  virtual std::uint64_t next() = 0;
};

class Uniform final : public RowStream {
 public:
  Uniform(const RandomStream& random, std::uint64_t rows) : random_(random), rows_(rows) {}
  std::uint64_t next() override { return below(random_.bits(count_++), rows_); }

 private:
  RandomStream random_;
  std::uint64_t rows_, count_ = 0;
};

// Ranks 2^k to 2^(k+1) - 1 are one octave, drawn by its weight; within an octave a rank r is drawn
// alike and kept with probability (2^k / r)^s, so that no table of all ranks is needed. Weights are
// sums over up to 4096 evenly spread ranks of an octave.
class Zipf final : public RowStream {
 public:
  Zipf(const RandomStream& random, std::uint64_t rows, double exponent)
      : random_(random), spread_(random, rows), rows_(rows), exponent_(exponent) {
    double sum = 0;
    for (std::uint64_t first = 1; first <= rows; first *= 2) {
      const std::uint64_t count = std::min(first, rows - first + 1);
      const std::uint64_t samples = std::min<std::uint64_t>(count, 4096);
      double weight = 0;
      for (std::uint64_t i = 0; i < samples; ++i)
        weight += kept(first, first + (2 * i + 1) * count / (2 * samples));
      sum += weight / static_cast<double>(samples) * static_cast<double>(count) *
             power(1 / static_cast<double>(first));
      until_.push_back(sum);
    }
  }

  std::uint64_t next() override {
    const double pick = unit(random_.bits(count_++)) * until_.back();
    const auto octave = static_cast<std::size_t>(
        std::upper_bound(until_.begin(), until_.end() - 1, pick) - until_.begin());
    const std::uint64_t first = 1ull << octave;
    const std::uint64_t count = std::min(first, rows_ - first + 1);
    for (;;) {
      const std::uint64_t rank = first + below(random_.bits(count_++), count);
      if (unit(random_.bits(count_++)) < kept(first, rank)) return spread_(rank - 1);
    }
  }

 private:
  double power(double x) const {
    return numerics::power(static_cast<float>(x), static_cast<float>(exponent_));
  }
  double kept(std::uint64_t first, std::uint64_t rank) const {
    return power(static_cast<double>(first) / static_cast<double>(rank));
  }
  RandomStream random_;
  Spread spread_;
  std::uint64_t rows_, count_ = 0;
  double exponent_;
  std::vector<double> until_;  // summed weights of octaves
};

// Every use of every row, shuffled (Fisher, Yates).
class Production final : public RowStream {
 public:
  Production(const RandomStream& random, std::uint64_t rows, std::uint64_t accesses) {
    const Spread spread(random, rows);
    std::uint64_t row = 0;
    for (std::size_t bin = 0; bin < production_reuse.size() && row < rows; ++bin) {
      // Bin b holds rows used more than 2^(b-1) times, at most 2^b.
      const std::uint64_t uses = bin < 2 ? bin + 1 : (3ull << bin) / 4;
      const auto share =
          static_cast<std::uint64_t>(production_reuse[bin] * static_cast<double>(accesses));
      for (std::uint64_t left = share; left > 0 && row < rows; ++row) {
        const std::uint64_t n = std::min(uses, left);
        uses_.insert(uses_.end(), n, spread(row));
        left -= n;
      }
    }
    for (std::size_t i = uses_.size(); i > 1; --i)
      std::swap(uses_[i - 1], uses_[below(random.bits(1000 + i), i)]);
  }
  std::uint64_t next() override {
    if (at_ == uses_.size()) at_ = 0;
    return uses_[at_++];
  }

 private:
  std::vector<std::uint64_t> uses_;
  std::size_t at_ = 0;
};

class Synthetic final : public ItemStream {
 public:
  Synthetic(const StreamConfig& config, const TableSet& set) {
    for (const Table& table : set.tables) {
      const RandomStream random(static_cast<std::uint64_t>(config.seed), table.name);
      std::unique_ptr<RowStream> rows;
      if (config.kind == StreamKind::uniform)
        rows = std::make_unique<Uniform>(random, table.rows);
      else if (config.kind == StreamKind::zipf)
        rows = std::make_unique<Zipf>(random, table.rows, config.exponent);
      else
        rows = std::make_unique<Production>(random, table.rows,
                                            static_cast<std::uint64_t>(config.accesses));
      streams_.emplace_back(std::move(rows), table.lookups);
    }
  }
  void next(std::uint64_t* rows) override {
    for (auto& [stream, lookups] : streams_)
      for (std::uint64_t n = 0; n < lookups; ++n) *rows++ = stream->next();
  }

 private:
  std::vector<std::pair<std::unique_ptr<RowStream>, std::uint64_t>> streams_;
};

class FromFile final : public ItemStream {
 public:
  FromFile(const std::string& path, const TableSet& set) : path_(path), set_(set), file_(path) {
    if (!file_)
      throw Error(stream_file)
          .at(path_)
          .say(std::string("cannot be opened: ") + std::strerror(errno))
          .expected("a file with the row numbers of one item in each line");
  }

  void next(std::uint64_t* rows) override {
    std::string line;
    while (blank(line)) {
      if (std::getline(file_, line)) {
        ++number_;
        continue;
      }
      if (items_ == 0) throw Error(stream_file).at(path_).say("there is no item");
      file_.clear();
      file_.seekg(0);
      number_ = 0;
    }
    parse(line, rows);
    ++items_;
  }

 private:
  static bool blank(const std::string& line) {
    return line.find_first_not_of(" \t\r,") == std::string::npos;
  }

  void parse(const std::string& line, std::uint64_t* rows) const {
    const char* at = line.data();
    const char* const end = at + line.size();
    const auto skip = [&] {
      while (at < end && std::strchr(" \t\r,", *at) != nullptr) ++at;
    };
    for (const Table& table : set_.tables)
      for (std::uint64_t n = 0; n < table.lookups; ++n) {
        skip();
        const auto [stop, fault] = std::from_chars(at, end, *rows);
        const int column = static_cast<int>(at - line.data()) + 1;
        if (fault != std::errc() || (stop < end && std::strchr(" \t\r,", *stop) == nullptr))
          throw Error(stream_file)
              .at(path_, number_, column)
              .read(line.substr(static_cast<std::size_t>(column - 1), 20))
              .expected(fmt::format("a row of table {}; an item has {} row numbers", table.name,
                                    set_.lookups()));
        if (*rows >= table.rows)
          throw Error(arch::embedding::index_out_of_range)
              .at(path_, number_, column)
              .say(fmt::format("item {}, table {}, position {}: there is no such row", items_,
                               table.name, n))
              .read(std::to_string(*rows))
              .expected(fmt::format("a row from 0 to {}", table.rows - 1));
        at = stop;
        ++rows;
      }
    skip();
    if (at < end)
      throw Error(stream_file)
          .at(path_, number_, static_cast<int>(at - line.data()) + 1)
          .say("a line goes on behind the last row number of its item")
          .expected(fmt::format("{} row numbers", set_.lookups()));
  }

  const std::string path_;
  const TableSet set_;
  std::ifstream file_;
  int number_ = 0;
  std::uint64_t items_ = 0;
};

}  // namespace

const config::Schema<StreamConfig>& StreamConfig::schema() {
  using S = StreamConfig;
  static const auto schema =
      config::Schema<S>("Which rows items ask for.")
          .optional("kind", &S::kind, "Distribution of row numbers, or a file of them.")
          .optional("exponent", &S::exponent, config::range(0.01, 8),
                    "zipf: rank r has a probability proportional to 1 / r^exponent.")
          .optional("seed", &S::seed, "Of everything random.")
          .optional("accesses", &S::accesses, config::range(1000, 1 << 26),
                    "production: accesses of each table, then the stream repeats.")
          .optional("path", &S::path, "file: one line of row numbers per item.")
          .constraint("path", [](const S& s) {
            return (s.kind == StreamKind::file) == s.path.empty()
                       ? std::string("a path goes with kind: file, and only with it")
                       : std::string();
          });
  return schema;
}

std::unique_ptr<ItemStream> make_stream(const StreamConfig& config, const TableSet& set) {
  if (config.kind == StreamKind::file) return std::make_unique<FromFile>(config.path, set);
  return std::make_unique<Synthetic>(config, set);
}

}  // namespace mantissa::workloads::microrec

namespace mantissa::config {
using workloads::microrec::StreamKind;
const std::vector<std::pair<StreamKind, const char*>>& EnumNames<StreamKind>::names() {
  static const std::vector<std::pair<StreamKind, const char*>> names{
      {StreamKind::uniform, "uniform"},
      {StreamKind::zipf, "zipf"},
      {StreamKind::production, "production"},
      {StreamKind::file, "file"}};
  return names;
}
}  // namespace mantissa::config
