// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study_files.h"

#include <fmt/format.h>

#include "sim/store/csv.h"
#include "sim/study/study_json.h"

namespace mantissa::sim {
namespace {

std::string line(const std::vector<std::string>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += (i > 0 ? "," : "") + store::csv_cell(cells[i]);
  return out + '\n';
}

std::string text(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string text(const workloads::Cell& cell) {
  return std::visit(
      [](const auto& value) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return "";
        else
          return fmt::format("{}", value);
      },
      cell);
}

}  // namespace

std::string comparisons_csv(const workloads::StudyResult& result) {
  std::string out = "what,unit,published,ours,deviation,difference,source,note\n";
  for (const auto& c : result.comparisons)
    out += line({c.what, c.unit, text(c.published), fmt::format("{}", c.ours), text(c.deviation),
                 text(c.difference()), c.source, c.note});
  return out;
}

std::string table_csv(const workloads::ResultTable& table) {
  std::vector<std::string> cells;
  for (const auto& column : table.columns)
    cells.push_back(column.unit.empty() ? column.name
                                        : fmt::format("{} [{}]", column.name, column.unit));
  std::string out = line(cells);
  for (const auto& row : table.rows) {
    cells.clear();
    for (const auto& cell : row) cells.push_back(text(cell));
    out += line(cells);
  }
  return out;
}

void write_study_files(OutputDirectory& directory, const StudyRun& run) {
  directory.write("study.json", to_json(run).dump(2) + '\n');
  directory.write("study.yaml", run.resolved_yaml);
  directory.write("comparisons.csv", comparisons_csv(run.result));
  for (const auto& table : run.result.tables)
    directory.write(table.name + ".csv", table_csv(table));
  Json figures = Json::array();
  for (const auto& figure : run.result.figures) figures.push_back(to_json(figure));
  directory.write("figures.json", figures.dump(2) + '\n');
}

}  // namespace mantissa::sim
