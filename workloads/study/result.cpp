// SPDX-License-Identifier: Apache-2.0
#include "workloads/study/result.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "base/error.h"

namespace mantissa::workloads {

namespace {

// Names that files get, once each.
class FileNames {
 public:
  void add(const std::string& name) {
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
    MANTISSA_CHECK(plain, "not a file name: '" + name + "'");
    MANTISSA_CHECK(seen_.insert(name).second, "two results called " + name);
  }

 private:
  // What `mantissa exec -o` writes beside them.
  std::set<std::string> seen_{"comparisons", "figures", "study", "results"};
};

bool is_finite(const Cell& cell) {
  const double* number = std::get_if<double>(&cell);
  return number == nullptr || std::isfinite(*number);
}

void check(const std::vector<Comparison>& comparisons) {
  std::set<std::string> seen;
  for (const Comparison& c : comparisons) {
    MANTISSA_CHECK(seen.insert(c.what).second, "two comparisons of " + c.what);
    MANTISSA_CHECK(std::isfinite(c.ours) && std::isfinite(c.published.value_or(0)) &&
                       std::isfinite(c.deviation.value_or(0)),
                   c.what + " is not a finite number");
  }
}

void check(const ResultTable& table) {
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto& row = table.rows[r];
    const std::string place = "row " + std::to_string(r) + " of table " + table.name;
    MANTISSA_CHECK(row.size() == table.columns.size(), place + " has another number of cells");
    MANTISSA_CHECK(std::all_of(row.begin(), row.end(), is_finite),
                   place + " has a cell that is not a finite number");
  }
}

void check(const Figure& figure) {
  for (const Series& s : figure.series) {
    const std::string place = "series '" + s.label + "' of figure " + figure.name;
    const std::size_t count = s.x.size();
    MANTISSA_CHECK(s.y.size() == count && s.low.size() == s.high.size() &&
                       (s.low.empty() || s.low.size() == count),
                   place + " has lists of unequal lengths");
    MANTISSA_CHECK(s.names.empty() || s.names.size() == count,
                   "names of series '" + s.label + "' of figure " + figure.name);
    for (const auto* list : {&s.x, &s.y, &s.low, &s.high})
      MANTISSA_CHECK(
          std::all_of(list->begin(), list->end(), [](double v) { return std::isfinite(v); }),
          place + " has a value that is not a finite number");
  }
}

}  // namespace

void check(const StudyResult& result) {
  check(result.comparisons);
  FileNames tables, figures;
  for (const ResultTable& table : result.tables) {
    tables.add(table.name);
    check(table);
  }
  for (const Figure& figure : result.figures) {
    figures.add(figure.name);
    check(figure);
  }
}

}  // namespace mantissa::workloads
