// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/study_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

using Align = Table::Align;

constexpr std::size_t width = 96, rows_shown = 60;

std::string figure(double value) { return fmt::format("{:.6g}", value); }
std::string figure(const std::optional<double>& value) { return value ? figure(*value) : "-"; }

// Texts by number, each once, in order of appearance.
class Footnotes {
 public:
  std::string mark(const std::string& text) {
    if (text.empty()) return {};
    const auto found = std::find(texts_.begin(), texts_.end(), text);
    const auto index = found - texts_.begin();
    if (found == texts_.end()) texts_.push_back(text);
    return fmt::format("[{}]", index + 1);
  }
  std::string text() const {
    std::string out;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const std::string head = fmt::format("  [{}] ", i + 1);
      out += head + wrap(texts_[i], width - head.size(), head.size()) + '\n';
    }
    return out;
  }

 private:
  std::vector<std::string> texts_;
};

std::string comparisons(const workloads::StudyResult& result, const Console& console) {
  if (result.comparisons.empty()) return {};
  Footnotes notes;
  const bool spread = std::any_of(result.comparisons.begin(), result.comparisons.end(),
                                  [](const auto& c) { return c.deviation.has_value(); });
  std::vector<std::string> head{"", "unit", "published", "ours", "difference", ""};
  std::vector<Align> align{Align::left,  Align::left,  Align::right,
                           Align::right, Align::right, Align::left};
  if (spread) {
    head.insert(head.begin() + 4, "+-");
    align.insert(align.begin() + 4, Align::right);
  }
  Table table(head, align);
  for (const auto& c : result.comparisons) {
    const auto difference = c.difference();
    const std::string source = notes.mark(c.source);
    std::vector<std::string> row{c.what, c.unit, figure(c.published), figure(c.ours)};
    if (spread) row.push_back(c.deviation ? fmt::format("{:.2g}", *c.deviation) : "");
    row.push_back(difference ? fmt::format("{:+.3g}", *difference) : "");
    row.push_back(source + notes.mark(c.note));
    table.row(std::move(row));
  }
  return '\n' + console.paint(Colour::bold, "Published, ours, difference") + '\n' + table.text() +
         notes.text();
}

std::string shown(const workloads::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* real = std::get_if<double>(&cell)) return figure(*real);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return std::to_string(*count);
  return "-";
}

std::string table_text(const workloads::ResultTable& table, const std::string& directory,
                       const Console& console) {
  std::vector<std::string> head;
  std::vector<Align> align;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& [name, unit] = table.columns[i];
    head.push_back(unit.empty() ? name : fmt::format("{} [{}]", name, unit));
    const bool words = std::any_of(table.rows.begin(), table.rows.end(), [i](const auto& row) {
      return std::holds_alternative<std::string>(row[i]);
    });
    align.push_back(words ? Align::left : Align::right);
  }
  Table text(head, align);
  for (std::size_t r = 0; r < std::min(table.rows.size(), rows_shown); ++r) {
    std::vector<std::string> cells;
    for (const auto& cell : table.rows[r]) cells.push_back(shown(cell));
    text.row(std::move(cells));
  }
  std::string out = '\n' + console.paint(Colour::bold, table.title) + '\n' + text.text();
  if (table.rows.size() > rows_shown)
    out += "  " +
           console.paint(
               Colour::dim,
               fmt::format("and {} more rows {}", table.rows.size() - rows_shown,
                           directory.empty() ? "with --json, or in a CSV file with -o DIR"
                                             : "in " + directory + '/' + table.name + ".csv")) +
           '\n';
  return out;
}

}  // namespace

std::string study_text(const sim::StudyRun& run, const std::string& directory,
                       const Console& console) {
  const auto& result = run.result;
  std::string out =
      fmt::format("{}   experiment {}\n", console.paint(Colour::bold, run.title), run.experiment);
  for (const auto& note : result.notes) out += "  " + wrap(note, width - 2, 2) + '\n';
  out += comparisons(result, console);
  for (const auto& table : result.tables) out += table_text(table, directory, console);
  if (!result.passed)
    out += '\n' + console.paint(Colour::red, "A check of the experiment failed.") + '\n';
  return out;
}

}  // namespace mantissa::cli
