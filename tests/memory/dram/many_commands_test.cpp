// SPDX-License-Identifier: Apache-2.0
// Millions of commands of mixed traffic, each looked at by the independent rule checker.
#include <gtest/gtest.h>

#include "memory/dram/controller.h"
#include "tests/memory/dram/random_traffic.h"
#include "tests/memory/dram/rule_checker.h"
#include "tests/memory/dram/small_configs.h"

namespace mantissa::memory::dram {
namespace {

// HBM2 8 Gb x128 and two ranks of DDR4-2400, with all that a checker may object to switched on.
DramConfig hbm2() {
  DramConfig c;
  c.clock = Hertz(1'000'000'000);
  c.organization = {1, 1, 4, 4, 32768, 64, 128, 4, 1};
  Timing& t = c.timing;
  t.burst = 2, t.CL = 14, t.CWL = 4, t.RCDRD = 14, t.RCDWR = 14, t.RP = 14, t.RAS = 34, t.RC = 48;
  t.RRDS = 4, t.RRDL = 6, t.FAW = 30, t.CCDS = 1, t.CCDL = 2, t.WR = 16, t.RTP = 6, t.WTRS = 6;
  t.WTRL = 8, t.RFC = 260, t.RFCpb = 160, t.REFI = 3900, t.RREFD = 8, t.CKE = 8, t.XP = 8;
  c.controller.separate_buses = true;
  return c;
}
DramConfig ddr4() {
  DramConfig c;
  c.clock = Hertz(1'200'000'000);
  c.organization = {1, 2, 4, 4, 65536, 1024, 64, 8, 8};
  Timing& t = c.timing;
  t.burst = 4, t.CL = 17, t.CWL = 12, t.RCDRD = 17, t.RCDWR = 17, t.RP = 17, t.RAS = 39, t.RC = 56;
  t.RRDS = 4, t.RRDL = 6, t.FAW = 26, t.CCDS = 4, t.CCDL = 6, t.WR = 18, t.RTP = 9, t.WTRS = 3;
  t.WTRL = 9, t.RTRS = 2, t.RFC = 420, t.REFI = 9364, t.CKE = 6, t.XP = 8, t.CKESR = 7, t.XS = 432;
  c.refresh.postpone = 4;
  c.power_down = {200, 2000};
  return c;
}

// Random and streaming stretches with reads and writes, and pauses long enough to sleep in.
std::uint64_t checked_commands(const DramConfig& config, std::uint64_t wanted) {
  RuleChecker checker(config);
  Controller controller(config);
  controller.set_sink(&checker);
  Dice dice(7);
  const Organization& o = config.organization;
  Request r;
  while (controller.statistics().command_count() < wanted) {
    const bool stream = dice.percent(30);
    const std::uint64_t writes = dice.below(70);
    if (dice.percent(2)) r.arrival = controller.now() + dice.between(1, 6000);
    for (int i = 0; i < 2000; ++i) {
      if (!stream) {
        r.bank = static_cast<std::uint8_t>(dice.below(o.banks_per_channel()));
        r.row = static_cast<std::uint32_t>(dice.below(static_cast<std::uint64_t>(o.rows)));
      } else if (dice.percent(3)) {
        r.bank = static_cast<std::uint8_t>((r.bank + 1u) % o.banks_per_channel());
      }
      r.column = static_cast<std::uint32_t>((r.column + 1) % o.bursts_per_row());
      r.write = dice.percent(writes);
      controller.push(r);
    }
    controller.run_until_waiting(4);
    r.arrival = std::max(r.arrival, controller.now());
  }
  EXPECT_EQ(checker.report(), "");
  return controller.statistics().command_count();
}

TEST(ManyCommands, of_mixed_traffic_break_no_rule) {
  EXPECT_GE(checked_commands(hbm2(), 1'000'000), 1'000'000u);
  EXPECT_GE(checked_commands(ddr4(), 1'000'000), 1'000'000u);
}

TEST(ManyCommands, DISABLED_a_hundred_million_of_them_break_no_rule_long) {
  EXPECT_GE(checked_commands(hbm2(), 50'000'000), 50'000'000u);
  EXPECT_GE(checked_commands(ddr4(), 50'000'000), 50'000'000u);
}

}  // namespace
}  // namespace mantissa::memory::dram
