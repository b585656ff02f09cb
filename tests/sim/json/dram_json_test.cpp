// SPDX-License-Identifier: Apache-2.0
// The JSON of a memory alone: every field is declared, every declared field is there.
#include "sim/json/dram_json.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/presets/presets.h"

namespace mantissa::sim {
namespace {

DramRun run(const std::string& name, const std::string& trace,
            const std::vector<std::string>& overrides = {}) {
  const auto& presets = Presets::standard();
  const auto loaded = config::load<memory::dram::DramConfig>(
      presets.find(PresetKind::dram, name), presets.resolver(PresetKind::dram), overrides);
  DramRun run;
  run.config = loaded.value;
  run.config_yaml = loaded.yaml;
  run.config_hash = loaded.hash;
  run.trace = std::string(MANTISSA_SOURCE_DIR) + "/examples/" + trace;
  memory::dram::TraceReader reader(run.trace);
  run.result = memory::dram::run_trace(run.config, reader);
  run.request_bytes = run.result.burst_bytes;
  run.energy = memory::dram::energy(run.config, run.result.total);
  return run;
}

const DramRun& sample() {
  static const DramRun all = run("hbm2_8gb_x128", "memory_dramsim3.trc");
  return all;
}

std::string dram_type_of(const Json& value) {
  if (value.is_number_integer()) return "integer";
  if (value.is_number()) return "number";
  if (value.is_string()) return "text";
  if (value.is_array()) return "list";
  return "object";
}

void dram_outline(const Json& value, const std::string& path, std::set<std::string>& out) {
  if (!path.empty()) out.insert(path + ":" + dram_type_of(value));
  if (path == "config" || path == "definitions") return;
  if (value.is_array())
    for (const auto& item : value)
      if (item.is_structured())
        for (const auto& [key, child] : item.items()) dram_outline(child, path + "[]." + key, out);
  if (value.is_object())
    for (const auto& [key, child] : value.items())
      dram_outline(child, path.empty() ? key : path + "." + key, out);
}

// '*' stands for part of a name between two dots.
bool matches(const char* pattern, const char* path) {
  if (*pattern == '\0') return *path == '\0';
  if (*pattern != '*') return *pattern == *path && matches(pattern + 1, path + 1);
  for (;; ++path) {
    if (matches(pattern + 1, path)) return true;
    if (*path == '\0' || *path == '.') return false;
  }
}

TEST(DramJson, has_the_declared_fields_and_types_and_no_others) {
  std::set<std::string> have;
  dram_outline(to_json(sample()), "", have);
  std::set<std::string> met;
  for (const auto& path : have) {
    bool declared = false;
    for (const auto& field : dram_fields()) {
      const std::string pattern = std::string(field.path) + ":" + name(field.type);
      // Figures in cycles are whole where they are not means.
      const std::string whole = std::string(field.path) + ":integer";
      if (!matches(pattern.c_str(), path.c_str()) && !matches(whole.c_str(), path.c_str()))
        continue;
      declared = true;
      met.insert(field.path);
    }
    EXPECT_TRUE(declared) << path;
  }
  for (const auto& field : dram_fields())
    EXPECT_TRUE(met.count(field.path) || std::string(field.path) == "definitions.*")
        << field.path << " is declared and not there";
}

TEST(DramJson, defines_every_field_with_its_unit) {
  const Json json = to_json(sample());
  for (const auto& field : dram_fields()) {
    const std::string text = json["definitions"][field.path];
    const std::string unit = *field.unit ? std::string("[") + field.unit + "] " : "";
    EXPECT_EQ(text, unit + field.doc);
  }
}

TEST(DramJson, adds_up) {
  const Json json = to_json(sample());
  std::uint64_t sum = 0;
  for (const auto& [reason, cycles] : json["bus_cycles"].items())
    if (reason != "total") sum += cycles.get<std::uint64_t>();
  EXPECT_EQ(sum, json["bus_cycles"]["total"]);
  EXPECT_EQ(json["bus_cycles"]["total"], json["cycles"]);
  EXPECT_EQ(json["reads"].get<int>() + json["writes"].get<int>(), json["bursts"]);
  double energy = 0;
  for (const auto& part : json["energy"]["parts"]) energy += part["energy_pj"].get<double>();
  EXPECT_DOUBLE_EQ(energy, json["energy"]["total_pj"]);
  std::uint64_t binned = 0;
  for (const auto& bin : json["read_latency"]["histogram"]) binned += bin["count"].get<unsigned>();
  EXPECT_EQ(binned, json["reads"]);
  for (const auto& [reason, cycles] : json["bus_cycles"].items())
    EXPECT_TRUE(reason == "total" || reason == "busy" || json["idle_reasons"].contains(reason));
}

TEST(DramJson, is_the_same_for_the_same_run) {
  EXPECT_EQ(to_json(run("ddr4_2400", "memory_ramulator.trc")).dump(),
            to_json(run("ddr4_2400", "memory_ramulator.trc")).dump());
}

TEST(DramJson, has_no_energy_rather_than_one_of_zero) {
  EXPECT_TRUE(to_json(run("lpddr5_6400", "memory_ramulator.trc"))["energy"].is_null());
}

TEST(LatencyBins, hold_every_request_once_with_both_ends_sharp) {
  memory::dram::LatencyHistogram h;
  for (const std::uint64_t latency : {1u, 2u, 3u, 4u, 5u, 1u << 17}) h.add(latency);
  const auto bins = latency_bins(h);
  ASSERT_GE(bins.size(), 4u);
  EXPECT_EQ(bins[0].up_to, 1u);
  EXPECT_EQ(bins[0].count, 1u);
  EXPECT_EQ(bins[1].count, 1u);  // 2
  EXPECT_EQ(bins[2].count, 2u);  // 3, 4
  EXPECT_EQ(bins[3].count, 1u);  // 5
  EXPECT_EQ(bins.back().count, 1u);
  EXPECT_EQ(bins.back().up_to, 1u << 17);
}

}  // namespace
}  // namespace mantissa::sim
