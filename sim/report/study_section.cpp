// SPDX-License-Identifier: Apache-2.0
// A study: published figures beside ours, its tables and its figures.
#include <fmt/format.h>

#include <algorithm>

#include "sim/report/html.h"
#include "sim/report/sections.h"

namespace mantissa::report {
namespace {

using workloads::StudyResult;

Cell number(const std::optional<double>& value, const char* format = "{:.6g}") {
  return value ? Cell::number(*value, fmt::format(fmt::runtime(format), *value)) : Cell::text("–");
}

std::string comparison_table(const StudyResult& result) {
  const bool spread = std::any_of(result.comparisons.begin(), result.comparisons.end(),
                                  [](const auto& c) { return c.deviation.has_value(); });
  std::vector<std::string> head{"", "Unit", "Published", "Ours", "Difference", "Source", "Note"};
  if (spread) head.insert(head.begin() + 4, "±");
  Table table(head);
  for (const auto& c : result.comparisons) {
    std::vector<Cell> row{Cell::text(c.what, "text"), Cell::text(c.unit), number(c.published),
                          number(c.ours)};
    if (spread) row.push_back(number(c.deviation, "{:.2g}"));
    row.push_back(number(c.difference(), "{:+.3g}"));
    row.push_back(Cell::text(c.source, "text"));
    row.push_back(Cell::text(c.note, "text"));
    table.row(std::move(row));
  }
  return table.empty() ? "" : element("h3", "Published, ours, difference") + table.html();
}

Cell shown(const workloads::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return Cell::text(*text, "text");
  if (const auto* real = std::get_if<double>(&cell)) return number(*real);
  if (const auto* count = std::get_if<std::int64_t>(&cell))
    return Cell::number(static_cast<double>(*count), std::to_string(*count));
  return Cell::text("–");
}

std::string result_table(const workloads::ResultTable& table) {
  std::vector<std::string> head;
  for (const auto& [name, unit] : table.columns)
    head.push_back(unit.empty() ? name : fmt::format("{} [{}]", name, unit));
  Table html(head);
  for (const auto& row : table.rows) {
    std::vector<Cell> cells;
    for (const auto& cell : row) cells.push_back(shown(cell));
    html.row(std::move(cells));
  }
  return element("h3", table.title) + html.html();
}

std::string list(const char* title, const std::vector<std::string>& lines) {
  std::string items;
  for (const auto& line : lines) items += element("li", line);
  return items.empty() ? "" : element("h3", title) + "<ul>" + items + "</ul>\n";
}

}  // namespace

std::string study_section(const ReportData& data, const std::string& figures) {
  if (!data.study) return {};
  const StudyResult& result = data.study->result;
  std::string out;
  if (!result.passed)
    out += element("p", "A check of the experiment failed: see its warnings.", "note");
  for (const auto& note : result.notes) out += element("p", note);
  out += comparison_table(result);
  out += figures;
  for (const auto& table : result.tables) out += result_table(table);
  out += list("Warnings of the study", result.warnings);
  out += details("The study, every parameter", element("pre", data.study->resolved_yaml));
  return out;
}

}  // namespace mantissa::report
