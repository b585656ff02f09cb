// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/aligned_truncation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/numerics/inner_product/exact.h"
#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using boost::multiprecision::cpp_int;
using testing::Codes;
using testing::Draw;
using testing::fp16;
using testing::fp16_pair;

float dot(int f, const Codes& a, const Codes& b, float c) {
  return aligned_truncation_dot({f}, fp16_pair, a.data(), b.data(), static_cast<int>(a.size()), c);
}

TEST(AlignedTruncation, keeps_f_fraction_bits_below_the_greatest_exponent) {
  for (const int f : {13, 23, 24, 25}) {
    // c = -1 decides the exponent; the product is 2^-f, or half of that.
    const int half = f / 2;
    const Codes a{fp16(std::ldexp(1.0, -half))}, b{fp16(std::ldexp(1.0, half - f))};
    const Codes smaller{fp16(std::ldexp(1.0, half - f - 1))};
    // fp32 has 24 places below 1 and rounds toward zero.
    EXPECT_EQ(dot(f, a, b, -1.0f), -1 + std::ldexp(1.0f, -std::min(f, 24))) << f;
    EXPECT_EQ(dot(f, a, smaller, -1.0f), -1) << f;
  }
}

TEST(AlignedTruncation, truncates_magnitudes_so_that_signs_are_alike) {
  const Codes tiny{fp16(std::ldexp(1.0, -12))}, small{fp16(std::ldexp(1.0, -13))};
  EXPECT_EQ(dot(24, small, tiny, 1.0f), 1.0f);
  EXPECT_EQ(dot(24, {small[0] | 0x8000}, tiny, 1.0f), 1.0f);  // rounding down would give 1 - ulp
}

TEST(AlignedTruncation, has_the_addend_inside_the_maximum) {
  // 2^-12 * 2^-12 twice beside c = 1: each alone is half a place for f = 23, and is lost.
  const Codes a(2, fp16(std::ldexp(1.0, -12))), b(2, fp16(std::ldexp(1.0, -12)));
  EXPECT_EQ(dot(23, a, b, 1.0f), 1.0f);
  EXPECT_EQ(dot(24, a, b, 1.0f), 1.0f + std::ldexp(1.0f, -23));
  EXPECT_EQ(dot(23, a, b, 0.0f), std::ldexp(1.0f, -23));  // nothing above them
}

TEST(AlignedTruncation, equals_a_calculation_in_big_integers) {
  Draw draw(3);
  int truncated = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    const int f = 10 + static_cast<int>(draw.bits() % 20);
    const Codes a = draw.finite(Format::fp16, 8), b = draw.finite(Format::fp16, 8);
    const float c =
        static_cast<float>(std::ldexp(draw.normal(), static_cast<int>(draw.bits() % 30) - 15));
    // Exponents from values: independent of the datapath's decoding.
    const auto exponent = [](double x, int least) {
      return x == 0 ? least : std::max(std::ilogb(x), least);
    };
    int greatest = std::ilogb(c);
    std::vector<int> of(8);
    for (std::size_t k = 0; k < 8; ++k) {
      const double x = to_float(Fp16{static_cast<std::uint16_t>(a[k])});
      const double y = to_float(Fp16{static_cast<std::uint16_t>(b[k])});
      if (x != 0 && y != 0) greatest = std::max(greatest, exponent(x, -14) + exponent(y, -14));
    }
    const auto cut = [&](const cpp_int& x) {
      const int places = greatest - f - ExactSum::unit;
      cpp_int magnitude = abs(x);
      magnitude = (magnitude >> places) << places;
      truncated += magnitude != abs(x) ? 1 : 0;
      return x < 0 ? cpp_int(-magnitude) : magnitude;
    };
    ExactSum sum, addend;
    addend.significand = cpp_int(static_cast<std::int64_t>(std::ldexp(c, 60 - std::ilogb(c))));
    addend.significand <<= std::ilogb(c) - 60 - ExactSum::unit;
    sum.significand = cut(addend.significand);
    for (std::size_t k = 0; k < 8; ++k)
      sum.significand += cut(exact_product(fp16_pair, a[k], b[k]).significand);
    for (const auto rounding : {FinalRounding::toward_zero, FinalRounding::nearest_even})
      ASSERT_EQ(aligned_truncation_dot({f, rounding}, fp16_pair, a.data(), b.data(), 8, c),
                to_fp32(sum, rounding));
  }
  EXPECT_GT(truncated, 1000);
}

TEST(AlignedTruncation, knows_infinities_nan_and_zero) {
  const float infinity = positive_infinity();
  EXPECT_EQ(float_bits(dot(24, {0x7C00}, {fp16(-1)}, 0)), 0xFF800000u);
  EXPECT_EQ(float_bits(dot(24, {0x7C00}, {0}, 0)), canonical_nan_bits);
  EXPECT_EQ(float_bits(dot(24, {0x7C00}, {fp16(-1)}, infinity)), canonical_nan_bits);
  EXPECT_EQ(dot(24, {fp16(1)}, {fp16(1)}, -infinity), -infinity);
  EXPECT_EQ(float_bits(dot(24, {fp16(1)}, {fp16(1)}, canonical_nan())), canonical_nan_bits);
  EXPECT_EQ(float_bits(dot(24, {0x8000}, {fp16(1)}, -0.0f)), 0u);
  EXPECT_EQ(float_bits(dot(24, {fp16(1)}, {fp16(1)}, -1.0f)), 0u);
}

TEST(AlignedTruncation, refuses_what_it_cannot_add) {
  const std::uint32_t one = 0x3C00;
  const auto refused = [&](int f, FormatPair pair, int n) {
    EXPECT_THROW(aligned_truncation_dot({f}, pair, &one, &one, n, 0), Error);
  };
  refused(24, {Format::int8, Format::int8}, 1);
  refused(24, {Format::fp16, Format::bf16}, 1);
  refused(24, fp16_pair, 0);
  refused(24, fp16_pair, 65);
  refused(-1, fp16_pair, 1);
  refused(61, fp16_pair, 1);
  EXPECT_NO_THROW(aligned_truncation_dot({60}, fp16_pair, &one, &one, 1, 0));
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
