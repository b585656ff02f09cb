// SPDX-License-Identifier: Apache-2.0
// What bounds a data bus, from its busy and idle time.
#include "memory/dram/statistics.h"

#include <gtest/gtest.h>

namespace mantissa::memory::dram {
namespace {

std::array<Cycle, waits> waits_of(Cycle row, Cycle refresh) {
  std::array<Cycle, waits> times{};
  times[static_cast<std::size_t>(Wait::row)] = row;
  times[static_cast<std::size_t>(Wait::refresh)] = refresh;
  return times;
}

TEST(BusBoundBy, is_the_bus_from_nineteen_parts_in_twenty_on) {
  EXPECT_EQ(bound_by(950, waits_of(50, 0)), Wait::bus);
  EXPECT_EQ(bound_by(949, waits_of(51, 0)), Wait::row);
  EXPECT_EQ(bound_by(950, waits_of(26, 25)), Wait::row);  // of 1001
  EXPECT_EQ(bound_by(1, waits_of(0, 0)), Wait::bus);
}
TEST(BusBoundBy, is_the_largest_cause_of_idle_time_below_that) {
  EXPECT_EQ(bound_by(900, waits_of(51, 49)), Wait::row);
  EXPECT_EQ(bound_by(900, waits_of(49, 51)), Wait::refresh);
  EXPECT_EQ(bound_by(0, waits_of(0, 1)), Wait::refresh);
}

}  // namespace
}  // namespace mantissa::memory::dram
