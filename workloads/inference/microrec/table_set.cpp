// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/table_set.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>

#include "workloads/inference/microrec/errors.h"

namespace mantissa::workloads::microrec {
namespace {

constexpr double most_rows = 1ull << 40;
constexpr double most_dims = 1 << 16;
constexpr double most_lookups = 1 << 20;
constexpr double most_tables = 1 << 16;

// Empty, or that there is more than sums of 64 bits are good for.
std::string too_much(const TableSetConfig& config) {
  double tables = 0, elements = 0;
  for (const TableGroup& group : config.tables)
    for (const std::int64_t rows : group.rows) {
      tables += static_cast<double>(group.count);
      elements += static_cast<double>(group.count) * static_cast<double>(rows) *
                  static_cast<double>(group.dim);
    }
  if (tables > most_tables) return fmt::format("more than {} tables", most_tables);
  return elements > 0x1p58 ? std::string("more than 2^58 elements") : std::string();
}

std::string name_of(std::uint64_t dim, std::uint64_t rows, std::size_t number) {
  return fmt::format("{}x{}#{}", dim, rows, number);
}

// Fields of one line, without blanks around them.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::stringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) {
    const auto first = field.find_first_not_of(" \t\r");
    const auto last = field.find_last_not_of(" \t\r");
    fields.push_back(first == std::string::npos ? "" : field.substr(first, last - first + 1));
  }
  return fields;
}

class CsvReader {
 public:
  explicit CsvReader(std::string path) : path_(std::move(path)) {}

  void line(const std::string& text) {
    ++number_;
    const auto fields = fields_of(text);
    if (fields.empty() || (fields.size() == 1 && fields[0].empty())) return;
    if (columns_ == 0) return header(fields);
    if (fields.size() != columns_)
      throw refusal("a line has " + std::to_string(fields.size()) + " fields")
          .expected(std::to_string(columns_) + " of them, as the header says");
    TableGroup group;
    group.dim = number(fields, 0, most_dims);
    group.rows = {number(fields, 1, most_rows)};
    if (columns_ > 2) group.count = number(fields, 2, most_tables);
    if (columns_ > 3) group.lookups = {number(fields, 3, most_lookups)};
    config_.tables.push_back(group);
  }

  TableSetConfig finish() {
    if (config_.tables.empty())
      throw Error(table_csv).at(path_).say("there is no table").expected(expected_header);
    if (const std::string fault = too_much(config_); !fault.empty())
      throw Error(table_csv).at(path_).say(fault);
    config_.name = path_;
    return std::move(config_);
  }

 private:
  static constexpr const char* expected_header =
      "the header 'dim, rows, count, lookups' (the last one or two may be left out) and a line for "
      "each group of tables";

  Error refusal(const std::string& what) const {
    Error error(table_csv);
    error.at(path_, number_, 1).say(what);
    return error;
  }

  void header(const std::vector<std::string>& fields) {
    const std::vector<std::string> names{"dim", "rows", "count", "lookups"};
    bool fits = fields.size() >= 2 && fields.size() <= names.size();
    for (std::size_t i = 0; fits && i < fields.size(); ++i) fits = fields[i] == names[i];
    if (!fits) throw refusal("this is no header of a list of tables").expected(expected_header);
    columns_ = fields.size();
  }

  // Strict: no sign, no fraction, nothing behind the digits.
  std::int64_t number(const std::vector<std::string>& fields, std::size_t index, double most) {
    const std::string& text = fields[index];
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || value < 1 ||
        static_cast<double>(value) > most)
      throw refusal("field " + std::to_string(index + 1))
          .read(text)
          .expected(fmt::format("a whole number from 1 to {}", static_cast<std::int64_t>(most)));
    return value;
  }

  std::string path_;
  int number_ = 0;
  std::size_t columns_ = 0;
  TableSetConfig config_;
};

}  // namespace

const config::Schema<TableGroup>& TableGroup::schema() {
  using T = TableGroup;
  static const auto schema =
      config::Schema<T>("Embedding tables with rows of one width.")
          .required("dim", &T::dim, config::range(1, most_dims), "Elements of a row.")
          .required("rows", &T::rows, config::range(1, most_rows), "Rows of each table.")
          .optional("count", &T::count, config::range(1, most_tables), "Tables of each of these.")
          .optional("lookups", &T::lookups, config::range(1, most_lookups),
                    "Rows that an item asks of each table; none: 1.")
          .constraint("rows",
                      [](const T& t) {
                        return t.rows.empty() ? std::string("at least one table") : std::string();
                      })
          .constraint("lookups", [](const T& t) {
            return t.lookups.empty() || t.lookups.size() == t.rows.size()
                       ? std::string()
                       : fmt::format("{} of them beside {} rows", t.lookups.size(), t.rows.size());
          });
  return schema;
}

