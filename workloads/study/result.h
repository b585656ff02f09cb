// SPDX-License-Identifier: Apache-2.0
// What an experiment found: figures beside published ones, tables, figures to be drawn. Experiments
// fill these; sim/ prints, stores and draws them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mantissa::workloads {

// One figure of ours, beside a published one where there is one. The difference is always shown,
// never hidden; `note` says why it is as large as it is, where that is known.
struct Comparison {
  std::string what;  // unique in its study: "RQUANT, 8 bit, p = 1 %"
  std::string unit;  // "%", "ns", "um2", "1" for plain ratios
  std::optional<double> published;
  double ours = 0;
  std::optional<double> deviation;  // half-width of the 95 % interval of ours
  std::string source;               // of the published figure, with its certainty
  std::string note;

  std::optional<double> difference() const {
    if (!published) return std::nullopt;
    return ours - *published;
  }
};

// A cell that is empty, a text, a number or a count. What is no finite number is an empty cell.
using Cell = std::variant<std::monostate, std::string, double, std::int64_t>;

struct Column {
  std::string name;  // "voltage"
  std::string unit;  // "V/Vmin"; empty: none
};

struct ResultTable {
  std::string name;  // a file name without extension: "robust_error"
  std::string title;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;  // as long as columns
};

struct Series {
  std::string label;
  std::vector<double> x, y;
  std::vector<double> low, high;     // the interval around y; empty: none
  std::vector<std::string> names{};  // beside its points; empty: none
  bool steps = false;  // its points, from left to right, are the corners of a staircase
};

struct Axis {
  std::string label;  // with its unit
  bool logarithmic = false;
};

enum class FigureKind { line, scatter, bar };

struct Figure {
  std::string name;  // a file name without extension
  std::string title;
  FigureKind kind = FigureKind::line;
  Axis x, y;
  std::vector<Series> series;
  std::vector<std::string> ticks;  // of a bar figure: names of x = 0, 1, ...
};

struct StudyResult {
  std::vector<Comparison> comparisons;
  std::vector<ResultTable> tables;
  std::vector<Figure> figures;
  std::vector<std::string> notes;     // what a reader must know: data set, network, samples
  std::vector<std::string> warnings;  // what was not as it should be
  bool passed = true;                 // every check of the experiment held
};

// What nobody can print, store or draw is a bug of the experiment: InternalError for figures that
// are not finite, rows and series of unequal lengths, names that are not unique or no file names.
void check(const StudyResult& result);

}  // namespace mantissa::workloads
