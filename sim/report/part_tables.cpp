// SPDX-License-Identifier: Apache-2.0
// Tables of what is inside a point: layers, energy and area by part.
#include <fmt/format.h>

#include <set>

#include "sim/report/html.h"
#include "sim/report/sections.h"

namespace mantissa::report {
namespace {

// A page with the layers of a thousand points would not open: these many rows are shown, winners
// first; layers.csv has all of them.
constexpr std::size_t most_layer_rows = 6000;
constexpr std::size_t most_part_tables = 200;

Cell bytes(std::uint64_t value) {
  return Cell::number(
      static_cast<double>(value),
      store::readable(*store::find_quantity("dram.read"), static_cast<double>(value)));
}

// The name, below it the tiles, and on a click why the mapper chose them.
Cell layer_cell(const store::LayerRow& layer) {
  std::string html = escape(layer.name);
  if (!layer.reason.empty())
    html += "<details class=\"why\"><summary>" + escape(layer.tiling) + "</summary>" +
            escape(layer.reason) + "</details>";
  else if (!layer.tiling.empty())
    html += "<small>" + escape(layer.tiling) + "</small>";
  return {html, {}, "text"};
}

// Fused operators may break behind a '+'.
std::string breakable(const std::string& op) {
  std::string html;
  for (const char c : escape(op)) {
    html += c;
    if (c == '+') html += "<wbr>";
  }
  return html;
}

std::string layer_table(const ReportPoint& point) {
  Table table({"#", "Layer and tiles", "Operator", "Engine", "Core", "Start", "End", "Busy",
               "Folds", "MACs", "Utilization", "DRAM read", "DRAM written"});
  double index = 0;
  for (const auto& layer : point.run.layers) {
    ++index;
    table.row({Cell::number(index, fmt::format("{:.0f}", index)),
               layer_cell(layer),
               {breakable(layer.op), {}, "wrap"},
               Cell::text(layer.engine),
               count(layer.core),
               count(layer.start),
               count(layer.end),
               count(layer.busy),
               count(layer.folds),
               count(layer.macs),
               layer.macs > 0 ? Cell::number(layer.utilization,
                                             fmt::format("{:.1f} %", 100 * layer.utilization))
                              : Cell::text("–", "none"),
               bytes(layer.dram_read_bytes),
               bytes(layer.dram_write_bytes)});
  }
  return table.html();
}

std::string name(const ReportPoint& point) {
  return point.label.job + " on " + point.label.variant;
}

}  // namespace

Cell count(std::uint64_t value) {
  return Cell::number(static_cast<double>(value),
                      store::readable(*store::find_quantity("cycles"), static_cast<double>(value)));
}

std::string layer_tables(const ReportData& data) {
  std::string out;
  std::size_t rows = 0, hidden = 0;
  for (const bool winners : {true, false})
    for (const auto& point : data.points) {
      if (!point.ok() || point.front != winners || point.run.layers.empty()) continue;
      rows += point.run.layers.size();
      if (rows > most_layer_rows) {
        ++hidden;
        continue;
      }
      out += details(fmt::format("{}: {} layers", name(point), point.run.layers.size()),
                     layer_table(point));
    }
  if (hidden > 0)
    out += fmt::format("<p class=\"note\">The layers of {} further points are in layers.csv.</p>\n",
                       hidden);
  return out;
}

std::string energy_tables(const ReportData& data) {
  std::string out;
  std::size_t shown = 0, hidden = 0;
  for (const auto& point : data.points) {
    if (!point.ok() || point.run.energy.empty()) continue;
    if (++shown > most_part_tables) {
      ++hidden;
      continue;
    }
    Table table({"Part", "Energy", "Share", "Area", "Share of area"});
    const auto energy = point.run.energy_by_part(), area = point.run.area_by_part();
    std::set<std::string> parts;
    for (const auto& [part, value] : energy) parts.insert(part);
    for (const auto& [part, value] : area) parts.insert(part);
    const double all_energy = point.metric("energy_pj"), all_area = point.metric("area_um2");
    const auto cell = [](const std::map<std::string, double>& values, const std::string& part,
                         const char* quantity) {
      const auto found = values.find(part);
      if (found == values.end()) return Cell::text("–", "none");
      return Cell::number(found->second,
                          store::readable(*store::find_quantity(quantity), found->second));
    };
    const auto share = [](const std::map<std::string, double>& values, const std::string& part,
                          double all) {
      const auto found = values.find(part);
      if (found == values.end() || !(all > 0)) return Cell::text("–", "none");
      return Cell::number(found->second, fmt::format("{:.1f} %", 100 * found->second / all));
    };
    for (const auto& part : parts)
      table.row({Cell::text(part), cell(energy, part, "energy"), share(energy, part, all_energy),
                 cell(area, part, "area"), share(area, part, all_area)});
    out += details(fmt::format("{}: {}, {}", name(point), point.readable("energy_pj"),
                               point.readable("area_um2")),
                   table.html());
  }
  if (hidden > 0)
    out += fmt::format(
        "<p class=\"note\">The parts of {} further points are in energy.csv and "
        "area.csv.</p>\n",
        hidden);
  return out;
}

}  // namespace mantissa::report
