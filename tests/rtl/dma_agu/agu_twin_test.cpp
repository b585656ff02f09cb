// SPDX-License-Identifier: Apache-2.0
// Whole systems whose DMA engines take their addresses from the verilated generator.
#include "rtl/dma_agu/agu_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/folders.h"
#include "rtl/tool.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using arch::ArchConfig;
using arch::Implementation;
using arch::RunResult;

ArchConfig core(Implementation implementation, std::uint64_t burst = 64) {
  ArchConfig config = arch::testing::cramped(4, 4);
  config.core.dma.implementation = implementation;
  config.core.dma.burst = Bytes(burst);
  return config;
}

TEST(AguTwin, gives_every_burst_of_a_network_the_address_that_the_engine_gives_it) {
  for (const auto& trace :
       {arch::testing::small_convnet(12, 8), arch::testing::small_transformer(9, 12)})
    // Rows shorter than a burst, as long, and longer.
    for (const std::uint64_t burst : {16, 24, 64, 4096}) {
      const RunResult together = arch::testing::run(core(Implementation::lockstep, burst), trace);
      const RunResult alone = arch::testing::run(core(Implementation::model, burst), trace);
      ASSERT_EQ(together.twins.count("dma"), 1u);
      const arch::TwinResult& twin = together.twins.at("dma");
      EXPECT_GE(twin.compared, twin.commands);
      if (burst < 4096) {
        EXPECT_GT(twin.compared, twin.commands);
      }
      EXPECT_EQ(twin.differing, 0u);
      EXPECT_EQ(twin.cycles, twin.compared + twin.commands);
      EXPECT_EQ(together.cycles, alone.cycles);
      EXPECT_TRUE(alone.twins.empty());
    }
}

// The generator with one mistake in it: the second loop begins where the first one ended.
class WrongGenerator {
 public:
  WrongGenerator() {
    const std::string text = read_text(rtl_folder() + "/dma_agu/dma_agu.sv");
    write_text(folder_.file("dma_agu.sv"),
               replaced(text, "if (steps[m]) start_q[l*A +: A] <= next[m*A +: A];",
                        "if (steps[m]) start_q[l*A +: A] <= (m == 1) ? start_q[A-1:0] + "
                        "strides_q[A +: A] : next[m*A +: A];"));
  }
  ArchConfig in_a(ArchConfig config) const {
    config.core.dma.rtl = {folder_.path()};
    return config;
  }

 private:
  ScratchFolder folder_;
};

// Rows of 64 bytes in bursts of 32, of a matrix that is wider than its tiles.
const auto rows = arch::testing::gemm(80, 160, 100);

ArchConfig narrow(Implementation implementation) {
  ArchConfig config = core(implementation, 32);
  config.mapper.tile_k = 64;
  return config;
}

TEST(WrongGeneratorInACore, is_found_in_lockstep_and_by_its_transfer_alone) {
  const WrongGenerator wrong;
  try {
    arch::testing::run(wrong.in_a(narrow(Implementation::lockstep)), rows);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("read 'address 0x"));
    ASSERT_TRUE(error.alone.replay);
    const CosimResult result = cosimulate(error.alone);
    ASSERT_TRUE(result.failure);
    EXPECT_LE(result.failure->outcome.cycles, 50u);
    EXPECT_EQ(result.failure->run.commands.size(), 1u);
  }
}

TEST(WrongGeneratorInACore, in_place_of_the_model_is_counted) {
  const WrongGenerator wrong;
  const RunResult result = arch::testing::run(wrong.in_a(narrow(Implementation::rtl)), rows);
  EXPECT_GT(result.twins.at("dma").differing, 0u);
  EXPECT_LT(result.twins.at("dma").differing, result.twins.at("dma").compared);
}

}  // namespace
}  // namespace mantissa::rtl
