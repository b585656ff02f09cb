// SPDX-License-Identifier: Apache-2.0
// Cast rules between all formats, and the small floats against their definition.
#include "base/numerics/element.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/numerics/bf16.h"
#include "base/numerics/fp16.h"
#include "base/numerics/minifloat.h"
#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;

Element round_trip(NumberFormat format, Element x) {
  std::vector<std::byte> bytes(16, std::byte{0xAA});
  store_element(format, bytes.data(), 1, x);
  return load_element(format, bytes.data(), 1);
}

double cast(NumberFormat format, double x) { return round_trip(format, Element::of(x)).as_real(); }

const NumberFormat narrow_floats[] = {
    NumberFormat::fp4_e2m1, NumberFormat::fp6_e2m3, NumberFormat::fp6_e3m2, NumberFormat::fp8_e4m3,
    NumberFormat::fp8_e5m2, NumberFormat::fp8_e8m0, NumberFormat::fp16,     NumberFormat::bf16};

TEST(Minifloat, every_code_decodes_and_encodes_to_itself) {
  for (NumberFormat f : narrow_floats) {
    const MinifloatFormat& format = minifloat_format(f);
    for (std::uint32_t code = 0; code < 1u << trace::bits(f); ++code) {
      const double x = decode(format, code);
      ASSERT_EQ(encode(format, x), std::isnan(x) ? format.nan() : code) << trace::name(f);
    }
  }
}

// Nearest by exhaustive search over all finite values of the format; ties to the even code.
TEST(Minifloat, encodes_to_the_nearest_value_and_ties_to_even) {
  const RandomStream stream(3, "minifloat");
  for (NumberFormat f : {NumberFormat::fp4_e2m1, NumberFormat::fp6_e2m3, NumberFormat::fp6_e3m2,
                         NumberFormat::fp8_e4m3, NumberFormat::fp8_e5m2}) {
    const MinifloatFormat& format = minifloat_format(f);
    const double top = decode(format, format.greatest_finite());
    for (std::uint64_t i = 0; i < 4000; ++i) {
      double x = std::fabs(stream.real(i)) * top;
      if (i % 3 == 0) x = std::ldexp(x, -static_cast<int>(i / 3 % 24));
      if (i % 7 == 0) {  // an exact tie
        const auto code =
            static_cast<std::uint32_t>(stream.integer(i, 0, format.greatest_finite() - 1));
        x = (decode(format, code) + decode(format, code + 1)) / 2;
      }
      std::uint32_t best = 0;
      for (std::uint32_t code = 1; code <= format.greatest_finite(); ++code) {
        const double distance = std::fabs(decode(format, code) - x);
        const double least = std::fabs(decode(format, best) - x);
        if (distance < least || (distance == least && code % 2 == 0)) best = code;
      }
      ASSERT_EQ(encode(format, x), best) << trace::name(f) << ' ' << x;
    }
  }
}

TEST(Minifloat, wide_formats_agree_with_their_own_conversions) {
  const RandomStream stream(4, "wide");
  for (std::uint64_t i = 0; i < 100000; ++i) {
    float x = float_from_bits(static_cast<std::uint32_t>(stream.bits(i)));
    if (i % 2) x = std::ldexp(stream.real(i), static_cast<int>(i / 2 % 50) - 30);
    ASSERT_EQ(encode(minifloat_format(NumberFormat::bf16), x), to_bf16(x).bits);
    ASSERT_EQ(encode(minifloat_format(NumberFormat::fp16), x), to_fp16(x).bits);
    ASSERT_EQ(encode(minifloat_format(NumberFormat::fp32), x), float_bits(canonical(x)));
  }
  EXPECT_EQ(encode(minifloat_format(NumberFormat::tf32), 1 + 0x1p-11), 0x3F800000u);  // tie
  EXPECT_EQ(encode(minifloat_format(NumberFormat::tf32), 1 + 0x1.8p-11), 0x3F802000u);
}

