// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/unit_cost.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace mantissa::workloads::ipu {
namespace {

namespace fs = std::filesystem;

std::int64_t parameter(const power::SynthesisResult& result, const std::string& name) {
  const auto found = result.parameters.find(name);
  if (found != result.parameters.end()) return found->second;
  throw Error(power::bad_synthesis)
      .at(result.file)
      .expected("a parameter " + name + ", as results of the unit ipu have");
}

// Of results made before there was such a parameter, the value that they had.
std::int64_t parameter(const power::SynthesisResult& result, const std::string& name,
                       std::int64_t before) {
  const auto found = result.parameters.find(name);
  return found == result.parameters.end() ? before : found->second;
}

SynthesisedUnit unit_of(const power::SynthesisResult& r) {
  SynthesisedUnit u{r.file,
                    r.library,
                    parameter(r, "Lanes"),
                    parameter(r, "Width"),
                    parameter(r, "DigitA", 4),
                    parameter(r, "DigitB", 4),
                    static_cast<UnitFormats>(parameter(r, "Formats", 0)),
                    parameter(r, "MultiCycle") != 0,
                    parameter(r, "SoftwarePrecision"),
                    r.area,
                    0,
                    0,
                    r.critical_path,
                    r.activity,
                    r.power * r.critical_path * 1000,
                    0,
                    r.blocks};
  if (r.actions == 0 || r.cycles == 0 || r.critical_path == 0 || r.power == 0) {
    throw Error(power::bad_synthesis)
        .at(r.file)
        .expected(
            "actions, cycles, critical_path_ns and power_at_equal_activity, as 'mantissa synth "
            "-o DIR' writes them");
  }
  u.energy_of_run = r.energy * r.actions / r.cycles;
  for (const power::SynthesisBlock& block : r.blocks) {
    if (block.name == "u_ehu") u.exponents += block.area;
    for (const char* part : {"u_multipliers", "u_align", "u_tree", "u_auxiliary", "u_accumulator"})
      if (block.name == part) u.datapath += block.area;
  }
  return u;
}

}  // namespace

Delivered delivered(const SynthesisedUnit& unit, double clock, double cycles, std::int64_t share) {
  const double operations = 2 * static_cast<double>(unit.lanes);
  return {operations * clock * 1e6 / cycles / 1e12 / (unit.tile_area(share) * 1e-6),
          operations / (unit.energy_per_cycle * cycles)};  // per pJ
}

std::vector<SynthesisedUnit> synthesised_units(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code why;
  if (fs::is_regular_file(fs::path(folder) / "synthesis.yaml", why))
    files.push_back((fs::path(folder) / "synthesis.yaml").string());
  for (const char* below : {"grid", "digits"})
    for (const auto& entry : fs::directory_iterator(fs::path(folder) / below, why))
      if (fs::is_regular_file(entry.path() / "synthesis.yaml"))
        files.push_back((entry.path() / "synthesis.yaml").string());
  std::sort(files.begin(), files.end());
  std::vector<SynthesisedUnit> units;
  for (const std::string& file : files) {
    const auto shown = fs::path(file).lexically_relative(fs::path(folder)).string();
    const power::SynthesisResult result = power::read_synthesis_result(file, shown);
    if (result.unit == "ipu") units.push_back(unit_of(result));
  }
  const auto key = [](const SynthesisedUnit& u) {
    return std::tuple(u.lanes, u.window, u.multi_cycle, u.software_precision, u.digit_a, u.digit_b,
                      u.formats);
  };
  std::stable_sort(units.begin(), units.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  units.erase(std::unique(units.begin(), units.end(),
                          [&](const auto& a, const auto& b) { return key(a) == key(b); }),
              units.end());
  return units;
}

const SynthesisedUnit* find_unit(const std::vector<SynthesisedUnit>& units, std::int64_t lanes,
                                 std::int64_t window) {
  for (const SynthesisedUnit& u : units)
    if (u.lanes == lanes && u.window == window && u.multi_cycle && u.nibbles()) return &u;
  return nullptr;
}

}  // namespace mantissa::workloads::ipu
