// SPDX-License-Identifier: Apache-2.0
// Every architecture preset runs on command-level DRAM as well: `memory: dram`.
#include <gtest/gtest.h>

#include <fstream>

#include "sim/presets/presets.h"
#include "sim/run/run_point.h"

namespace mantissa::sim {
namespace {

arch::RunResult run_with(const std::string& arch, std::vector<std::string> overrides,
                         arch::Fidelity fidelity = arch::Fidelity::shape,
                         const std::string& workload = "lstm") {
  return sim::run(resolve({arch, workload, std::move(overrides), fidelity}), nullptr);
}

TEST(DramPresets, every_architecture_runs_on_command_level_dram) {
  for (const Preset& preset : Presets::standard().list(PresetKind::arch)) {
    SCOPED_TRACE(preset.name);
    const auto result = run_with(preset.name, {"memory=dram"});
    ASSERT_TRUE(result.dram.commands);
    const auto& c = *result.dram.commands;
    EXPECT_GT(c.row_hits, 0u);
    EXPECT_GT(c.commands.at("ACT"), 0u);
    // What crossed the buses is what was asked for, and the rest of its bursts.
    const auto dram = resolve_arch(preset.name, {"memory=dram"}).memory.dram;
    ASSERT_TRUE(dram);
    std::uint64_t bursts = 0;
    for (const char* kind : {"RD", "WR"})
      if (c.commands.count(kind) != 0) bursts += c.commands.at(kind);
    EXPECT_EQ(bursts, c.row_hits + c.row_misses + c.row_conflicts);
    EXPECT_GE(bursts * dram->organization.burst_bytes(),
              result.dram.read_bytes + result.dram.write_bytes);
    EXPECT_GT(result.power.energy_by_part.at("dram").value, 0);
  }
}

TEST(DramPresets, the_presets_bandwidth_is_that_of_their_ideal_memory_within_a_few_percent) {
  for (const char* name : {"edge_16x16", "tpu_v1", "tpu_v2", "tpu_v3", "tpu_v4i"}) {
    const auto arch = resolve_arch(name, {});
    EXPECT_NEAR(arch.memory.dram->peak_bytes_per_second() / arch.memory.bandwidth.bytes, 1, 0.01)
        << name;
  }
}

TEST(DramPresets, a_word_over_the_memory_section_picks_its_model_and_keeps_the_rest) {
  const auto arch = resolve_arch("tpu_v1", {"memory=dram"});
  EXPECT_EQ(arch.memory.model, "dram");
  EXPECT_EQ(arch.memory.capacity, Bytes(8ull << 30));
  EXPECT_EQ(arch.memory.dram->name, "ddr3_2133");
  EXPECT_EQ(arch.memory.dram->organization.channels, 2);
}

TEST(DramPresets, another_dram_takes_the_place_of_the_presets) {
  const auto arch = resolve_arch("edge_16x16", {"memory=dram", "memory.dram=ddr4_2400",
                                                "memory.dram.controller.page_policy=closed"});
  EXPECT_EQ(arch.memory.dram->name, "ddr4_2400");
  EXPECT_EQ(arch.memory.dram->organization.channels, 1);
  EXPECT_EQ(arch.memory.dram->controller.page_policy, memory::dram::PagePolicy::closed);
}

TEST(DramPresets, values_do_not_depend_on_when_memory_answers) {
  const auto ideal = run_with("systolic_32x32", {}, arch::Fidelity::data);
  const auto dram = run_with("systolic_32x32", {"memory=dram"}, arch::Fidelity::data);
  ASSERT_EQ(ideal.outputs.size(), dram.outputs.size());
  for (std::size_t i = 0; i < ideal.outputs.size(); ++i)
    EXPECT_EQ(ideal.outputs[i].bytes, dram.outputs[i].bytes);
  EXPECT_NE(ideal.cycles, dram.cycles);
}

bool warns_of_bytes_beside(const arch::RunResult& result) {
  for (const auto& warning : result.warnings)
    if (warning.find("smaller than a burst") != std::string::npos) return true;
  return false;
}

TEST(DramPresets, pieces_smaller_than_a_burst_move_whole_bursts_and_the_run_says_so) {
  EXPECT_TRUE(warns_of_bytes_beside(
      run_with("edge_16x16", {"memory=dram"}, arch::Fidelity::shape, "mobilenet_v2")));
  EXPECT_FALSE(warns_of_bytes_beside(run_with("edge_16x16", {"memory=dram"})));
}

TEST(DramPresets, the_same_run_gives_the_same_cycles) {
  const auto one = run_with("tpu_v2", {"memory=dram"}), two = run_with("tpu_v2", {"memory=dram"});
  EXPECT_EQ(one.cycles, two.cycles);
  EXPECT_EQ(one.dram.commands->commands, two.dram.commands->commands);
  EXPECT_EQ(one.power.total_energy, two.power.total_energy);
}

}  // namespace
}  // namespace mantissa::sim
