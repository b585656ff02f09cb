// SPDX-License-Identifier: Apache-2.0
// Pointwise operators and conversions of whole tensors.
#include <gtest/gtest.h>

#include <cmath>

#include "base/numerics/elementary.h"
#include "base/numerics/row_ops.h"
#include "tests/base/numerics/evaluate_fixture.h"

namespace mantissa::numerics {
namespace {

using trace::ints;
using trace::reals;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

TEST(EvaluatePointwise, operands_broadcast_from_the_last_dimension) {
  const Value a = floats({2, 1, 3}, {1, 2, 3, 4, 5, 6}), b = floats({2, 1}, {10, 20});
  EXPECT_EQ(run(OpKind::add, {&a, &b}).floats(),
            (Floats{11, 12, 13, 21, 22, 23, 14, 15, 16, 24, 25, 26}));
  EXPECT_EQ(run(OpKind::mul, {&b}, {{"scalar", 0.5}}).floats(), (Floats{5, 10}));
}

TEST(EvaluatePointwise, integers_stay_exact_where_floats_would_not) {
  const Value a = integers(NumberFormat::int32, {2}, {(1 << 24) + 1, 0x7FFFFFFF});
  OneOp op(OpKind::add, {&a, &a});
  EXPECT_EQ(op.run().front().integers(), (Ints{(1 << 25) + 2, -2}));
  EXPECT_EQ(op.overflows, 1u);
  EXPECT_EQ(run(OpKind::add, {&a, nullptr}, {{"scalar", 0.5}}, NumberFormat::fp32).floats()[0],
            0x1p24f + 0.5f);  // a fraction makes it a float operation
}

TEST(EvaluatePointwise, bf16_is_computed_in_fp32_and_rounded_once) {
  const Value a = Value::of_floats(NumberFormat::bf16, {1}, {1});
  const Value b = Value::of_floats(NumberFormat::bf16, {1}, {0x1p-8f});
  EXPECT_EQ(run(OpKind::add, {&a, &b}).floats()[0], 1);  // tie to even
  EXPECT_EQ(run(OpKind::add, {&a, &b}, {{"alpha", 1.5}}).floats()[0], 1 + 0x1p-7f);
}

TEST(EvaluatePointwise, every_unary_kind_runs_and_where_selects) {
  const Value x = floats({3}, {0.5f, 1, 2});
  for (OpKind kind :
       {OpKind::relu, OpKind::relu6, OpKind::leaky_relu, OpKind::clamp,      OpKind::sigmoid,
        OpKind::tanh, OpKind::gelu,  OpKind::silu,       OpKind::hardswish,  OpKind::exp,
        OpKind::log,  OpKind::sqrt,  OpKind::rsqrt,      OpKind::reciprocal, OpKind::erf,
        OpKind::abs,  OpKind::neg,   OpKind::sign,       OpKind::round,      OpKind::dropout}) {
    ASSERT_TRUE(can_evaluate(kind));
    for (float y : run(kind, {&x}).floats()) EXPECT_TRUE(std::isfinite(y)) << trace::name(kind);
  }
  EXPECT_EQ(run(OpKind::gelu, {&x}, {{"approximate", std::string("tanh")}}).floats()[1],
            gelu_tanh(1));
  const Value yes = integers(NumberFormat::boolean, {3}, {1, 0, 1}), other = floats({1}, {9});
  EXPECT_EQ(run(OpKind::where, {&yes, &x, &other}).floats(), (Floats{0.5f, 9, 2}));
  EXPECT_EQ(run(OpKind::less, {&x, &other}).integers(), (Ints{1, 1, 1}));
}

TEST(EvaluatePointwise, sign_into_binary_has_no_zero) {
  const Value x = floats({4}, {-2, -0.0f, 0, 3});
  EXPECT_EQ(run(OpKind::sign, {&x}, {}, NumberFormat::binary).integers(), (Ints{-1, 1, 1, 1}));
  EXPECT_EQ(run(OpKind::sign, {&x}).floats(), (Floats{-1, 0, 0, 1}));
}

TEST(EvaluateConversion, requantize_per_channel_rounds_once) {
  const Value x = integers(NumberFormat::int32, {1, 2, 1, 2}, {3, 5, 3, 5});
  const Value m = integers(NumberFormat::int32, {2}, {1, 3});
  EXPECT_EQ(
      run(OpKind::requantize, {&x, &m}, {{"shift", ints({1, 2})}}, NumberFormat::int8).integers(),
      (Ints{2, 2, 2, 4}));  // 1.5, 2.5, 2.25, 3.75
  EXPECT_EQ(
      run(OpKind::requantize, {&x},
          {{"zero_point", std::int64_t{-128}}, {"low", std::int64_t{-127}}}, NumberFormat::int8)
          .integers(),
      (Ints{-125, -123, -125, -123}));
}

TEST(EvaluateConversion, quantize_and_dequantize_per_channel) {
  const Value x = floats({2, 2}, {1, -1, 1, 1000});
  const Value q =
      run(OpKind::quantize, {&x}, {{"scale", reals({0.5, 0.25})}, {"zero_point", ints({0, 1})}},
          NumberFormat::int8);
  EXPECT_EQ(q.integers(), (Ints{2, -3, 2, 127}));
  const Value back =
      run(OpKind::dequantize, {&q}, {{"scale", reals({0.5, 0.25})}, {"zero_point", ints({0, 1})}},
          NumberFormat::fp32);
  EXPECT_EQ(back.floats(), (Floats{1, -1, 1, 31.5f}));
  EXPECT_EQ(
      run(OpKind::quantize, {&x}, {{"scale", 1.0}, {"high", 7.0}}, NumberFormat::int4).integers(),
      (Ints{1, -1, 1, 7}));
}

TEST(EvaluateConversion, cast_goes_through_no_narrower_format) {
  const Value x = integers(NumberFormat::int64, {1}, {(1ll << 53) + 1});
  EXPECT_EQ(run(OpKind::cast, {&x}, {}, NumberFormat::int64).integers()[0], (1ll << 53) + 1);
  const Value y = floats({2}, {300.5f, -2.5f});
  EXPECT_EQ(run(OpKind::cast, {&y}, {}, NumberFormat::int8).integers(), (Ints{127, -2}));
}

TEST(EvaluateConversion, batch_norm_follows_its_folded_form) {
  const Value x = floats({1, 2, 1, 2}, {1, 2, 3, 4}), mean = floats({2}, {1, 2});
  const Value var = floats({2}, {3, 8}), weight = floats({2}, {2, 3}),
              bias = floats({2}, {0.5f, 0});
  const auto y =
      run(OpKind::batch_norm, {&x, &weight, &bias, &mean, &var}, {{"eps", 1.0}}).floats();
  const ChannelAffine a = fold_batch_norm(1, 3, 2, 0.5f, 1), b = fold_batch_norm(2, 8, 3, 0, 1);
  EXPECT_EQ(y, (Floats{1 * a.scale + a.shift, 2 * a.scale + a.shift, 3 * b.scale + b.shift,
                       4 * b.scale + b.shift}));
  EXPECT_EQ(y[0], 0.5f);
}

}  // namespace
}  // namespace mantissa::numerics
