// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/format.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/numerics/inner_product/exact.h"
#include "base/numerics/minifloat.h"
#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using trace::NumberFormat;

// The value that digits of `bits` bits stand for.
double value(Format f, int bits, const Operand& x) {
  const Digits d = digits(f, bits, x);
  double sum = 0;
  for (int i = 0; i < digit_count(f, bits); ++i)
    sum += std::ldexp(d[static_cast<std::size_t>(i)], i * bits);
  return std::ldexp(sum, x.exponent - fraction_bits(f, bits));
}

const std::pair<Format, NumberFormat> minifloats[] = {
    {Format::fp16, NumberFormat::fp16},         {Format::bf16, NumberFormat::bf16},
    {Format::fp8_e4m3, NumberFormat::fp8_e4m3}, {Format::fp8_e5m2, NumberFormat::fp8_e5m2},
    {Format::fp6_e2m3, NumberFormat::fp6_e2m3}, {Format::fp6_e3m2, NumberFormat::fp6_e3m2},
    {Format::fp4_e2m1, NumberFormat::fp4_e2m1}};

TEST(IpuFormat, digits_of_any_width_add_up_to_the_value_of_every_code) {
  for (const auto& [f, stored] : minifloats)
    for (std::uint32_t code = 0; code < 1u << testing::code_bits(f); ++code) {
      const Operand x = decode(f, code);
      const double expected = decode(minifloat_format(stored), code);
      if (x.special != Special::none) {
        EXPECT_EQ(x.special == Special::nan, std::isnan(expected)) << name(f) << code;
        EXPECT_EQ(x.special == Special::infinity, std::isinf(expected)) << name(f) << code;
        EXPECT_EQ(x.significand, 0);
        continue;
      }
      for (const int bits : {1, 4, 8, 12})
        ASSERT_EQ(value(f, bits, x), expected) << name(f) << code;
      ASSERT_EQ(x.negative, std::signbit(expected));
    }
}

TEST(IpuFormat, digits_of_twos_complement_have_one_signed_digit) {
  for (const int bits : {1, 2, 4, 8, 12})
    for (int x = -128; x < 128; ++x) {
      const auto code = static_cast<std::uint32_t>(x) & 255;
      ASSERT_EQ(value(Format::int8, bits, decode(Format::int8, code)), x);
      ASSERT_EQ(value(Format::mxint8, bits, decode(Format::mxint8, code)), x / 64.0);
      const Digits d = digits(Format::int8, bits, decode(Format::int8, code));
      for (int i = 0; i + 1 < digit_count(Format::int8, bits); ++i)
        ASSERT_GE(d[static_cast<std::size_t>(i)], 0);
      if (x >= -8 && x < 8) {
        ASSERT_EQ(value(Format::int4, bits, decode(Format::int4, code & 15)), x);
      }
    }
}

TEST(IpuFormat, fp16_has_the_nibbles_of_the_significand_shifted_by_one) {
  const Operand x = decode(Format::fp16, 0xC000 | 0x2B7);  // -(1024 + 0x2B7) * 2^(1-10)
  EXPECT_EQ(x.exponent, 1);
  const int m = (1024 + 0x2B7) << 1;
  const Digits d = digits(Format::fp16, 4, x);
  EXPECT_EQ(d[0], -(m & 15));
  EXPECT_EQ(d[1], -(m >> 4 & 15));
  EXPECT_EQ(d[2], -(m >> 8 & 15));
}

TEST(IpuFormat, zeros_and_subnormals_have_the_exponent_of_the_least_normal) {
  EXPECT_EQ(decode(Format::fp16, 0).exponent, -14);
  EXPECT_EQ(decode(Format::fp16, 0x8001).exponent, -14);
  EXPECT_EQ(decode(Format::fp16, 0x0400).exponent, -14);
  EXPECT_EQ(decode(Format::fp16, 0x0800).exponent, -13);
  EXPECT_EQ(decode(Format::bf16, 1).exponent, -126);
  EXPECT_EQ(decode(Format::fp8_e4m3, 0).exponent, -6);
}

TEST(IpuFormat, iterations_of_every_configuration_are_those_of_the_comparison) {
  struct Row {
    int a, b;
    int int4, int8x4, int8, fp16;
  };
  // MC-IPU4, MC-IPU84, MC-IPU8.
  for (const Row& r : {Row{4, 4, 1, 2, 4, 9}, Row{8, 4, 1, 1, 2, 6}, Row{8, 8, 1, 1, 1, 4}}) {
    IpuParameters p;
    p.digit_a = r.a;
    p.digit_b = r.b;
    EXPECT_EQ(p.iterations({Format::int4, Format::int4}), r.int4);
    EXPECT_EQ(p.iterations({Format::int8, Format::int4}), r.int8x4);
    EXPECT_EQ(p.iterations({Format::int8, Format::int8}), r.int8);
    EXPECT_EQ(p.iterations({Format::fp16, Format::fp16}), r.fp16);
  }
  const IpuParameters nibbles;
  EXPECT_EQ(nibbles.iterations({Format::bf16, Format::bf16}), 4);
  EXPECT_EQ(nibbles.iterations({Format::tf32, Format::tf32}), 9);
  EXPECT_EQ(nibbles.iterations({Format::fp8_e4m3, Format::fp8_e5m2}), 1);
  EXPECT_EQ(nibbles.iterations({Format::fp4_e2m1, Format::fp4_e2m1}), 1);
  EXPECT_EQ(nibbles.iterations({Format::mxint8, Format::mxint8}), 4);
}

TEST(IpuFormat, exponents_of_products_span_what_the_formats_say) {
  // Between the greatest and the least exponent of a product.
  const auto span = [](Format f) {
    int least = 1000, greatest = -1000;
    for (std::uint32_t code = 0; code < 1u << std::min(16, testing::code_bits(f)); ++code) {
      const Operand x = decode(f, code << (f == Format::tf32 ? 16 : 0));
      if (x.special != Special::none) continue;
      least = std::min(least, x.exponent);
      greatest = std::max(greatest, x.exponent);
    }
    return 2 * (greatest - least);
  };
  EXPECT_EQ(span(Format::fp16), 58);
  EXPECT_EQ(span(Format::bf16), 506);
  EXPECT_EQ(span(Format::tf32), 506);
  EXPECT_EQ(span(Format::fp8_e4m3), 28);
  EXPECT_EQ(span(Format::fp8_e5m2), 58);
  EXPECT_EQ(span(Format::fp4_e2m1), 0);
  EXPECT_EQ(span(Format::mxint8), 0);
}

TEST(IpuFormat, names_are_found_again_and_others_are_not) {
  for (int i = 0; i < formats; ++i)
    EXPECT_EQ(format_named(name(static_cast<Format>(i))), static_cast<Format>(i));
  EXPECT_FALSE(format_named("fp32"));
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
