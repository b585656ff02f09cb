// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "rtl/synthesis/synthesis.h"

namespace mantissa::rtl {
namespace {

using Json = nlohmann::ordered_json;

Json power_json(const Power& p) {
  return {{"internal_w", p.internal},
          {"switching_w", p.switching},
          {"leakage_w", p.leakage},
          {"total_w", p.total()}};
}

Power power_of(const Json& j) {
  return {j.at("internal_w"), j.at("switching_w"), j.at("leakage_w")};
}

Json energy_json(const Energy& e) {
  return {{"total", e.total()},
          {"switching", e.switching},
          {"internal", e.internal},
          {"clock", e.clock},
          {"inputs", e.inputs}};
}
Energy energy_of(const Json& j) {
  return {j.at("switching"), j.at("internal"), j.at("clock"), j.at("inputs")};
}

Json compared_json(const Compared& c) { return {{"commands", c.commands}, {"cycles", c.cycles}}; }
Compared compared_of(const Json& j) { return {j.at("commands"), j.at("cycles")}; }

// Block style throughout; texts are quoted, so that nothing in them is taken for YAML.
void write(std::string& out, const Json& value, int indent) {
  const std::string space(static_cast<std::size_t>(indent), ' ');
  for (const auto& [key, item] : value.items()) {
    const std::string head = value.is_array() ? space + "-" : space + key + ":";
    if (item.is_structured() && !item.empty()) {
      out += head + "\n";
      write(out, item, indent + 2);
    } else {
      out += head + " " + item.dump() + "\n";
    }
  }
}

}  // namespace

Json to_json(const Synthesis& s) {
  Json blocks = Json::array(), cells = Json::object(), operations = Json::array();
  for (const auto& b : s.blocks)
    blocks.push_back({{"name", b.name.empty() ? s.unit : b.name},
                      {"cells", b.cells},
                      {"area_um2", b.area},
                      {"energy_pj_per_action", b.energy}});
  for (const auto& [type, count] : s.cells) cells[type] = count;
  for (const auto& o : s.operations)
    operations.push_back({{"name", o.name},
                          {"actions", o.actions},
                          {"energy_pj_per_action", energy_json(o.per_action)}});
  Json all{{"version", 1},
           {"unit", s.unit},
           {"parameters", s.parameters},
           {"command", s.command},
           {"sources_hash", s.sources_hash},
           {"library",
            {{"name", s.library},
             {"hash", s.library_hash},
             {"node_nm", s.node},
             {"voltage_v", s.voltage},
             {"celsius", s.celsius}}},
           {"tools", s.tools},
           {"netlist_equals_model", compared_json(s.netlist)},
           {"rtl_equals_model", compared_json(s.rtl)},
           {"area_um2", s.area},
           {"blocks", blocks},
           {"cells", cells},
           {"critical_path_ns", s.critical_path},
           {"critical_path_from", s.start},
           {"critical_path_to", s.end},
           {"clock_ns", s.clock},
           {"action", s.action},
           {"actions", s.actions},
           {"cycles", s.cycles},
           {"energy_pj_per_action", energy_json(s.per_action)},
           {"energy_pj_per_idle_cycle", s.idle},
           {"leakage_w", s.leakage},
           {"assumptions",
            {{"slew_ns", s.energy.slew},
             {"wire_pf_per_reader", s.energy.wire},
             {"glitches", "not counted"}}},
           {"power_at_equal_activity",
            {{"activity", s.activity},
             {"ours", power_json(s.ours)},
             {"opensta", power_json(s.sta)},
             {"ours_over_opensta", s.ours.total() / s.sta.total()}}}};
  if (!operations.empty()) all["operations"] = operations;
  return all;
}

Synthesis from_json(const Json& j) {
  Synthesis s;
  s.unit = j.at("unit");
  s.parameters = j.at("parameters").get<Parameters>();
  s.command = j.at("command");
  s.sources_hash = j.at("sources_hash");
  const Json& library = j.at("library");
  s.library = library.at("name");
  s.library_hash = library.at("hash");
  s.node = library.at("node_nm");
  s.voltage = library.at("voltage_v");
  s.celsius = library.at("celsius");
  s.tools = j.at("tools");
  s.netlist = compared_of(j.at("netlist_equals_model"));
  s.rtl = compared_of(j.at("rtl_equals_model"));
  s.area = j.at("area_um2");
  for (const Json& b : j.at("blocks")) {
    const std::string name = b.at("name");
    s.blocks.push_back({name == s.unit ? "" : name, b.at("cells"), b.at("area_um2"),
                        b.at("energy_pj_per_action")});
  }
  for (const auto& [type, count] : j.at("cells").items()) s.cells.emplace_back(type, count);
  s.critical_path = j.at("critical_path_ns");
  s.start = j.at("critical_path_from");
  s.end = j.at("critical_path_to");
  s.clock = j.at("clock_ns");
  s.action = j.at("action");
  s.actions = j.at("actions");
  s.cycles = j.at("cycles");
  s.per_action = energy_of(j.at("energy_pj_per_action"));
  for (const Json& o : j.value("operations", Json::array()))
    s.operations.push_back(
        {o.at("name"), o.at("actions"), energy_of(o.at("energy_pj_per_action"))});
  s.idle = j.at("energy_pj_per_idle_cycle");
  s.leakage = j.at("leakage_w");
  s.energy.slew = j.at("assumptions").at("slew_ns");
  s.energy.wire = j.at("assumptions").at("wire_pf_per_reader");
  const Json& power = j.at("power_at_equal_activity");
  s.activity = power.at("activity");
  s.ours = power_of(power.at("ours"));
  s.sta = power_of(power.at("opensta"));
  return s;
}

std::string to_yaml(const Synthesis& synthesis) {
  std::string out =
      "# SPDX-License-Identifier: Apache-2.0\n# Regenerated by scripts/synthesis.sh.\n";
  write(out, to_json(synthesis), 0);
  return out;
}

}  // namespace mantissa::rtl
