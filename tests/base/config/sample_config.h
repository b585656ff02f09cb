// SPDX-License-Identifier: Apache-2.0
// A small architecture with one parameter of every member type, for the tests of this folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"

namespace mantissa::config::sample {

enum class Dataflow { weight_stationary, output_stationary };

struct Matrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  Dataflow dataflow = Dataflow::weight_stationary;
  std::vector<Dataflow> others;
  static const Schema<Matrix>& schema();
};

struct Core {
  Hertz clock{};
  Matrix matrix;
  Bytes scratchpad{1 << 18};
  double utilisation = 0.75;
  bool fuse = true;
  std::optional<Bytes> buffer;
  std::optional<Matrix> second;
  static const Schema<Core>& schema();
};

struct Level {
  std::string name;
  Latency latency{true, {}, Cycles(1)};
  static const Schema<Level>& schema();
};

struct Chip {
  std::string name;
  std::optional<std::string> note;
  Core core;
  Bandwidth bandwidth{false, 34e9};
  Volts voltage{0.9};
  Nanometres node{28};
  Watts power{40};
  Femtoseconds access{833'000};
  std::vector<Level> levels;
  std::vector<std::int64_t> shape{1, 2};
  std::vector<std::vector<double>> table;
  static const Schema<Chip>& schema();
};

}  // namespace mantissa::config::sample

namespace mantissa::config {

template <>
struct EnumNames<sample::Dataflow> {
  static const std::vector<std::pair<sample::Dataflow, const char*>>& names() {
    static const std::vector<std::pair<sample::Dataflow, const char*>> table = {
        {sample::Dataflow::weight_stationary, "weight_stationary"},
        {sample::Dataflow::output_stationary, "output_stationary"}};
    return table;
  }
};

namespace sample {

inline const Schema<Matrix>& Matrix::schema() {
  static const auto s =
      Schema<Matrix>("Matrix unit")
          .required("rows", &Matrix::rows, range(1, 1024), "Rows R.")
          .required("columns", &Matrix::columns, range(1, 1024), "Columns C.")
          .optional("dataflow", &Matrix::dataflow, "Which operand stays.")
          .optional("others", &Matrix::others, "Other dataflows.")
          .constraint("rows", [](const Matrix& m) {
            return m.rows >= m.columns ? std::string() : std::string("fewer rows than columns");
          });
  return s;
}

inline const Schema<Core>& Core::schema() {
  static const auto s =
      Schema<Core>("Core")
          .required("clock", &Core::clock, range(1e6, 2e9), "Core clock.")
          .required("matrix", &Core::matrix, "Matrix unit.")
          .optional("scratchpad", &Core::scratchpad, range(1024, 1 << 25), "Scratchpad.")
          .optional("utilisation", &Core::utilisation, range(0, 1), "Used part.")
          .optional("fuse", &Core::fuse, "Fuse operators.")
          .optional("buffer", &Core::buffer, at_least(64), "Weight buffer.")
          .optional("second", &Core::second, "A second matrix unit.");
  return s;
}

inline const Schema<Level>& Level::schema() {
  static const auto s = Schema<Level>("Level")
                            .required("name", &Level::name, "Name.")
                            .optional("latency", &Level::latency, at_least(1), "Latency.");
  return s;
}

inline const Schema<Chip>& Chip::schema() {
  static const auto s =
      Schema<Chip>("Chip")
          .required("name", &Chip::name, "Name in reports.")
          .optional("note", &Chip::note, "A remark.")
          .required("core", &Chip::core, "Every core.")
          .optional("bandwidth", &Chip::bandwidth, at_least(1), "Memory bandwidth.")
          .optional("voltage", &Chip::voltage, range(0.4, 1.2), "Supply.")
          .optional("node", &Chip::node, range(7, 180), "Technology node.")
          .optional("power", &Chip::power, at_least(0), "Power.")
          .optional("access", &Chip::access, at_least(1), "Access time.")
          .optional("levels", &Chip::levels, "Memory levels.")
          .optional("shape", &Chip::shape, at_least(1), "Shape.")
          .optional("table", &Chip::table, range(-1, 1), "Table.")
          .constraint("core.clock", [](const Chip& c) {
            return c.core.clock.value == 999'000'000 ? std::string("no such crystal")
                                                     : std::string();
          });
  return s;
}

}  // namespace sample
}  // namespace mantissa::config
