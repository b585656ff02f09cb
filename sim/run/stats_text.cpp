// SPDX-License-Identifier: Apache-2.0
// Statistics in gem5's text form: `name value # description (Unit)`.
#include <fmt/format.h>

#include "sim/json/fields.h"
#include "sim/json/result_json.h"
#include "sim/run/result_files.h"

namespace mantissa::sim {
namespace {

// gem5's spelling of units.
std::string gem5_unit(const std::string& unit) {
  if (unit == "cycles") return "Cycle";
  if (unit == "s") return "Second";
  if (unit == "B") return "Byte";
  if (unit == "B/s") return "(Byte/Second)";
  if (unit == "Hz") return "Hertz";
  if (unit == "1/cycle") return "(Count/Cycle)";
  return unit.empty() ? "Count" : unit;
}

// A statistic's name may hold no white space or '#'.
std::string plain(std::string name) {
  for (char& c : name)
    if (c == ' ' || c == '\t' || c == '#') c = '_';
  return name;
}

class Rows {
 public:
  // `field` is the declaration that describes the value, `name` what it is called here.
  void add(const std::string& name, const Json& value, const char* field) {
    const ResultField* declared = find_field(field);
    MANTISSA_CHECK(declared, std::string("no such field: ") + field);
    std::string doc = declared->doc;
    if (const auto sentence = doc.find_first_of(".;:"); sentence != std::string::npos)
      doc.resize(sentence);
    text_ += fmt::format("{:<40} {:>20} # {} ({})\n", plain(name), value.dump(), doc,
                         gem5_unit(declared->unit));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string stats_text(const Point& point, const arch::RunResult& result) {
  const Json json = to_json(point, result);
  Rows rows;
  for (const char* path :
       {"clock_hz", "cycles", "latency_s", "macs", "peak_macs_per_cycle", "utilization", "busy"})
    rows.add(path, json[path], path);
  for (const auto& [stall, cycles] : json["stalls"].items())
    rows.add("stalls." + stall, cycles, ("stalls." + stall).c_str());
  for (const char* key : {"read_bytes", "write_bytes", "achieved_bytes_per_s", "busy_bytes_per_s",
                          "peak_bytes_per_s"})
    rows.add(std::string("dram.") + key, json["dram"][key], (std::string("dram.") + key).c_str());
  for (const auto& [boundary, bytes] : json["traffic"].items())
    rows.add("traffic." + boundary, bytes, "traffic.*");
  for (const auto& [part, energy] : json["energy_pj"].items())
    rows.add("energy_pj." + part, energy, part == "total" ? "energy_pj.total" : "energy_pj.*");
  for (const auto& [part, area] : json["area_um2"].items())
    rows.add("area_um2." + part, area, part == "total" ? "area_um2.total" : "area_um2.*");
  for (const auto& core : json["cores"]) {
    const std::string prefix = fmt::format("core{}.", core["core"].get<std::size_t>());
    rows.add(prefix + "busy", core["busy"], "cores[].busy");
    for (const auto& [stall, cycles] : core["stalls"].items())
      rows.add(prefix + "stalls." + stall, cycles, ("stalls." + stall).c_str());
  }
  for (const auto& layer : json["layers"]) {
    const std::string prefix = fmt::format("core{}.layers.{}.", layer["core"].get<std::size_t>(),
                                           layer["name"].get<std::string>());
    for (const char* key :
         {"start", "end", "busy", "macs", "utilization", "dram_read_bytes", "dram_write_bytes"})
      rows.add(prefix + key, layer[key], (std::string("layers[].") + key).c_str());
  }
  rows.add("kernel.wakeups", json["kernel"]["wakeups"], "kernel.wakeups");
  return "\n---------- Begin Simulation Statistics ----------\n" + rows.text() +
         "\n---------- End Simulation Statistics   ----------\n";
}

}  // namespace mantissa::sim
