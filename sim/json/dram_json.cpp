// SPDX-License-Identifier: Apache-2.0
#include "sim/json/dram_json.h"

#include <cmath>

#include "sim/run/version.h"

namespace mantissa::sim {
namespace {

using namespace memory::dram;

double finite(double value) {
  MANTISSA_CHECK(std::isfinite(value), "a figure of a memory's result is not finite");
  return value;
}

Json bus_json(const BusTime& bus) {
  Json json = {{"busy", bus.busy}};
  for (std::size_t i = 0; i < waits; ++i)
    if (bus.idle[i] > 0) json[name(static_cast<Wait>(i))] = bus.idle[i];
  json["total"] = bus.whole;
  return json;
}

Json reasons_json(const BusTime& bus) {
  Json json = Json::object();
  for (std::size_t i = 0; i < waits; ++i)
    if (bus.idle[i] > 0) json[name(static_cast<Wait>(i))] = meaning(static_cast<Wait>(i));
  return json;
}

// `scale` turns cycles into the unit.
template <class Scale>
Json figures_json(const LatencyHistogram& histogram, const Scale& scale) {
  const auto at = [&](Cycle cycles) { return finite(scale(static_cast<double>(cycles))); };
  Json json = {{"mean", finite(scale(histogram.mean()))}, {"min", at(histogram.least())}};
  for (const auto& [name, share] : percentiles()) json[name] = at(histogram.percentile(share));
  json["max"] = at(histogram.most());
  return json;
}

Json latency_json(const LatencyHistogram& histogram, const TraceResult& result) {
  Json json = {{"count", histogram.count()}};
  if (histogram.count() == 0) return json;  // no latency, rather than one of zero
  json["cycles"] = figures_json(histogram, [](double cycles) { return cycles; });
  json["ns"] = figures_json(histogram, [&](double cycles) { return result.latency_ns(cycles); });
  json["histogram"] = Json::array();
  for (const auto& bin : latency_bins(histogram))
    json["histogram"].push_back({{"up_to_cycles", bin.up_to}, {"count", bin.count}});
  return json;
}

Json energy_json(const DramRun& run) {
  const auto& energy = run.energy;
  if (!energy.known()) return nullptr;
  const double bits = 8 * static_cast<double>(run.result.bytes_moved());
  Json json = {{"total_pj", finite(energy.total.value)},
               {"pj_per_bit", finite(energy.total.value / bits)},
               {"watts", finite(energy.total.value * 1e-12 / run.result.seconds())},
               {"parts", Json::array()},
               {"missing", energy.missing}};
  for (const auto& part : energy.parts)
    json["parts"].push_back({{"name", part.name},
                             {"energy_pj", finite(part.energy.value)},
                             {"formula", part.formula},
                             {"scope", part.scope},
                             {"source", part.source}});
  return json;
}

Json channels_json(const TraceResult& result) {
  Json json = Json::array();
  for (const auto& channel : result.channels)
    json.push_back({{"channel", json.size()},
                    {"reads", channel.reads},
                    {"writes", channel.writes},
                    {"last_data", channel.last_data},
                    {"bus_busy", channel.bus_busy},
                    {"row_hits", channel.row_hits},
                    {"row_misses", channel.row_misses},
                    {"row_conflicts", channel.row_conflicts}});
  return json;
}

Json definitions() {
  Json json = Json::object();
  for (const auto& field : dram_fields())
    json[field.path] = (*field.unit ? std::string("[") + field.unit + "] " : "") + field.doc;
  return json;
}

}  // namespace

const std::vector<Percentile>& percentiles() {
  static const std::vector<Percentile> all = {
      {"p50", .5}, {"p90", .9}, {"p95", .95}, {"p99", .99}, {"p999", .999}};
  return all;
}

std::vector<LatencyBin> latency_bins(const LatencyHistogram& histogram) {
  std::vector<LatencyBin> bins;
  const auto& counts = histogram.counts();
  std::uint64_t from = 0, up_to = 1;
  for (; from < counts.size(); from = up_to + 1, up_to *= 2) {
    LatencyBin bin{up_to, 0};
    for (std::uint64_t i = from; i <= up_to && i < counts.size(); ++i) bin.count += counts[i];
    // The last count holds whatever is longer.
    if (up_to + 1 >= counts.size()) bin.up_to = std::max(bin.up_to, histogram.most());
    if (bin.count > 0 || !bins.empty()) bins.push_back(bin);
  }
  while (!bins.empty() && bins.back().count == 0) bins.pop_back();
  return bins;
}

Json to_json(const DramRun& run) {
  const TraceResult& result = run.result;
  const ChannelStatistics& total = result.total;
  Json json;
  json["schema_version"] = dram_schema_version;
  json["memory"] = run.config.name;
  json["standard"] = run.config.standard;
  json["config_hash"] = run.config_hash;
  json["trace"] = {{"file", run.trace},
                   {"format", name(result.format)},
                   {"requests", result.requests},
                   {"request_bytes", run.request_bytes},
                   {"wrapped", result.wrapped}};
  json["bursts"] = result.bursts;
  json["burst_bytes"] = result.burst_bytes;
  json["clock_hz"] = result.clock.value;
  json["cycles"] = result.cycles;
  json["seconds"] = finite(result.seconds());
  json["bytes_requested"] = result.bytes_requested();
  json["bytes_moved"] = result.bytes_moved();
  json["bytes_per_s"] = finite(result.bandwidth());
  json["peak_bytes_per_s"] = finite(result.peak_bandwidth);
  json["bound_by"] = name(result.bound_by());
  json["bus_cycles"] = bus_json(result.bus);
  json["idle_reasons"] = reasons_json(result.bus);
  json["reads"] = total.reads;
  json["writes"] = total.writes;
  json["forwarded_reads"] = total.forwarded;
  json["merged_writes"] = total.merged;
  json["row_hits"] = total.row_hits;
  json["row_misses"] = total.row_misses;
  json["row_conflicts"] = total.row_conflicts;
  json["wait_before_acceptance_cycles"] = finite(result.mean_wait_before_acceptance());
  json["controller_latency_ns"] = finite(result.controller_latency_ns);
  json["read_latency"] = latency_json(total.read_latency, result);
  json["write_latency"] = latency_json(total.write_latency, result);
  json["commands"] = Json::object();
  for (std::size_t k = 0; k < command_kinds; ++k)
    json["commands"][name(static_cast<CommandKind>(k))] = total.commands[k];
  json["rank_cycles"] = Json::object();
  for (std::size_t s = 0; s < rank_states; ++s)
    json["rank_cycles"][name(static_cast<RankState>(s))] = total.rank_time[s];
  json["energy"] = energy_json(run);
  json["channels"] = channels_json(result);
  json["warnings"] = run.warnings;
  json["versions"] = Json::object();
  for (const auto& [tool, version] : versions()) json["versions"][tool] = version;
  json["definitions"] = definitions();
  json["config"] = to_json(config::read_text(run.config_yaml, "config.yaml"));
  return json;
}

}  // namespace mantissa::sim
