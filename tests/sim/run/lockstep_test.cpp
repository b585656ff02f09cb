// SPDX-License-Identifier: Apache-2.0
// A whole network of the size that people run, cycle by cycle through the verilated array.
#include "sim/run/lockstep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/systolic/array_twin.h"
#include "rtl/tool.h"
#include "sim/run/run_point.h"

namespace mantissa::sim {
namespace {

TEST(Lockstep, resnet50_on_the_edge_core_takes_ten_million_cycles_without_a_difference) {
  const Point point = resolve(
      {"edge_16x16", "resnet50", {"core.matrix.implementation=lockstep"}, arch::Fidelity::data});
  const arch::RunResult result = run(point, nullptr);
  ASSERT_EQ(result.twins.count("matrix"), 1u);
  const arch::TwinResult& twin = result.twins.at("matrix");
  EXPECT_GE(twin.cycles, 10'000'000u);
  EXPECT_GE(twin.cycles, result.matrix.busy.value) << "no busy cycle is left out";
  EXPECT_GT(twin.compared, 0u);
  EXPECT_EQ(twin.differing, 0u);
}

TEST(Lockstep, says_when_the_array_alone_shows_nothing) {
  const arch::ArchConfig config =
      resolve_arch("systolic_32x32", {"core.matrix.rows=2", "core.matrix.columns=2"});
  rtl::CosimRequest alone = rtl::array_alone(config.core.matrix, trace::NumberFormat::int8);
  alone.vectors = 10;
  const rtl::LockstepDiffers error(Error(rtl::lockstep_differs).at("mine"), alone);
  const rtl::ScratchFolder folder;
  EXPECT_THAT(with_reproducer(error, folder.file("l"), {}).message(),
              testing::HasSubstr("the unit alone does not show it"));
}

}  // namespace
}  // namespace mantissa::sim