const config::Schema<TableSetConfig>& TableSetConfig::schema() {
  using T = TableSetConfig;
  static const auto schema =
      config::Schema<T>("The embedding tables of a recommendation model.")
          .required("kind", &T::kind, "tables: tells this file from other workloads.")
          .required("name", &T::name, "Name in reports.")
          .optional("description", &T::description, "One line.")
          .required("tables", &T::tables, "Groups of tables.")
          .optional("bottom", &T::bottom, config::range(1, 1 << 20),
                    "Dense features, then the layers that read them.")
          .optional("hidden", &T::hidden, config::range(1, 1 << 20),
                    "Outputs of the layers behind the lookup; one output follows.")
          .constraint("kind",
                      [](const T& t) {
                        return t.kind == "tables" ? std::string()
                                                  : "this is of kind " + t.kind + ", not tables";
                      })
          .constraint("tables", [](const T& t) {
            return t.tables.empty() ? std::string("at least one group") : too_much(t);
          });
  return schema;
}

TableSet table_set(const TableSetConfig& config) {
  TableSet set;
  set.name = config.name;
  set.hidden = config.hidden;
  for (const TableGroup& group : config.tables)
    for (std::size_t i = 0; i < group.rows.size(); ++i)
      for (std::int64_t n = 0; n < group.count; ++n) {
        const auto dim = static_cast<std::uint64_t>(group.dim);
        const auto rows = static_cast<std::uint64_t>(group.rows[i]);
        const std::int64_t lookups = group.lookups.empty() ? 1 : group.lookups[i];
        set.tables.push_back({name_of(dim, rows, set.tables.size()), rows, dim,
                              static_cast<std::uint64_t>(lookups)});
      }
  return set;
}

TableSet read_table_csv(const std::string& text, const std::string& path) {
  CsvReader reader(path);
  std::stringstream lines(text);
  for (std::string line; std::getline(lines, line);) reader.line(line);
  return table_set(reader.finish());
}

bool is_table_csv(const std::string& path) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (const auto fields = fields_of(line); !fields.empty() && !fields[0].empty())
      return fields[0] == "dim";
  return false;
}

TableSet load_table_set(const std::string& name_or_file, const config::Resolver& presets,
                        const std::vector<std::string>& overrides) {
  const std::string extension = ".csv";
  const bool csv = name_or_file.size() > extension.size() &&
                   name_or_file.compare(name_or_file.size() - extension.size(), extension.size(),
                                        extension) == 0;
  if (!csv) return table_set(config::load<TableSetConfig>(name_or_file, presets, overrides).value);
  errno = 0;
  std::ifstream file(name_or_file);
  std::stringstream text;
  if (!file || !(text << file.rdbuf()))
    throw Error(table_csv)
        .at(name_or_file)
        .say(std::string("cannot be read: ") + std::strerror(errno))
        .expected("a readable CSV file");
  return read_table_csv(text.str(), name_or_file);
}

std::uint64_t TableSet::rows() const {
  std::uint64_t sum = 0;
  for (const Table& table : tables) sum += table.rows;
  return sum;
}
std::uint64_t TableSet::dims() const {
  std::uint64_t sum = 0;
  for (const Table& table : tables) sum += table.dim;
  return sum;
}
std::uint64_t TableSet::elements() const {
  std::uint64_t sum = 0;
  for (const Table& table : tables) sum += table.elements();
  return sum;
}
std::uint64_t TableSet::lookups() const {
  std::uint64_t sum = 0;
  for (const Table& table : tables) sum += table.lookups;
  return sum;
}

TableSet one_table_per_lookup(const TableSet& set) {
  TableSet out{set.name, {}, set.hidden};
  for (const Table& table : set.tables)
    for (std::uint64_t n = 0; n < table.lookups; ++n)
      out.tables.push_back({fmt::format("{}/{}", table.name, n), table.rows, table.dim, 1});
  return out;
}

TableSet split_table(const TableSet& set, std::size_t index, std::uint64_t parts) {
  TableSet out{set.name, {}, set.hidden};
  for (std::size_t t = 0; t < set.tables.size(); ++t) {
    const Table& table = set.tables[t];
    if (t != index) {
      out.tables.push_back(table);
      continue;
    }
    MANTISSA_CHECK(parts > 0 && table.dim % parts == 0, "dimensions that do not split evenly");
    for (std::uint64_t n = 0; n < parts; ++n)
      out.tables.push_back(
          {fmt::format("{}:{}", table.name, n), table.rows, table.dim / parts, table.lookups});
  }
  return out;
}

}  // namespace mantissa::workloads::microrec
