// SPDX-License-Identifier: Apache-2.0
// The check of the benchmarks can fail.
#include "tests/bench/bounds.h"

#include <gtest/gtest.h>

namespace mantissa::bench {
namespace {

Bound bound(double measured, Sense sense, Kind kind) {
  return {"x", "s", measured, 2, sense, kind};
}

TEST(Bounds, are_kept_up_to_equality_and_broken_beyond) {
  EXPECT_TRUE(bound(2, Sense::at_most, Kind::exact).kept());
  EXPECT_FALSE(bound(2.001, Sense::at_most, Kind::exact).kept());
  EXPECT_TRUE(bound(2, Sense::at_least, Kind::exact).kept());
  EXPECT_FALSE(bound(1.999, Sense::at_least, Kind::exact).kept());
}

TEST(Bounds, of_time_are_forgiven_where_the_machine_is_busy_and_others_never) {
  const auto late = bound(3, Sense::at_most, Kind::time);
  const auto many = bound(3, Sense::at_most, Kind::exact);
  EXPECT_FALSE(all_kept({late}, true));
  EXPECT_TRUE(all_kept({late}, false));
  EXPECT_FALSE(all_kept({late, many}, false));
}

TEST(Bounds, stand_in_the_table_with_their_ratio) {
  const std::string text = table({bound(3, Sense::at_most, Kind::exact)});
  EXPECT_NE(text.find("1.500  BROKEN"), std::string::npos) << text;
}

TEST(Bounds, are_those_of_the_last_measurement) {
  report(bound(3, Sense::at_most, Kind::time));
  report(bound(1, Sense::at_most, Kind::time));
  ASSERT_EQ(bounds().size(), 1u);
  EXPECT_EQ(bounds()[0].measured, 1);
}

TEST(Median, is_the_middle_value) {
  EXPECT_EQ(median({5, 1, 3}), 3);
  EXPECT_EQ(median({}), 0);
}

}  // namespace
}  // namespace mantissa::bench
