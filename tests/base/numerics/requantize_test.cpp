// SPDX-License-Identifier: Apache-2.0
// Requantisation against exact rational arithmetic.
#include "base/numerics/requantize.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <limits>

#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

using boost::multiprecision::cpp_int;
constexpr std::int32_t least_sum = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t greatest_sum = std::numeric_limits<std::int32_t>::max();

// The integer y with the least |acc * m - y * 2^s|; of two such, the even one.
cpp_int oracle(std::int32_t acc, const Requantization& q) {
  const cpp_int numerator = cpp_int(acc) * q.multiplier;
  const cpp_int denominator = cpp_int(1) << q.shift;
  cpp_int best = numerator / denominator - 1;
  for (cpp_int y = best; y <= best + 3; ++y) {
    const cpp_int distance = abs(numerator - y * denominator);
    const cpp_int least = abs(numerator - best * denominator);
    if (distance < least || (distance == least && y % 2 == 0)) best = y;
  }
  cpp_int y = best + q.zero_point;
  if (y < q.low) y = q.low;
  if (y > q.high) y = q.high;
  return y;
}

TEST(Requantize, equals_exact_arithmetic_for_all_shifts_at_the_extremes) {
  for (int shift = 0; shift <= 62; ++shift) {
    for (std::int32_t multiplier : {1, 2, 3, 0x40000000, greatest_sum - 1, greatest_sum}) {
      for (std::int32_t acc :
           {least_sum, least_sum + 1, -3, -2, -1, 0, 1, 2, 3, greatest_sum - 1, greatest_sum}) {
        for (std::int32_t zero : {least_sum, -1, 0, greatest_sum}) {
          const Requantization q{multiplier, shift, zero, least_sum, greatest_sum};
          ASSERT_EQ(cpp_int(requantize(acc, q)), oracle(acc, q))
              << acc << " * " << multiplier << " / 2^" << shift << " + " << zero;
        }
      }
    }
  }
}

TEST(Requantize, equals_exact_arithmetic_on_random_operands) {
  const RandomStream stream(7, "requantize");
  for (std::uint64_t i = 0; i < 50000; ++i) {
    const auto acc = static_cast<std::int32_t>(stream.bits(3 * i) >> (i % 32));
    const auto multiplier = static_cast<std::int32_t>(stream.integer(3 * i + 1, 1, greatest_sum));
    const Requantization q{multiplier, static_cast<int>(stream.integer(3 * i + 2, 0, 62)), 5, -128,
                           127};
    ASSERT_EQ(cpp_int(requantize(acc, q)), oracle(acc, q));
  }
}

TEST(Requantize, rounds_halves_to_even_on_both_sides_of_zero) {
  const Requantization half{1, 1, 0, -128, 127};
  EXPECT_EQ(requantize(1, half), 0);
  EXPECT_EQ(requantize(3, half), 2);
  EXPECT_EQ(requantize(5, half), 2);
  EXPECT_EQ(requantize(-1, half), 0);
  EXPECT_EQ(requantize(-3, half), -2);
  EXPECT_EQ(requantize(-5, half), -2);
}

TEST(Requantize, clips_after_the_zero_point) {
  const Requantization q{1, 0, 10, -128, 127};
  EXPECT_EQ(requantize(117, q), 127);
  EXPECT_EQ(requantize(118, q), 127);
  EXPECT_EQ(requantize(-138, q), -128);
  EXPECT_EQ(requantize(-139, q), -128);
  EXPECT_EQ(requantize(-137, q), -127);
}

// Rounding half away from zero, a common other rule, must be told apart.
TEST(Requantize, differs_from_half_away_from_zero) {
  const Requantization half{1, 1, 0, -128, 127};
  int different = 0;
  for (int acc = -9; acc <= 9; ++acc) {
    const int away = acc >= 0 ? (acc + 1) / 2 : (acc - 1) / 2;
    different += requantize(acc, half) != away;
  }
  EXPECT_EQ(different, 6);  // +-1, +-5 and +-9
}

}  // namespace
}  // namespace mantissa::numerics
