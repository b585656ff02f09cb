// SPDX-License-Identifier: Apache-2.0
// The table of timing rules, against sums worked out by hand for DDR4-2400U (CL 17, CWL 12, BL/2 4,
// tRTRS 2), and what must hold of every preset's table.
#include "memory/dram/constraints.h"

#include <gtest/gtest.h>

#include "tests/memory/dram/presets.h"

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;

// The longest rule between two commands at one level, 0 where there is none.
std::int64_t longest(const DramConfig& config, K before, K after, Level level,
                     std::uint32_t window = 1) {
  std::int64_t cycles = 0;
  for (const auto& c : constraints(config.organization, config.timing))
    if (c.before == before && c.after == after && c.level == level && c.window == window)
      cycles = std::max(cycles, c.cycles);
  return cycles;
}

TEST(Constraints, of_ddr4_are_the_sums_worked_out_by_hand) {
  const DramConfig d = preset("ddr4_2400");
  EXPECT_EQ(longest(d, K::activate, K::read, Level::bank), 17);
  EXPECT_EQ(longest(d, K::activate, K::activate, Level::bank), 56);
  EXPECT_EQ(longest(d, K::activate, K::activate, Level::bank_group), 6);
  EXPECT_EQ(longest(d, K::activate, K::activate, Level::rank), 4);
  EXPECT_EQ(longest(d, K::activate, K::activate, Level::rank, 4), 26);
  EXPECT_EQ(longest(d, K::read, K::read, Level::bank_group), 6);
  EXPECT_EQ(longest(d, K::read, K::read, Level::rank), 4);
  EXPECT_EQ(longest(d, K::read, K::read, Level::other_ranks), 4 + 2);
  EXPECT_EQ(longest(d, K::read, K::write, Level::rank), 17 + 4 + 2 - 12);
  EXPECT_EQ(longest(d, K::write, K::read, Level::rank), 12 + 4 + 3);
  EXPECT_EQ(longest(d, K::write, K::read, Level::bank_group), 12 + 4 + 9);
  EXPECT_EQ(longest(d, K::write, K::read, Level::other_ranks), 4);  // never less than the burst
  EXPECT_EQ(longest(d, K::write, K::precharge, Level::bank), 12 + 4 + 18);
  EXPECT_EQ(longest(d, K::read_a, K::activate, Level::bank), 9 + 17);
  EXPECT_EQ(longest(d, K::write_a, K::activate, Level::bank), 12 + 4 + 18 + 17);
  EXPECT_EQ(longest(d, K::refresh, K::activate, Level::rank), 421);
}

TEST(Constraints, between_ranks_hold_only_where_there_are_several) {
  for (const auto& name : preset_names()) {
    const DramConfig config = preset(name);
    bool any = false;
    for (const auto& c : constraints(config.organization, config.timing))
      any = any || c.level == Level::other_ranks;
    EXPECT_EQ(any, config.organization.ranks > 1) << name;
  }
}

// A burst holds the bus: no two column commands come closer, whatever tCCD says.
TEST(Constraints, keep_bursts_apart_on_every_preset) {
  for (const auto& name : preset_names()) {
    const DramConfig d = preset(name);
    for (const auto& [before, after] : {std::pair{K::read, K::read},
                                        {K::write, K::write},
                                        {K::read, K::write},
                                        {K::write, K::read}}) {
      // From the first burst's start to the second's, both as seen on the bus.
      const auto start = [&](K kind) { return is_read(kind) ? d.timing.CL : d.timing.CWL; };
      const std::int64_t same = longest(d, before, after, Level::rank);
      EXPECT_GE(same + start(after) - start(before), d.timing.burst) << name;
      if (d.organization.ranks == 1) continue;
      const std::int64_t other = longest(d, before, after, Level::other_ranks);
      EXPECT_GE(other + start(after) - start(before), d.timing.burst) << name;
    }
  }
}

TEST(Constraints, say_which_rule_they_are_and_what_waits_for_them) {
  for (const auto& name_of_preset : preset_names()) {
    const DramConfig config = preset(name_of_preset);
    for (const auto& c : constraints(config.organization, config.timing)) {
      EXPECT_GT(c.cycles, 0);
      EXPECT_STRNE(c.rule, "");
      EXPECT_NE(c.wait, Wait::none);
    }
  }
  for (std::size_t i = 0; i < waits; ++i) {
    EXPECT_STRNE(name(static_cast<Wait>(i)), "");
    EXPECT_STRNE(meaning(static_cast<Wait>(i)), "");
  }
}

}  // namespace
}  // namespace mantissa::memory::dram
