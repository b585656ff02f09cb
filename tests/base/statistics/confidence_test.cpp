// SPDX-License-Identifier: Apache-2.0
#include "base/statistics/confidence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/faults/draw.h"
#include "base/faults/normal.h"

namespace mantissa::statistics {
namespace {

// Abramowitz & Stegun, table 26.10: two-sided 95 % and 99 %.
TEST(StudentQuantile, gives_the_published_table) {
  const std::pair<std::uint64_t, double> at_95[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},
                                                    {4, 2.776},  {9, 2.262},  {10, 2.228},
                                                    {30, 2.042}, {49, 2.010}, {120, 1.980}};
  for (const auto& [freedom, t] : at_95)
    EXPECT_NEAR(student_quantile(0.975, freedom), t, 0.0006) << freedom;
  EXPECT_NEAR(student_quantile(0.995, 1), 63.657, 0.0006);
  EXPECT_NEAR(student_quantile(0.995, 19), 2.861, 0.0006);
}

TEST(StudentQuantile, is_odd_and_inverts_the_distribution) {
  for (const std::uint64_t freedom : {1u, 2u, 5u, 40u})
    for (double p = 0.01; p < 1; p += 0.0307) {
      EXPECT_NEAR(student_cdf(student_quantile(p, freedom), freedom), p, 1e-14);
      EXPECT_NEAR(student_quantile(p, freedom), -student_quantile(1 - p, freedom), 1e-9);
    }
}

TEST(StudentCdf, of_one_degree_is_cauchys_and_of_many_normal) {
  for (double t = -20; t < 20; t += 0.37)
    EXPECT_NEAR(student_cdf(t, 1), 0.5 + std::atan(t) / std::acos(-1.0), 1e-14);
  EXPECT_NEAR(student_quantile(0.975, 100'000), faults::normal_quantile(0.975), 1e-4);
}

TEST(Summary, of_a_small_sample_is_what_a_hand_calculates) {
  const Summary s = summarise({1, 2, 3, 4, 5});
  EXPECT_EQ(s.count, 5u);
  EXPECT_DOUBLE_EQ(s.mean, 3);
  EXPECT_DOUBLE_EQ(s.deviation, std::sqrt(2.5));
  EXPECT_NEAR(s.high - 3, 2.776 * std::sqrt(2.5 / 5), 5e-4);
  EXPECT_DOUBLE_EQ(s.high - 3, 3 - s.low);
}

TEST(Summary, of_one_value_has_no_spread) {
  const Summary s = summarise({7});
  EXPECT_EQ(s.mean, 7);
  EXPECT_EQ(s.deviation, 0);
  EXPECT_EQ(s.low, s.high);
}

TEST(Summary, of_equal_values_is_that_value_without_any_deviation) {
  const Summary s = summarise(std::vector<double>(10, 0.1));
  EXPECT_EQ(s.mean, 0.1);
  EXPECT_EQ(s.deviation, 0);
  EXPECT_EQ(s.high, 0.1);
}

TEST(Summary, interval_holds_the_mean_in_95_of_100_samples) {
  int held = 0, narrow_held = 0;
  constexpr int trials = 4000;
  for (std::uint64_t trial = 0; trial < trials; ++trial) {
    std::vector<double> v;
    for (std::uint64_t i = 0; i < 5; ++i)
      v.push_back(faults::normal_quantile(
          faults::unit(faults::derived(faults::derived(9, trial), i)) * (1 - 1e-12)));
    const Summary s = summarise(v), narrow = summarise(v, 0.8);
    held += s.low <= 0 && 0 <= s.high;
    narrow_held += narrow.low <= 0 && 0 <= narrow.high;
  }
  EXPECT_NEAR(held / double{trials}, 0.95, 4 * std::sqrt(0.95 * 0.05 / trials));
  EXPECT_NEAR(narrow_held / double{trials}, 0.80, 4 * std::sqrt(0.8 * 0.2 / trials));
}

}  // namespace
}  // namespace mantissa::statistics
