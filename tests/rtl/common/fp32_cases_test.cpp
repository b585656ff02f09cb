// SPDX-License-Identifier: Apache-2.0
#include "rtl/common/fp32_cases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/numerics/float_bits.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using Names = std::set<std::string>;

Names names(const std::vector<std::string>& all, std::uint32_t mask) {
  Names seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if ((mask >> i & 1) != 0) seen.insert(all[i].substr(all[i].find(' ') + 1));
  return seen;
}
Names sum(float x, float y) { return names(fp32_sum_cases(), seen_in_sum(x, y, x + y)); }
Names product(float x, float y) {
  return names(fp32_product_cases(), seen_in_product(x, y, x * y));
}

constexpr float least = 0x1p-149f, greatest = 0x1.fffffep127f;

TEST(Fp32Cases, a_sum_ties_exactly_in_the_middle_of_two_neighbours_and_not_beside_it) {
  EXPECT_EQ(sum(0x1p24f, 1), Names({"tie, rounded towards zero", "the smaller addend vanishes"}));
  EXPECT_EQ(sum(0x1.000002p24f, 1), Names({"tie, rounded away from zero"}));
  EXPECT_EQ(sum(-0x1.000002p24f, -1), Names({"tie, rounded away from zero"}));
  EXPECT_EQ(sum(0x1p24f, 0x1.000002p0f), Names());
  EXPECT_EQ(sum(0x1p24f, 2), Names());
}

TEST(Fp32Cases, sums_are_told_apart_at_zero_among_the_subnormals_and_at_infinity) {
  EXPECT_EQ(sum(least, least), Names({"subnormal"}));
  EXPECT_EQ(sum(0x1p-126f, least), Names());
  EXPECT_EQ(sum(1.5f, -1.5f), Names({"cancels to +0"}));
  EXPECT_EQ(sum(-0.0f, -0.0f), Names({"-0"}));
  EXPECT_EQ(sum(0.0f, -0.0f), Names());
  EXPECT_EQ(sum(greatest, greatest), Names({"overflows to infinity"}));
  EXPECT_EQ(sum(INFINITY, greatest), Names());
  EXPECT_EQ(sum(INFINITY, -INFINITY), Names({"infinity - infinity"}));
  EXPECT_EQ(sum(NAN, 1), Names({"NaN addend"}));
}

TEST(Fp32Cases, a_product_ties_among_normal_numbers_and_down_to_half_the_least) {
  EXPECT_EQ(product(0x1.000002p0f, 1.5f), Names({"tie, rounded away from zero"}));
  EXPECT_EQ(product(0x1.000006p0f, 1.5f), Names({"tie, rounded towards zero"}));
  EXPECT_EQ(product(0x1.000004p0f, 1.5f), Names());
  EXPECT_EQ(product(least, 0.5f),
            Names({"subnormal operand", "tie, rounded towards zero", "rounded to zero"}));
  EXPECT_EQ(product(-least, 1.5f),
            Names({"subnormal operand", "subnormal", "tie, rounded away from zero"}));
  EXPECT_EQ(product(0x1.000002p-149f + 0x1p-100f, -0x1p-100f), Names({"rounded to zero", "-0"}));
}

TEST(Fp32Cases, products_are_told_apart_at_infinity_and_not_a_number) {
  EXPECT_EQ(product(greatest, 2), Names({"overflows to infinity"}));
  EXPECT_EQ(product(INFINITY, 2), Names());
  EXPECT_EQ(product(INFINITY, 0), Names({"zero times infinity"}));
  EXPECT_EQ(product(NAN, 0), Names({"NaN operand"}));
}

TEST(Fp32Cases, operands_are_what_their_kind_says) {
  using numerics::float_from_bits;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto magnitude = [&](std::int64_t kind) {
      return std::abs(float_from_bits(fp32_operand(kind, draw(1, i))));
    };
    EXPECT_EQ(magnitude(0), 0);
    EXPECT_EQ(magnitude(1), 1);
    EXPECT_FALSE(std::isfinite(magnitude(2)));
    EXPECT_LT(magnitude(3), 0x1p-125f);
    EXPECT_GE(magnitude(4), 0x1p126f);
    EXPECT_TRUE(std::isfinite(magnitude(4)));
    EXPECT_GE(magnitude(5), 0x1p-12f);
    EXPECT_LT(magnitude(5), 0x1p20f);
  }
}

}  // namespace
}  // namespace mantissa::rtl
