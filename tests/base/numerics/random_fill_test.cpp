// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/random_fill.h"

#include <gtest/gtest.h>

#include <set>

#include "base/numerics/element.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;

TEST(RandomFill, an_element_depends_on_seed_name_and_index_alone) {
  for (const auto& row : trace::number_formats()) {
    const auto small = fill_random(row.format, {7, 8}, 5, "weight");
    const auto large = fill_random(row.format, {9, 8}, 5, "weight");
    ASSERT_EQ(small.size(), trace::storage_bytes(row.format, 56)) << row.name;
    for (std::int64_t i = 0; i < 56; ++i) {
      ASSERT_EQ(load_element(row.format, small.data(), i).as_real(),
                load_element(row.format, large.data(), i).as_real());
    }
    // A change of either changes the tensor.
    EXPECT_NE(small, fill_random(row.format, {7, 8}, 6, "weight")) << row.name;
    EXPECT_NE(small, fill_random(row.format, {7, 8}, 5, "weighu")) << row.name;
  }
}

TEST(RandomFill, the_first_values_are_fixed_for_ever) {
  const RandomStream stream(0, "");
  const RandomStream again(0, "");
  EXPECT_EQ(stream.bits(123456789), again.bits(123456789));
  // SplitMix64 seeded with 0 starts with this published value.
  EXPECT_EQ(mix_bits(0x9E3779B97F4A7C15ull), 0xE220A8397B1DCDAFull);
}

TEST(RandomFill, int8_covers_its_range_evenly) {
  const auto bytes = fill_random(NumberFormat::int8, {65536}, 1, "x");
  std::vector<int> count(256);
  for (auto b : bytes) ++count[std::to_integer<unsigned>(b)];
  for (int c : count) {
    EXPECT_GT(c, 256 - 100);  // six standard deviations of 16
    EXPECT_LT(c, 256 + 100);
  }
}

TEST(RandomFill, floats_lie_in_minus_one_to_one_with_mean_zero) {
  const RandomStream stream(9, "floats");
  double sum = 0, squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = stream.real(i);
    ASSERT_GE(x, -1);
    ASSERT_LT(x, 1);
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / 100000, 0, 0.011);  // six standard deviations
  EXPECT_NEAR(squares / 100000, 1.0 / 3, 0.006);
}

TEST(RandomFill, bounded_integers_reach_both_ends_and_no_further) {
  const RandomStream stream(2, "bounded");
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(stream.integer(i, -3, 4));
  EXPECT_EQ(*seen.begin(), -3);
  EXPECT_EQ(*seen.rbegin(), 4);
  EXPECT_EQ(seen.size(), 8u);
}

}  // namespace
}  // namespace mantissa::numerics
