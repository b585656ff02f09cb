// SPDX-License-Identifier: Apache-2.0
// Networks on the presets of VS-Quant, against the baseline with 8 bits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/run/run_point.h"

namespace mantissa::sim {
namespace {

using ::testing::HasSubstr;

arch::RunResult run_with(const std::string& arch, const std::string& workload,
                         std::vector<std::string> overrides = {},
                         arch::Fidelity fidelity = arch::Fidelity::shape) {
  return sim::run(resolve({arch, workload, std::move(overrides), fidelity}), nullptr);
}

TEST(VsqPresets, run_networks_in_fewer_bytes_and_less_energy_than_their_baseline) {
  for (const char* workload : {"resnet50", "bert_base"}) {
    const auto four = run_with("vsq_4_4_4_4", workload), eight = run_with("vsq_8_8", workload);
    EXPECT_EQ(four.macs, eight.macs);
    // Weights alone are 0.531; what stays in the scratchpad is never read from memory.
    EXPECT_LT(static_cast<double>(four.dram.read_bytes),
              0.56 * static_cast<double>(eight.dram.read_bytes));
    EXPECT_LE(four.cycles, eight.cycles);
    EXPECT_LT(four.power.total_energy, eight.power.total_energy);
    EXPECT_LT(four.power.total_area, eight.power.total_area);
    const auto follow_up = run_with("vsq_5nm", workload);
    EXPECT_EQ(follow_up.macs, four.macs);
    EXPECT_GT(follow_up.utilization, 0.5);
  }
}

TEST(VsqPresets, spend_less_on_weights_that_several_rows_share) {
  const auto weights = [](const arch::RunResult& r) {
    double energy = 0;
    for (const auto& part : r.power.energy)
      if (part.component == "lane_weights" && part.action == "read") energy = part.energy.value;
    return energy;
  };
  const auto once = run_with("vsq_4_4_4_4", "resnet50"),
             shared = run_with("vsq_4_4_4_4", "resnet50", {"core.matrix.vsq.weight_reuse=16"});
  EXPECT_EQ(shared.cycles, once.cycles);
  // Sixteen rows, but for the last ones of a tile.
  EXPECT_GT(weights(shared), weights(once) / 16);
  EXPECT_LT(weights(shared), weights(once) / 14);
  EXPECT_LT(shared.power.total_energy.value, 0.7 * once.power.total_energy.value);
}

TEST(VsqPresets, price_post_processing_in_the_order_in_which_it_scales) {
  const auto source = [](const char* order) {
    const auto r = run_with("vsq_4_4_4_4", "resnet18", {order});
    for (const auto& part : r.power.energy)
      if (part.component == "post_processor") return part.price.source;
    return std::string();
  };
  EXPECT_THAT(source("core.matrix.vsq.scale_first=false"),
              HasSubstr("rtl/vsq_ppu/data_first/synthesis.yaml"));
  EXPECT_THAT(source("core.matrix.vsq.scale_first=true"), HasSubstr("rtl/vsq_ppu/synthesis.yaml"));
}

TEST(VsqPresets, compute_a_network_in_data_mode) {
  const auto r = run_with("vsq_4_4_4_4", "lstm", {"workload.format=bf16"}, arch::Fidelity::data);
  EXPECT_GT(r.matrix_activity.at("vectors"), 0u);
  EXPECT_FALSE(r.outputs.empty());
}

}  // namespace
}  // namespace mantissa::sim
