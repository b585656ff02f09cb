// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/exact.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using testing::Codes;
using testing::Draw;
using testing::fp16;
using testing::fp16_pair;

TEST(ExactDot, of_fp16_within_53_bits_is_that_of_doubles) {
  Draw draw(1);
  for (int trial = 0; trial < 2000; ++trial) {
    Codes a(8), b(8);
    double sum = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      // Exponents within 10 of each other: every partial sum of doubles is exact.
      a[k] = (draw.bits() & 0x83FF) | ((10 + draw.bits() % 6) << 10);
      b[k] = (draw.bits() & 0x83FF) | ((10 + draw.bits() % 6) << 10);
      sum += static_cast<double>(to_float(Fp16{static_cast<std::uint16_t>(a[k])})) *
             to_float(Fp16{static_cast<std::uint16_t>(b[k])});
    }
    const ExactSum exact = exact_dot(fp16_pair, a.data(), b.data(), 8);
    ASSERT_EQ(exact.approximately(), sum);
    ASSERT_EQ(to_fp32(exact, FinalRounding::nearest_even), static_cast<float>(sum));
  }
}

TEST(ExactDot, keeps_what_no_double_can) {
  // 2^30 - 2^-48 - 2^30
  const Codes a{fp16(32768), 0x0001, fp16(-32768)}, b{fp16(32768), 0x8001, fp16(32768)};
  const ExactSum sum = exact_dot(fp16_pair, a.data(), b.data(), 3);
  EXPECT_EQ(sum.approximately(), -std::ldexp(1.0, -48));
}

TEST(ExactDot, rounds_to_nearest_even_and_toward_zero) {
  Draw draw(2);
  for (int trial = 0; trial < 2000; ++trial) {
    const std::uint32_t a = draw.finite(Format::fp16), b = draw.finite(Format::fp16);
    const ExactSum x = exact_product(fp16_pair, a, b);
    const auto product = static_cast<float>(x.approximately());
    ASSERT_EQ(to_fp16(x, FinalRounding::nearest_even).bits & 0x7FFF,
              numerics::to_fp16(product).bits & 0x7FFF);
    const float down = to_float(to_fp16(x, FinalRounding::toward_zero));
    ASSERT_LE(std::fabs(down), std::fabs(product));
    const float next = to_float(Fp16{
        static_cast<std::uint16_t>((to_fp16(x, FinalRounding::toward_zero).bits & 0x7FFF) + 1)});
    ASSERT_GT(next, std::fabs(product));
  }
}

TEST(ExactDot, drops_lanes_beyond_the_precision_by_exponent_and_ignores_zeros) {
  const Codes a{fp16(1), fp16(1.0 / 16), fp16(0)}, b{fp16(1), fp16(1), fp16(16384)};
  const auto kept = [&](int precision) {
    return exact_kept_dot(fp16_pair, a.data(), b.data(), 3, precision).approximately();
  };
  EXPECT_EQ(kept(4), 1.0625);
  EXPECT_EQ(kept(3), 1.0);
}

TEST(ExactDot, knows_every_format) {
  const auto product = [](Format f, std::uint32_t a, std::uint32_t b) {
    return exact_product({f, f}, a, b).approximately();
  };
  EXPECT_EQ(product(Format::int4, 8, 7), -56);
  EXPECT_EQ(product(Format::int8, 0x80, 0x80), 16384);
  EXPECT_EQ(product(Format::mxint8, 0x80, 0x40), -2);
  EXPECT_EQ(product(Format::fp4_e2m1, 7, 15), -36);
  EXPECT_EQ(product(Format::bf16, 1, 1), std::ldexp(1.0, -266));
  EXPECT_EQ(product(Format::tf32, 0x2000, 0x2000), std::ldexp(1.0, -272));
  EXPECT_EQ(product(Format::fp8_e4m3, 0x7E, 0x01), 448 * std::ldexp(1.0, -9));
  EXPECT_EQ(product(Format::fp8_e5m2, 0x7B, 0x80), 0);
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
