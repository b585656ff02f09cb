// SPDX-License-Identifier: Apache-2.0
#include "sim/store/conversion.h"

#include "power/price.h"
#include "sim/json/result_json.h"
#include "sim/store/errors.h"

namespace mantissa::store {
namespace {

PriceText price_of(const power::Price& p) {
  return {p.value,  p.unit,   p.node.value, p.voltage.value, power::name(p.method),
          p.source, p.formula};
}

std::string labels_text(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [name, value] : labels) text += (text.empty() ? "" : ", ") + name + "=" + value;
  return text;
}

LayerRow layer_of(const arch::LayerResult& l) {
  return {l.name,
          l.op,
          l.engine,
          l.core,
          l.start.value,
          l.end.value,
          l.busy.value,
          l.compute.value,
          l.folds,
          l.macs,
          l.utilization,
          l.dram_read_bytes,
          l.dram_write_bytes,
          l.tiling,
          l.reason};
}

}  // namespace

void derive_metrics(Record& record) {
  auto& m = record.metrics;
  const double operations = 2 * m.at("macs"), latency = m.at("latency_s");
  const double bytes = m.at("dram_read_bytes") + m.at("dram_write_bytes");
  // A workload without MACs, memory traffic or time has no ratio: the metric is then absent.
  if (latency > 0) {
    m["throughput_ops"] = operations / latency;
    m["power_w"] = m.at("energy_pj") * 1e-12 / latency;
  }
  if (operations > 0) m["energy_per_mac_pj"] = m.at("energy_pj") / m.at("macs");
  if (bytes > 0 && operations > 0) m["intensity_ops_per_byte"] = operations / bytes;
  m["energy_delay_pj_s"] = m.at("energy_pj") * latency;
}

void add_output_error(Record& record, const sim::OutputError& error) {
  record.metrics["output_changed"] = error.changed;
  record.metrics["output_difference"] = error.difference;
  record.metrics["top1_changed"] = error.top1;
}

Record record_of(const sim::Point& point, const arch::RunResult& result) {
  Record record;
  record.hash = point.config_hash;
  record.resolved_yaml = point.resolved_yaml;
  record.seed = point.workload.seed;
  auto& m = record.metrics;
  const auto whole = [](std::uint64_t value) { return static_cast<double>(value); };
  m["latency_s"] = result.latency_s;
  m["cycles"] = whole(result.cycles.value);
  m["macs"] = whole(result.macs);
  m["utilization"] = result.utilization;
  m["energy_pj"] = result.power.total_energy.value;
  m["area_um2"] = result.power.total_area.value;
  m["peak_throughput_ops"] = 2 * result.peak_macs_per_cycle * whole(result.clock.value);
  m["dram_read_bytes"] = whole(result.dram.read_bytes);
  m["dram_write_bytes"] = whole(result.dram.write_bytes);
  m["dram_bandwidth_bytes_per_s"] = result.dram.achieved_bytes_per_s;
  m["dram_busy_bandwidth_bytes_per_s"] = result.dram.busy_bytes_per_s;
  m["dram_peak_bandwidth_bytes_per_s"] = result.dram.peak_bytes_per_s;
  m["kernel_wakeups"] = whole(result.kernel.wakeups);
  const auto& matrix = result.per_core.at(sim::busiest_core(result));
  m["busy_cycles"] = whole(matrix.busy.value);
  for (std::size_t i = 0; i < arch::stall_kinds; ++i)
    m[std::string("stall_") + arch::name(static_cast<arch::Stall>(i)) + "_cycles"] =
        whole(matrix.stalls[i].value);
  if (!result.faults.empty()) {  // of all memories together
    arch::FaultCounts all;
    for (const auto& [memory, counts] : result.faults) all += counts;
    m["faulty_bits_read"] = all.faulty_bits_read;
    m["corrected_words"] = all.corrected_words;
    m["detected_words"] = all.detected_words;
    m["silent_words"] = all.silent_words;
  }
  derive_metrics(record);

  if (!result.dram.bound_by.empty()) record.texts["dram_bound_by"] = result.dram.bound_by;
  for (const auto& layer : result.layers) record.layers.push_back(layer_of(layer));
  for (const auto& row : result.power.energy)
    record.energy.push_back({row.component, row.kind, row.action, labels_text(row.labels),
                             row.count, row.energy.value, price_of(row.price)});
  for (const auto& row : result.power.area)
    record.area.push_back(
        {row.component, row.kind, row.count, row.area.value, price_of(row.price)});
  record.warnings = result.warnings;
  record.host_seconds = result.kernel.host_seconds;
  return record;
}

}  // namespace mantissa::store
