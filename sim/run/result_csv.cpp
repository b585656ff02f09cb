// SPDX-License-Identifier: Apache-2.0
// The comma-separated tables of a run.
#include <fmt/format.h>

#include <algorithm>

#include "sim/run/result_files.h"
#include "sim/store/csv.h"

namespace mantissa::sim {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i ? "," : "") + store::csv_cell(cells[i]);
  return line + '\n';
}

template <class Number>
std::string text(Number value) {
  return fmt::format("{}", value);  // shortest form that reads back to the same double
}

std::vector<std::string> price_cells(const power::Price& price) {
  return {
      text(price.value),         price.unit,   text(price.node.value), text(price.voltage.value),
      power::name(price.method), price.source, price.formula};
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const std::vector<std::string> price_head = {
    "price", "price_unit", "price_node_nm", "price_voltage_v", "method", "source", "formula"};

// Where operator `name` stands in the trace of `core`; -1 when the mapper renamed it.
std::int64_t op_index(const Point& point, std::uint32_t core, const std::string& name) {
  const auto& traces = point.workload.traces;
  if (core >= traces.size()) return -1;
  const auto& ops = traces[core].ops;
  const auto found =
      std::find_if(ops.begin(), ops.end(), [&](const trace::Op& op) { return op.name == name; });
  return found == ops.end() ? -1 : found - ops.begin();
}

}  // namespace

std::string layers_csv(const arch::RunResult& result) {
  std::string out = row({"layer", "op", "engine", "core", "start_cycle", "end_cycle", "busy_cycles",
                         "compute_cycles", "folds", "macs", "utilization", "dram_read_bytes",
                         "dram_write_bytes", "tiling", "reason"});
  for (const auto& layer : result.layers)
    out += row({layer.name, layer.op, layer.engine, text(layer.core), text(layer.start.value),
                text(layer.end.value), text(layer.busy.value), text(layer.compute.value),
                text(layer.folds), text(layer.macs), text(layer.utilization),
                text(layer.dram_read_bytes), text(layer.dram_write_bytes), layer.tiling,
                layer.reason});
  return out;
}

std::string energy_csv(const power::Estimate& estimate) {
  std::string out = row(joined({"component", "kind", "action", "count", "energy_pj"}, price_head));
  for (const auto& item : estimate.energy)
    out += row(
        joined({item.component, item.kind, item.action, text(item.count), text(item.energy.value)},
               price_cells(item.price)));
  return out;
}

std::string area_csv(const power::Estimate& estimate) {
  std::string out = row(joined({"component", "kind", "instances", "area_um2"}, price_head));
  for (const auto& item : estimate.area)
    out += row(joined({item.component, item.kind, text(item.count), text(item.area.value)},
                      price_cells(item.price)));
  return out;
}

// SCALE-Sim's columns, its ", " between them and its comma at the end of a line. With `busy` the
// cycles of streaming, rows x columns x busy is what a perfectly filled array would have
// multiplied:
//   overall utilisation  macs / (peak x all cycles of the layer)
//   mapping efficiency   macs / (peak x busy)
//   compute utilisation  macs / (peak x compute cycles)
std::string compute_report_csv(const Point& point, const arch::RunResult& result,
                               const Timeline& timeline) {
  std::string out =
      "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
      "Mapping Efficiency %, Compute Util %,\n";
  const double peak = static_cast<double>(point.arch.core.matrix.peak_macs_per_cycle());
  std::size_t id = 0;
  for (const auto& layer : result.layers) {
    if (layer.engine != "matrix") continue;
    Cycles first = layer.start;
    const auto op = op_index(point, layer.core, layer.name);
    if (op >= 0) timeline.first_fold(layer.core, static_cast<std::uint32_t>(op), first);
    const Cycles all = layer.end - layer.start, total = layer.end - first;
    const std::uint64_t stall =
        total > layer.compute ? (total - layer.compute).value : std::uint64_t{0};
    const auto share = [&](Cycles cycles) {
      return cycles.value == 0 ? 0.0
                               : 100.0 * static_cast<double>(layer.macs) /
                                     (peak * static_cast<double>(cycles.value));
    };
    out += fmt::format("{}, {}, {}, {}, {:.6f}, {:.6f}, {:.6f},\n", id++, all.value, total.value,
                       stall, share(total), share(layer.busy), share(layer.compute));
  }
  return out;
}

}  // namespace mantissa::sim
