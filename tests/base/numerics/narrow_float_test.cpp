// SPDX-License-Identifier: Apache-2.0
// bf16 and fp16 conversions against an independent rounding by comparison of distances.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/numerics/bf16.h"
#include "base/numerics/fp16.h"
#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

// All finite non-negative values of a 16-bit format in rising order: bit pattern = rank.
template <class T>
double value(std::uint32_t rank, int exponent_bits, int fraction_bits) {
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const int exponent = static_cast<int>(rank >> fraction_bits);
  const double fraction = rank & ((1u << fraction_bits) - 1);
  const double one = 1 << fraction_bits;
  return exponent == 0 ? std::ldexp(fraction / one, 1 - bias)
                       : std::ldexp(1 + fraction / one, exponent - bias);
}

// The pattern whose value is nearest to x >= 0, ties to the even pattern. The infinity's pattern
// stands for the first power of two beyond the format, as IEEE 754 defines overflow.
template <class T>
std::uint32_t nearest(double x, int exponent_bits, int fraction_bits) {
  std::uint32_t low = 0, high = ((1u << exponent_bits) - 1) << fraction_bits;
  if (x >= value<T>(high, exponent_bits, fraction_bits)) return high;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (value<T>(middle, exponent_bits, fraction_bits) <= x ? low : high) = middle;
  }
  const double below = x - value<T>(low, exponent_bits, fraction_bits);
  const double above = value<T>(high, exponent_bits, fraction_bits) - x;
  if (below == above) return low % 2 == 0 ? low : high;
  return below < above ? low : high;
}

float any_float(const RandomStream& stream, std::uint64_t i) {
  return float_from_bits(static_cast<std::uint32_t>(stream.bits(i)));
}

TEST(Bf16Format, every_value_survives_the_way_to_fp32_and_back) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Bf16 x{static_cast<std::uint16_t>(bits)};
    const bool nan = (bits & 0x7FFFu) > 0x7F80u;
    ASSERT_EQ(to_bf16(to_float(x)).bits, nan ? 0x7FC0u : bits);
  }
}

TEST(Bf16Format, rounds_to_the_nearest_value_and_ties_to_even) {
  const RandomStream stream(1, "bf16");
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const float x = any_float(stream, i);
    if (std::isnan(x)) continue;
    const std::uint32_t sign = std::signbit(x) ? 0x8000u : 0u;
    ASSERT_EQ(to_bf16(x).bits, sign | nearest<Bf16>(std::fabs(x), 8, 7)) << x;
  }
}

TEST(Bf16Format, ties_subnormals_and_overflow_from_both_sides) {
  EXPECT_EQ(to_bf16(float_from_bits(0x3F808000u)).bits, 0x3F80u);  // tie, even below
  EXPECT_EQ(to_bf16(float_from_bits(0x3F808001u)).bits, 0x3F81u);
  EXPECT_EQ(to_bf16(float_from_bits(0x3F818000u)).bits, 0x3F82u);  // tie, even above
  EXPECT_EQ(to_bf16(float_from_bits(0x00008001u)).bits, 0x0001u);  // least subnormal
  EXPECT_EQ(to_bf16(float_from_bits(0x00008000u)).bits, 0x0000u);
  EXPECT_EQ(to_bf16(float_from_bits(0x7F7F7FFFu)).bits, 0x7F7Fu);  // greatest finite
  EXPECT_EQ(to_bf16(float_from_bits(0x7F7F8000u)).bits, 0x7F80u);  // infinity
  EXPECT_EQ(to_bf16(float_from_bits(0xFF800001u)).bits, 0x7FC0u);  // a NaN loses its sign
}

TEST(Fp16Format, every_value_survives_the_way_to_fp32_and_back) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const Fp16 x{static_cast<std::uint16_t>(bits)};
    const bool nan = (bits & 0x7FFFu) > 0x7C00u;
    ASSERT_EQ(to_fp16(to_float(x)).bits, nan ? 0x7E00u : bits);
    if (!nan && (bits & 0x7C00u) != 0x7C00u) {
      ASSERT_EQ(std::fabs(to_float(x)), value<Fp16>(bits & 0x7FFFu, 5, 10));
    }
  }
}

TEST(Fp16Format, rounds_to_the_nearest_value_and_ties_to_even) {
  const RandomStream stream(2, "fp16");
  for (std::uint64_t i = 0; i < 200000; ++i) {
    float x = any_float(stream, i);
    if (std::isnan(x)) continue;
    if (i % 2) x = std::ldexp(stream.real(i), static_cast<int>(i / 2 % 45) - 28);
    const std::uint32_t sign = std::signbit(x) ? 0x8000u : 0u;
    ASSERT_EQ(to_fp16(x).bits, sign | nearest<Fp16>(std::fabs(x), 5, 10)) << x;
  }
}

TEST(Fp16Format, ties_subnormals_and_overflow_from_both_sides) {
  EXPECT_EQ(to_fp16(65519.996f).bits, 0x7BFFu);
  EXPECT_EQ(to_fp16(65520.0f).bits, 0x7C00u);
  EXPECT_EQ(to_fp16(0x1p-25f).bits, 0x0000u);  // half of the least subnormal: tie to zero
  EXPECT_EQ(to_fp16(0x1.000002p-25f).bits, 0x0001u);
  EXPECT_EQ(to_fp16(-0x1.FF8p-15f).bits, 0x83FFu);  // greatest subnormal
  EXPECT_EQ(to_fp16(-0.0f).bits, 0x8000u);
}

TEST(RoundToFloat, agrees_with_the_processor_on_64_bit_integers) {
  const RandomStream stream(3, "round");
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const std::uint64_t x = stream.bits(i) >> (i % 64);
    ASSERT_EQ(round_to_float(false, x, 0), static_cast<float>(x)) << x;
    const int exponent = static_cast<int>(i % 300) - 210;
    const auto head = static_cast<double>(x >> 11);  // exact in binary64
    ASSERT_EQ(round_to_float(true, x >> 11, exponent),
              static_cast<float>(-std::ldexp(head, exponent)));
  }
}

}  // namespace
}  // namespace mantissa::numerics
