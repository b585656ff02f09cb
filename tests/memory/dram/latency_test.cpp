// SPDX-License-Identifier: Apache-2.0
// The unloaded latency of every preset: a request alone in an idle memory is answered at N, and not
// at N - 1. With its row open it takes CL + burst, with its bank closed tRCD more, with another row
// open tRP more still; a write CWL for CL. Then the measured latencies of a real board.
#include <gtest/gtest.h>

#include "memory/dram/controller.h"
#include "tests/memory/dram/presets.h"

namespace mantissa::memory::dram {
namespace {

constexpr Cycle start = 2000;  // long after whatever opened the row: tRAS, tWR, tRTP are over

struct Found {
  Cycle latency = 0, issue = 0;  // from the arrival; cycle of the column command
};

class LastColumn : public CommandSink {
 public:
  void command(const Command& c) override {
    if (is_column(c.kind)) cycle = c.cycle;
  }
  Cycle cycle = 0;
};

enum class Before { closed, same_row, other_row };

// A request that comes at `start` to a memory that has seen nothing, or one read of a row.
Found alone(DramConfig config, Before before, bool write) {
  config.refresh.mode = RefreshMode::none;
  Controller channel(config);
  LastColumn last;
  channel.set_sink(&last);
  channel.keep_completions(true);
  if (before != Before::closed)
    channel.push({0, before == Before::same_row ? 7u : 8u, 0, 0, false, 0});
  channel.run(start);
  channel.completions().clear();
  channel.push({start, 7, 1, 0, write, 1});

  // The column command is not sent before it is legal, and then at once.
  channel.run(forever);
  const Completion done = channel.completions().at(0);
  return {done.at - start, last.cycle - start};
}

class UnloadedLatency : public testing::TestWithParam<std::string> {};

TEST_P(UnloadedLatency, of_hit_closed_and_miss_is_that_of_the_timing) {
  const DramConfig config = preset(GetParam());
  const Timing& t = config.timing;
  const auto exactly = [&](Before before, bool write, std::int64_t expected) {
    const auto n = static_cast<Cycle>(expected);
    const Found found = alone(config, before, write);
    EXPECT_EQ(found.latency, n);
    EXPECT_EQ(found.issue, n - static_cast<Cycle>((write ? t.CWL : t.CL) + t.burst));
  };
  exactly(Before::same_row, false, t.CL + t.burst);
  exactly(Before::closed, false, t.RCDRD + t.CL + t.burst);
  exactly(Before::other_row, false, t.RP + t.RCDRD + t.CL + t.burst);
  exactly(Before::same_row, true, t.CWL + t.burst);
  exactly(Before::closed, true, t.RCDWR + t.CWL + t.burst);
  exactly(Before::other_row, true, t.RP + t.RCDWR + t.CWL + t.burst);
}

// Seen from outside: up to the cycle before, nothing has been decided about the answer.
TEST_P(UnloadedLatency, is_ready_at_N_and_not_at_N_minus_1) {
  DramConfig config = preset(GetParam());
  config.refresh.mode = RefreshMode::none;
  const Timing& t = config.timing;
  const auto issue = static_cast<Cycle>(t.RCDRD);
  Controller channel(config);
  channel.keep_completions(true);
  channel.push({0, 7, 0, 0, false, 1});
  channel.run(issue);  // decides the cycles below
  EXPECT_TRUE(channel.completions().empty());
  EXPECT_EQ(channel.next_event(), issue);
  channel.run(issue + 1);
  ASSERT_EQ(channel.completions().size(), 1u);
  EXPECT_EQ(channel.completions()[0].at, static_cast<Cycle>(t.RCDRD + t.CL + t.burst));
}

// The control: one cycle more in a parameter is one cycle more in the latency that it belongs to.
TEST_P(UnloadedLatency, follows_each_parameter_by_one_cycle) {
  const DramConfig config = preset(GetParam());
  const Cycle miss = alone(config, Before::other_row, false).latency;
  const Cycle hit = alone(config, Before::same_row, false).latency;
  for (const auto member : {&Timing::CL, &Timing::burst, &Timing::RCDRD, &Timing::RP}) {
    DramConfig slower = config;
    slower.timing.*member += 1;
    EXPECT_EQ(alone(slower, Before::other_row, false).latency, miss + 1);
    const bool of_hits = member == &Timing::CL || member == &Timing::burst;
    EXPECT_EQ(alone(slower, Before::same_row, false).latency, hit + (of_hits ? 1 : 0));
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, UnloadedLatency, testing::ValuesIn(preset_names()),
                         [](const auto& info) { return info.param; });

// Idle latencies of reads on an Alveo U280, measured with the Shuhai benchmark (FCCM 2020), in ns.
struct Measured {
  const char* preset;
  double hit, closed, miss;
};
constexpr Measured shuhai[] = {{"u280_hbm", 106.7, 122.2, 137.8}, {"u280_ddr4", 73.3, 89.9, 106.6}};

double ns(const DramConfig& config, Cycle cycles) {
  return static_cast<double>(cycles) * 1e9 / static_cast<double>(config.clock.value) +
         static_cast<double>(config.controller.latency.time.value) * 1e-6;
}

TEST(MeasuredLatency, of_a_u280_is_met_within_3_percent) {
  for (const auto& m : shuhai) {
    const DramConfig config = preset(m.preset);
    const auto expect = [&](Before before, double measured) {
      EXPECT_NEAR(ns(config, alone(config, before, false).latency), measured, .03 * measured);
    };
    expect(Before::same_row, m.hit);
    expect(Before::closed, m.closed);
    expect(Before::other_row, m.miss);
  }
}

// The constant was taken from the hit; the steps to the others are the model's own.
TEST(MeasuredLatency, steps_of_a_u280_are_met_within_3_percent_too) {
  for (const auto& m : shuhai) {
    const DramConfig config = preset(m.preset);
    const double hit = ns(config, alone(config, Before::same_row, false).latency);
    const double closed = ns(config, alone(config, Before::closed, false).latency);
    const double miss = ns(config, alone(config, Before::other_row, false).latency);
    EXPECT_NEAR(closed - hit, m.closed - m.hit, .03 * (m.closed - m.hit));
    EXPECT_NEAR(miss - closed, m.miss - m.closed, .03 * (m.miss - m.closed));
  }
}

// The control: without the command grid, 13 tCK for 14, the steps would be off by more.
TEST(MeasuredLatency, steps_need_the_command_grid_of_the_controller) {
  const DramConfig off_grid = preset("u280_hbm", {"timing.RCDRD=13"});
  const double step = ns(off_grid, alone(off_grid, Before::closed, false).latency) -
                      ns(off_grid, alone(off_grid, Before::same_row, false).latency);
  EXPECT_LT(step, .97 * (122.2 - 106.7));
}

}  // namespace
}  // namespace mantissa::memory::dram
