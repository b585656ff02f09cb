// SPDX-License-Identifier: Apache-2.0
#include "base/faults/config.h"

#include <fmt/format.h>

#include "base/faults/map_file.h"
#include "base/faults/upset.h"

namespace mantissa::config {

const std::vector<std::pair<faults::MapKind, const char*>>& EnumNames<faults::MapKind>::names() {
  static const std::vector<std::pair<faults::MapKind, const char*>> table = {
      {faults::MapKind::none, "none"},
      {faults::MapKind::uniform, "uniform"},
      {faults::MapKind::column, "column"},
      {faults::MapKind::file, "file"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::faults {

using config::range;
using config::Schema;

const Schema<FaultConfig>& FaultConfig::schema() {
  static const auto schema =
      Schema<FaultConfig>("Which cells of a memory fail, and what they do then.")
          .optional("map", &FaultConfig::map,
                    "Failing cells: none; uniform over the memory; by column; from a file.")
          .optional("law", &FaultConfig::law,
                    "Failing cells by voltage: measured points, or a normal law.")
          .optional("rate", &FaultConfig::rate, range(0, 1),
                    "Fraction of failing cells, whatever the voltage; none: from the voltage.")
          .optional("chip", &FaultConfig::chip,
                    "Published chip whose columns (map: column) and directions are taken.")
          .optional("array_rows", &FaultConfig::array_rows, range(1, 1 << 20),
                    "Rows of one SRAM array, over which a column is bad (map: column).")
          .optional("column_weights", &FaultConfig::column_weights, range(0, 1e9),
                    "Own weights of an array's columns, in place of a chip's (map: column).")
          .optional("effect", &FaultConfig::effect,
                    "What a failing cell does; directional: it is stuck at 0 or at 1.")
          .optional("zero_to_one", &FaultConfig::zero_to_one, range(0, 1),
                    "Directional: part stuck at 1; none: the chip's, or half.")
          .optional("read_error", &FaultConfig::read_error, range(0, 1),
                    "Probability that reading a failing cell goes wrong; below 1: transient.")
          .optional("write_error", &FaultConfig::write_error, range(0, 1),
                    "Probability that writing a failing cell leaves it as it was.")
          .optional("file", &FaultConfig::file, "Fault map (map: file): BYTE.BIT P01 P10 lines.")
          .optional("upset_rate", &FaultConfig::upset_rate, range(0, 1),
                    "Data mode: upsets per cell and cycle; 0.1 per memory and cycle at most.")
          .optional("upset_width", &FaultConfig::upset_width, range(1, 64),
                    "Neighbouring cells of a row that one upset hits.")
          .optional("upset_height", &FaultConfig::upset_height, range(1, 64),
                    "Neighbouring rows that one upset hits.")
          .optional("trace", &FaultConfig::trace,
                    "Data mode: upsets to replay, lines of CYCLE BYTE.BIT flip|set|clear.")
          .constraint("file",
                      [](const FaultConfig& f) {
                        if ((f.map == MapKind::file) == f.file.given()) return std::string();
                        return std::string("a file goes with map: file, and map: file with one");
                      })
          .constraint("rate",
                      [](const FaultConfig& f) {
                        const bool drawn = f.map == MapKind::uniform || f.map == MapKind::column;
                        return f.rate && !drawn
                                   ? std::string("only uniform and column maps have a rate")
                                   : std::string();
                      })
          .constraint("column_weights", [](const FaultConfig& f) {
            if (f.column_weights.empty()) return std::string();
            if (f.map != MapKind::column) return std::string("columns weigh in map: column alone");
            for (const double w : f.column_weights)
              if (w > 0) return std::string();
            return std::string("at least one column must weigh more than 0");
          });
  return schema;
}

double FaultConfig::rate_at(double voltage_ratio) const {
  return rate ? *rate : error_rate(law, voltage_ratio);
}

ColumnProfile FaultConfig::profile() const {
  ColumnProfile p = profile_of(chip);
  if (!column_weights.empty()) {
    const double share = p.zero_to_one;
    p = ColumnProfile::of_weights(column_weights);
    p.zero_to_one = share;
    p.shuffled = false;  // whoever writes weights down says where the columns are
  }
  return p;
}

ColumnProfile FaultConfig::profile_for(const CellLayout& words) const {
  ColumnProfile columns = profile();
  // A published profile spans the rows of this memory, unless its columns are whole rows anyway.
  if (column_weights.empty() && columns.weights.size() % words.row_cells() != 0)
    columns = stretched(columns, words.row_cells());
  return columns;
}

double FaultConfig::mean_rate(const CellLayout& words, double voltage_ratio) const {
  if (map == MapKind::none) return 0;
  const double p = rate_at(voltage_ratio);
  return map == MapKind::column ? profile_for(words).mean_rate(p) : p;
}

FaultMap FaultConfig::map_of(std::uint64_t key, std::uint64_t bytes, const CellLayout& words,
                             double voltage_ratio) const {
  if (map == MapKind::none) return {};
  if (map == MapKind::file) return map_at(read_map_file(file.text, bytes), voltage_ratio, words);
  const std::uint64_t cells = words.cells((bytes + 7) / 8);
  const ColumnProfile columns = profile_for(words);
  const FaultEffect what{effect, zero_to_one.value_or(columns.zero_to_one), read_error};
  const double p = rate_at(voltage_ratio);
  return map == MapKind::uniform
             ? FaultMap::uniform(key, cells, p, what)
             : FaultMap::by_column(key, cells, static_cast<std::uint64_t>(array_rows), p, columns,
                                   what);
}

std::string FaultConfig::upset_objection(std::uint64_t cells) const {
  const double most =
      most_upsets / (static_cast<double>(cells) * static_cast<double>(upset_width * upset_height));
  if (upset_rate <= most) return {};
  return fmt::format(
      "an upset_rate of {:.3g} per cell and cycle; at most {:.3g} here, which upsets {} cells of "
      "the memory per cycle",
      upset_rate, most, most_upsets);
}

void FaultConfig::check_files(std::uint64_t bytes, const CellLayout& words) const {
  if (map == MapKind::file) read_map_file(file.text, bytes);
  if (trace.given()) read_error_trace(trace.text, words, bytes);
}

}  // namespace mantissa::faults