TEST(Minifloat, published_extremes_and_overflow_from_both_sides) {
  EXPECT_EQ(cast(NumberFormat::fp4_e2m1, 100), 6);
  EXPECT_EQ(cast(NumberFormat::fp6_e2m3, -100), -7.5);
  EXPECT_EQ(cast(NumberFormat::fp6_e3m2, 100), 28);
  EXPECT_EQ(cast(NumberFormat::fp8_e4m3, 1e9), 448);
  EXPECT_EQ(cast(NumberFormat::fp8_e5m2, 61439), 57344);
  EXPECT_EQ(cast(NumberFormat::fp8_e5m2, 61440), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(cast(NumberFormat::fp8_e4m3, NAN)));
  EXPECT_EQ(cast(NumberFormat::fp8_e8m0, 3), 2);    // tie: code 128 is even
  EXPECT_EQ(cast(NumberFormat::fp8_e8m0, 1.5), 2);  // tie: code 127 is odd, 128 even
  EXPECT_EQ(cast(NumberFormat::fp8_e8m0, 0), 0x1p-127);
  EXPECT_TRUE(std::isnan(cast(NumberFormat::fp8_e8m0, -1)));
}

TEST(Cast, to_integers_rounds_to_even_and_saturates) {
  EXPECT_EQ(cast(NumberFormat::int8, 2.5), 2);
  EXPECT_EQ(cast(NumberFormat::int8, 3.5), 4);
  EXPECT_EQ(cast(NumberFormat::int8, -2.5), -2);
  EXPECT_EQ(cast(NumberFormat::int8, 127.49), 127);
  EXPECT_EQ(cast(NumberFormat::int8, 128), 127);
  EXPECT_EQ(cast(NumberFormat::int8, -1e30), -128);
  EXPECT_EQ(cast(NumberFormat::uint8, -0.6), 0);
  EXPECT_EQ(cast(NumberFormat::int4, 9), 7);
  EXPECT_EQ(cast(NumberFormat::uint4, 99), 15);
  EXPECT_EQ(cast(NumberFormat::int32, NAN), 0);
  EXPECT_EQ(cast(NumberFormat::int32, 3e9), 2147483647);
  EXPECT_EQ(round_trip(NumberFormat::int64, Element::of(1e30)).integer,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(round_trip(NumberFormat::int8, Element::of(std::int64_t{-200})).integer, -128);
  EXPECT_EQ(round_trip(NumberFormat::int64, Element::of(~std::uint64_t{0})).integer,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(round_trip(NumberFormat::uint64, Element::of(~std::uint64_t{0})).as_real(), 0x1p64);
}

TEST(Cast, to_boolean_and_binary) {
  EXPECT_EQ(cast(NumberFormat::boolean, 0.25), 1);
  EXPECT_EQ(cast(NumberFormat::boolean, -0.0), 0);
  EXPECT_EQ(cast(NumberFormat::boolean, NAN), 1);
  EXPECT_EQ(cast(NumberFormat::binary, -0.0), 1);
  EXPECT_EQ(cast(NumberFormat::binary, -0.1), -1);
  EXPECT_EQ(cast(NumberFormat::binary, NAN), -1);
}

TEST(Cast, packed_elements_leave_their_neighbours_alone) {
  for (NumberFormat f : {NumberFormat::int4, NumberFormat::fp6_e2m3, NumberFormat::binary}) {
    std::vector<std::byte> bytes(8, std::byte{0});
    for (int i = 0; i < 8; ++i) store_element(f, bytes.data(), i, Element::of(1.0));
    store_element(f, bytes.data(), 3, Element::of(-1.0));
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(load_element(f, bytes.data(), i).as_real(), i == 3 ? -1 : 1) << trace::name(f);
    }
  }
}

TEST(Cast, runs_of_floats_equal_single_elements) {
  const RandomStream stream(5, "runs");
  for (NumberFormat f : {NumberFormat::fp32, NumberFormat::bf16, NumberFormat::fp16,
                         NumberFormat::fp8_e4m3, NumberFormat::int8, NumberFormat::int4}) {
    std::vector<float> x(37), y(37);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = stream.real(i) * 100;
    std::vector<std::byte> runs(200), single(200);
    store_floats(f, runs.data(), 3, 37, x.data());
    for (int i = 0; i < 37; ++i) store_element(f, single.data(), 3 + i, Element::of(double{x[i]}));
    ASSERT_EQ(runs, single) << trace::name(f);
    load_floats(f, runs.data(), 3, 37, y.data());
    for (int i = 0; i < 37; ++i) {
      ASSERT_EQ(y[i], load_element(f, single.data(), 3 + i).as_real());
    }
  }
}

}  // namespace
}  // namespace mantissa::numerics
