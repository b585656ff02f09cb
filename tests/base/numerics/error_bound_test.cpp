// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/error_bound.h"

#include <gtest/gtest.h>

namespace mantissa::numerics {
namespace {

TEST(Gamma, follows_its_formula_and_ends_where_it_does) {
  EXPECT_EQ(gamma(0), 0);
  EXPECT_DOUBLE_EQ(gamma(1), 0x1p-24 / (1 - 0x1p-24));
  EXPECT_EQ(gamma(1 << 23), 1);  // one half over one half
  EXPECT_TRUE(std::isfinite(gamma((1 << 24) - 1)));
  EXPECT_TRUE(std::isinf(gamma(1 << 24)));
}

TEST(Gamma, magnitudes_are_summed_with_strides) {
  const Bf16 a[] = {to_bf16(1), to_bf16(9), to_bf16(-2)};
  const float b[] = {3, -4};
  EXPECT_EQ(sum_of_magnitudes(a, 2, b, 1, 2), 11);
}

TEST(Gamma, reordering_is_accepted_and_a_lost_term_is_not) {
  // 1 + 2^-24 + 2^-24 is 1 from the left and 1 + 2^-23 from the right.
  const float left = 1.0f + 0x1p-24f + 0x1p-24f, right = (0x1p-24f + 0x1p-24f) + 1.0f;
  ASSERT_NE(left, right);
  EXPECT_TRUE(within_reordering(left, right, 3, 1 + 0x1p-23));
  EXPECT_FALSE(within_reordering(left, left + 0.001f, 3, 1 + 0x1p-23));
}

}  // namespace
}  // namespace mantissa::numerics
