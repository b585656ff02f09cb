// SPDX-License-Identifier: Apache-2.0
#include "sim/json/result_json.h"

#include <charconv>
#include <cmath>

#include "sim/json/fields.h"
#include "sim/run/version.h"

namespace mantissa::sim {
namespace {

// JSON has no word for these, and a library would print null without a word.
double finite(double value, const char* what) {
  MANTISSA_CHECK(std::isfinite(value), std::string(what) + " is not a finite number");
  return value;
}

Json stalls_json(const arch::MatrixTime& time) {
  Json stalls = Json::object();
  for (std::size_t i = 0; i < arch::stall_kinds; ++i)
    stalls[arch::name(static_cast<arch::Stall>(i))] = time.stalls[i].value;
  return stalls;
}

Json price_json(const power::Price& price) {
  return {{"value", finite(price.value, "a price")},
          {"unit", price.unit},
          {"node_nm", price.node.value},
          {"voltage_v", price.voltage.value},
          {"method", power::name(price.method)},
          {"source", price.source},
          {"formula", price.formula}};
}

template <class Quantity>
Json parts_json(const std::map<std::string, Quantity>& parts, Quantity total) {
  MANTISSA_CHECK(parts.count("total") == 0, "a part of the chip is called 'total'");
  Json out = Json::object();
  for (const auto& [part, amount] : parts) out[part] = finite(amount.value, part.c_str());
  out["total"] = finite(total.value, "total");
  return out;
}

Json layer_json(const arch::LayerResult& layer) {
  return {{"name", layer.name},
          {"op", layer.op},
          {"engine", layer.engine},
          {"core", layer.core},
          {"start", layer.start.value},
          {"end", layer.end.value},
          {"busy", layer.busy.value},
          {"compute", layer.compute.value},
          {"folds", layer.folds},
          {"macs", layer.macs},
          {"utilization", finite(layer.utilization, "the utilization of a layer")},
          {"dram_read_bytes", layer.dram_read_bytes},
          {"dram_write_bytes", layer.dram_write_bytes},
          {"tiling", layer.tiling},
          {"reason", layer.reason}};
}

Json prices_json(const power::Estimate& power) {
  Json energy = Json::array(), area = Json::array();
  for (const auto& row : power.energy)
    energy.push_back({{"component", row.component},
                      {"kind", row.kind},
                      {"action", row.action},
                      {"count", row.count},
                      {"energy_pj", finite(row.energy.value, "an energy")},
                      {"price", price_json(row.price)}});
  for (const auto& row : power.area)
    area.push_back({{"component", row.component},
                    {"kind", row.kind},
                    {"count", row.count},
                    {"area_um2", finite(row.area.value, "an area")},
                    {"price", price_json(row.price)}});
  return {{"energy", energy}, {"area", area}};
}

Json outputs_json(const std::vector<arch::OutputTensor>& outputs) {
  Json list = Json::array();
  for (const auto& output : outputs) {
    const std::string bytes(reinterpret_cast<const char*>(output.bytes.data()),
                            output.bytes.size());
    list.push_back({{"name", output.tensor.name},
                    {"format", trace::name(output.tensor.format)},
                    {"shape", output.tensor.shape},
                    {"hash", config::content_hash(bytes)}});
  }
  return list;
}

Json units_json() {
  Json units = Json::object();
  for (const auto& field : result_fields())
    if (*field.unit) units[field.path] = field.unit;
  return units;
}

// The figures whose meaning differs from tool to tool say what they mean here.
Json definitions_json() {
  Json definitions = Json::object();
  for (const char* path :
       {"cycles", "latency_s", "macs", "utilization", "busy", "stalls", "dram.achieved_bytes_per_s",
        "dram.busy_bytes_per_s", "layers[].utilization"})
    definitions[path] = find_field(path)->doc;
  return definitions;
}

template <class Number>
bool parses_whole(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::size_t busiest_core(const arch::RunResult& result) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < result.per_core.size(); ++i)
    if (result.per_core[i].busy > result.per_core[best].busy) best = i;
  return best;
}

Json to_json(const config::Node& node) {
  if (node.is_null()) return nullptr;
  if (node.is_sequence()) {
    Json list = Json::array();
    for (const auto& item : node.items()) list.push_back(to_json(item));
    return list;
  }
  if (node.is_map()) {
    Json object = Json::object();
    for (const auto& [key, value] : node.entries()) object[key] = to_json(value);
    return object;
  }
  const std::string& text = node.text();
  if (node.quoted()) return text;
  if (text == "true" || text == "false") return text == "true";
  std::int64_t integer = 0;
  if (parses_whole(text, integer)) return integer;
  double real = 0;
  if (parses_whole(text, real) && std::isfinite(real)) return real;
  return text;
}

Json to_json(const Point& point, const arch::RunResult& result) {
  MANTISSA_CHECK(!result.per_core.empty(), "a run without cores");
  const auto& matrix = result.per_core[busiest_core(result)];
  MANTISSA_CHECK(matrix.total() == result.cycles, "busy + stalls differ from cycles");

  Json json;
  json["schema_version"] = schema_version;
  json["arch"] = result.arch;
  json["workload"] = result.workload;
  json["fidelity"] = result.fidelity;
  json["config_hash"] = point.config_hash;
  json["technology"] = {{"name", point.technology.name()},
                        {"node_nm", point.technology.node().value},
                        {"voltage_v", point.technology.voltage().value}};
  json["clock_hz"] = result.clock.value;
  json["cycles"] = result.cycles.value;
  json["latency_s"] = finite(result.latency_s, "latency_s");
  json["macs"] = result.macs;
  json["matrix_formula"] = result.matrix_formula;
  json["peak_macs_per_cycle"] = finite(result.peak_macs_per_cycle, "peak_macs_per_cycle");
  json["utilization"] = finite(result.utilization, "utilization");
  json["energy_pj"] = parts_json(result.power.energy_by_part, result.power.total_energy);
  json["area_um2"] = parts_json(result.power.area_by_part, result.power.total_area);
  json["dram"] = {
      {"read_bytes", result.dram.read_bytes},
      {"write_bytes", result.dram.write_bytes},
      {"achieved_bytes_per_s", finite(result.dram.achieved_bytes_per_s, "achieved bandwidth")},
      {"busy_bytes_per_s", finite(result.dram.busy_bytes_per_s, "busy bandwidth")},
      {"peak_bytes_per_s", finite(result.dram.peak_bytes_per_s, "peak bandwidth")},
      {"bound_by", result.dram.bound_by}};
  if (const auto& c = result.dram.commands)
    json["dram"]["commands"] = {{"standard", c->standard},           {"mapping", c->mapping},
                                {"row_hits", c->row_hits},           {"row_misses", c->row_misses},
                                {"row_conflicts", c->row_conflicts}, {"count", c->commands},
                                {"bus_cycles", c->bus_cycles}};
  json["busy"] = matrix.busy.value;
  json["stalls"] = stalls_json(matrix);
  json["cores"] = Json::array();
  for (std::size_t i = 0; i < result.per_core.size(); ++i)
    json["cores"].push_back({{"core", i},
                             {"busy", result.per_core[i].busy.value},
                             {"stalls", stalls_json(result.per_core[i])}});
  json["traffic"] = Json::object();
  for (const auto& [boundary, bytes] : result.traffic) json["traffic"][boundary] = bytes;
  json["layers"] = Json::array();
  for (const auto& layer : result.layers) json["layers"].push_back(layer_json(layer));
  json["int32_overflows"] = result.int32_overflows;
  for (const auto& [name, count] : result.matrix_activity) json["matrix_activity"][name] = count;
  for (const auto& [memory, counts] : result.faults)
    for (const auto& field : arch::fault_count_fields)
      json["faults"][memory][field.name] = finite(counts.*field.value, field.name);
  for (const auto& [unit, twin] : result.twins)
    json["rtl"][unit] = {
        {"implementation", twin.implementation},
        {"design", twin.design},
        {"commands", twin.commands},
        {"cycles", twin.cycles},
        {"compared", twin.compared},
        {"differing", twin.differing},
        {"timed", {{"commands", twin.timed}, {"cycles", twin.timed_cycles}}},
        {"untimed", {{"commands", twin.untimed}, {"cycles", twin.untimed_cycles}}}};
  json["outputs"] = outputs_json(result.outputs);
  json["warnings"] = result.warnings;
  json["kernel"] = {{"wakeups", result.kernel.wakeups}};
  json["prices"] = prices_json(result.power);
  json["versions"] = Json::object();
  for (const auto& [tool, version] : versions()) json["versions"][tool] = version;
  json["units"] = units_json();
  json["definitions"] = definitions_json();
  json["config"] = to_json(config::read_text(point.resolved_yaml, "config.yaml"));
  return json;
}

}  // namespace mantissa::sim
