// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/pointwise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/numerics/elementary.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

using trace::OpKind;
const PointwiseParameters plain;
constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

float apply(OpKind kind, float x) { return unary(kind, x, plain); }
float apply(OpKind kind, float a, float b) { return binary(kind, a, b, plain); }

TEST(Pointwise, comparisons_with_nan_are_false_and_extremes_propagate_it) {
  for (OpKind kind : {OpKind::equal, OpKind::less, OpKind::greater}) {
    EXPECT_EQ(apply(kind, NAN, 1), 0);
    EXPECT_EQ(apply(kind, 1, NAN), 0);
  }
  for (OpKind kind : {OpKind::maximum, OpKind::minimum, OpKind::add, OpKind::mul, OpKind::div}) {
    EXPECT_EQ(float_bits(apply(kind, NAN, 1)), canonical_nan_bits);
    EXPECT_EQ(float_bits(apply(kind, 1, -NAN)), canonical_nan_bits);
  }
  EXPECT_EQ(float_bits(apply(OpKind::sub, INFINITY, INFINITY)), canonical_nan_bits);
}

TEST(Pointwise, zeros_keep_the_documented_signs) {
  EXPECT_EQ(float_bits(apply(OpKind::maximum, -0.0f, 0.0f)), 0u);
  EXPECT_EQ(float_bits(apply(OpKind::maximum, 0.0f, -0.0f)), 0u);
  EXPECT_EQ(float_bits(apply(OpKind::minimum, 0.0f, -0.0f)), 0x80000000u);
  EXPECT_EQ(float_bits(apply(OpKind::relu, -0.0f)), 0u);
  EXPECT_EQ(float_bits(apply(OpKind::neg, 0.0f)), 0x80000000u);
  EXPECT_EQ(float_bits(apply(OpKind::round, -0.4f)), 0x80000000u);
}

TEST(Pointwise, rounds_as_the_processor_does) {
  const RandomStream stream(1, "round");
  for (std::uint64_t i = 0; i < 200000; ++i) {
    float x = float_from_bits(static_cast<std::uint32_t>(stream.bits(i)));
    if (i % 2) x = static_cast<float>(stream.integer(i, -50'000'000, 50'000'000)) * 0.25f;
    if (std::isnan(x)) continue;
    ASSERT_EQ(float_bits(apply(OpKind::round, x)), float_bits(std::nearbyint(x))) << x;
  }
}

TEST(Pointwise, bounded_functions_at_their_bounds) {
  EXPECT_EQ(apply(OpKind::relu6, 5.99f), 5.99f);
  EXPECT_EQ(apply(OpKind::relu6, 6.01f), 6);
  EXPECT_EQ(apply(OpKind::hardswish, -3), 0);
  EXPECT_EQ(apply(OpKind::hardswish, 3), 3);
  EXPECT_EQ(apply(OpKind::leaky_relu, -2), -0.02f);
  PointwiseParameters p;
  p.low = -1;
  p.high = 2;
  EXPECT_EQ(unary(OpKind::clamp, -1.5f, p), -1);
  EXPECT_EQ(unary(OpKind::clamp, 1.5f, p), 1.5f);
  EXPECT_EQ(unary(OpKind::clamp, 2.5f, p), 2);
  p.tanh_form = true;
  EXPECT_NE(unary(OpKind::gelu, 1.0f, p), apply(OpKind::gelu, 1.0f));
}

TEST(Pointwise, alpha_is_multiplied_and_rounded_first) {
  PointwiseParameters p;
  p.alpha = 3;
  const float third = 1.0f / 3;
  EXPECT_EQ(binary(OpKind::add, 1.0f, third, p), 1.0f + (3.0f * third));
  EXPECT_EQ(binary(OpKind::sub, 1.0f, 0.5f, p), -0.5f);
  std::uint64_t overflows = 0;
  EXPECT_EQ(binary(OpKind::add, std::int64_t{1}, std::int64_t{2}, p, false, overflows), 7);
}

TEST(Pointwise, integers_wrap_and_every_wrap_is_counted) {
  std::uint64_t overflows = 0;
  const auto run = [&](OpKind kind, std::int64_t a, std::int64_t b, bool wide = false) {
    return binary(kind, a, b, plain, wide, overflows);
  };
  EXPECT_EQ(run(OpKind::add, highest, 0), highest);
  EXPECT_EQ(run(OpKind::sub, lowest, 0), lowest);
  EXPECT_EQ(run(OpKind::mul, 1 << 15, 1 << 15), 1 << 30);
  EXPECT_EQ(overflows, 0u);
  EXPECT_EQ(run(OpKind::add, highest, 1), lowest);
  EXPECT_EQ(run(OpKind::sub, lowest, 1), highest);
  EXPECT_EQ(run(OpKind::mul, 1 << 16, 1 << 16), 0);
  EXPECT_EQ(overflows, 3u);
  EXPECT_EQ(run(OpKind::add, highest, 1, true), std::int64_t{highest} + 1);
  EXPECT_EQ(overflows, 3u);
  EXPECT_EQ(unary(OpKind::abs, std::int64_t{lowest}, plain, false, overflows), lowest);
  EXPECT_EQ(unary(OpKind::neg, std::int64_t{lowest}, plain, false, overflows), lowest);
  EXPECT_EQ(overflows, 5u);
}

TEST(Pointwise, spans_equal_single_elements) {
  const RandomStream stream(2, "spans");
  float a[33], b[33], y[33];
  for (int i = 0; i < 33; ++i) a[i] = stream.real(i) * 4, b[i] = stream.real(i + 100);
  unary(OpKind::gelu, a, y, 33);
  for (int i = 0; i < 33; ++i) EXPECT_EQ(y[i], gelu(a[i]));
  binary(OpKind::div, a, b, y, 33);
  for (int i = 0; i < 33; ++i) EXPECT_EQ(y[i], a[i] * reciprocal(b[i]));
}

TEST(Pointwise, a_kind_of_another_class_is_refused) {
  std::uint64_t overflows = 0;
  EXPECT_THROW(apply(OpKind::softmax, 1), InternalError);
  EXPECT_THROW(apply(OpKind::relu, 1, 1), InternalError);
  EXPECT_THROW(unary(OpKind::exp, std::int64_t{1}, plain, false, overflows), InternalError);
  EXPECT_TRUE(is_unary(OpKind::relu) && is_unary(OpKind::dropout) && !is_unary(OpKind::where));
  EXPECT_TRUE(is_binary(OpKind::add) && is_binary(OpKind::greater) && !is_binary(OpKind::where));
}

TEST(Quantize, rounds_to_even_saturates_and_comes_back) {
  const Quantization q{0.5f, 3, -128, 127};
  EXPECT_EQ(quantize(0.25f, q), 3);  // 0.5: tie to 0
  EXPECT_EQ(quantize(0.75f, q), 5);  // 1.5: tie to 2
  EXPECT_EQ(quantize(-0.75f, q), 1);
  EXPECT_EQ(quantize(62.0f, q), 127);
  EXPECT_EQ(quantize(62.5f, q), 127);
  EXPECT_EQ(quantize(-1e30f, q), -128);
  EXPECT_EQ(quantize(INFINITY, q), 127);
  EXPECT_EQ(quantize(NAN, q), 3);
  for (int code = -128; code <= 127; ++code) EXPECT_EQ(quantize(dequantize(code, q), q), code);
}

}  // namespace
}  // namespace mantissa::numerics
