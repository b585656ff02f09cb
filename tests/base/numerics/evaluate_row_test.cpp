// SPDX-License-Identifier: Apache-2.0
// Poolings, norms, softmax and reductions of whole tensors.
#include <gtest/gtest.h>

#include <cmath>

#include "base/numerics/row_ops.h"
#include "tests/base/numerics/evaluate_fixture.h"

namespace mantissa::numerics {
namespace {

using trace::ints;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

TEST(EvaluateRow, softmax_works_along_any_dimension) {
  const Value x = random_value(NumberFormat::fp32, {3, 5, 4}, "x");
  const auto in = x.floats();
  for (std::int64_t axis : {0, 1, 2, -1}) {
    const auto y = run(OpKind::softmax, {&x}, {{"axis", axis}}).floats();
    const Shape& s = x.shape;
    const auto d = static_cast<std::size_t>(axis < 0 ? axis + 3 : axis);
    const std::int64_t stride = d == 0 ? 20 : d == 1 ? 4 : 1;
    for (std::int64_t i = 0; i < 60; ++i) {
      if (i / stride % s[d] != 0) continue;  // the first of its row
      Floats row, out(static_cast<std::size_t>(s[d]));
      for (std::int64_t k = 0; k < s[d]; ++k) row.push_back(in[i + k * stride]);
      softmax(row.data(), out.data(), s[d], 128);
      for (std::int64_t k = 0; k < s[d]; ++k) ASSERT_EQ(y[i + k * stride], out[k]);
    }
  }
}

TEST(EvaluateRow, lanes_change_the_bits) {
  const Value x = random_value(NumberFormat::fp32, {8, 1000}, "x");
  OneOp op(OpKind::reduce_sum, {&x}, {{"axis", ints({1})}});
  op.order.lanes = 1;
  const auto one = op.run().front().floats();
  op.order.lanes = 64;
  EXPECT_NE(one, op.run().front().floats());
}

TEST(EvaluateRow, norms_return_their_statistics) {
  const Value x = floats({1, 2, 1, 2}, {1, 3, 10, 30}), w = floats({2}, {1, 100});
  OneOp layer(OpKind::layer_norm, {&x}, {{"eps", 0.0}}, {}, 3);
  const auto l = layer.run();
  EXPECT_EQ(l[0].floats(), (Floats{-1, 1, -1, 1}));
  EXPECT_EQ(l[1].floats(), (Floats{2, 20}));
  EXPECT_EQ(l[2].floats()[0], 1);
  OneOp group(OpKind::group_norm, {&x, &w}, {{"eps", 0.0}, {"groups", std::int64_t{2}}}, {}, 3);
  const auto g = group.run();
  EXPECT_EQ(g[0].floats(), (Floats{-1, 1, -100, 100}));
  EXPECT_EQ(g[1].floats(), (Floats{2, 20}));
  OneOp rms(OpKind::rms_norm, {&x, &w}, {{"eps", 0.0}}, {}, 2);
  const auto r = rms.run();
  ASSERT_EQ(r.size(), 2u);
  EXPECT_NEAR(r[1].floats()[0], 1 / std::sqrt(5.0), 1e-7);
  EXPECT_NEAR(r[0].floats()[1], 300 / std::sqrt(5.0), 1e-4);
}

TEST(EvaluateRow, group_norm_of_one_group_per_image_weights_each_channel) {
  const Value x = random_value(NumberFormat::fp32, {2, 4, 3, 2}, "x");
  const Value w = floats({4}, {1, 2, 3, 4}), b = floats({4}, {5, 6, 7, 8});
  const auto y = run(OpKind::group_norm, {&x, &w, &b}, {{"groups", std::int64_t{2}}}).floats();
  Floats in = x.floats(), expected(in.size());
  const Floats weight = w.floats(), bias = b.floats();
  for (int r = 0; r < 4; ++r) {
    group_norm(&in[r * 12], &weight[r % 2 * 2], &bias[r % 2 * 2], &expected[r * 12], 2, 6, 1e-5f,
               128);
  }
  EXPECT_EQ(y, expected);
}

TEST(EvaluateReduction, over_several_dimensions) {
  const Value x = floats({2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  EXPECT_EQ(run(OpKind::reduce_sum, {&x}, {{"axis", ints({0, 2})}}).floats(), (Floats{30, 48}));
  EXPECT_EQ(run(OpKind::reduce_max, {&x}).floats(), (Floats{12}));
  const Value kept = run(OpKind::reduce_min, {&x}, {{"axis", ints({-2})}, {"keepdim", true}});
  EXPECT_EQ(kept.shape, (Shape{2, 1, 3}));
  EXPECT_EQ(kept.floats(), (Floats{1, 2, 3, 7, 8, 9}));
  EXPECT_EQ(run(OpKind::reduce_mean, {&x}, {{"axis", ints({1})}}).floats()[0], 2.5f);
  EXPECT_EQ(run(OpKind::argmax, {&x}, {{"axis", ints({2})}}).integers(), (Ints{2, 2, 2, 2}));
}

TEST(EvaluateReduction, integers_are_exact_and_means_round_to_even) {
  const Value x = integers(NumberFormat::int8, {2, 2}, {127, 126, -1, -2});
  EXPECT_EQ(run(OpKind::reduce_sum, {&x}, {{"axis", ints({1})}}, NumberFormat::int32).integers(),
            (Ints{253, -3}));
  EXPECT_EQ(run(OpKind::reduce_mean, {&x}, {{"axis", ints({1})}}).integers(), (Ints{126, -2}));
  EXPECT_EQ(run(OpKind::argmax, {&x}).integers(), (Ints{0}));
  const Value none(NumberFormat::fp32, {0});
  EXPECT_EQ(run(OpKind::reduce_sum, {&none}).floats(), (Floats{0}));
  EXPECT_THROW(run(OpKind::reduce_max, {&none}), Error);
}

TEST(EvaluatePool, max_average_and_global) {
  const Value x = integers(NumberFormat::int8, {1, 1, 2, 2}, {1, 2, 3, 4});
  OneOp max(OpKind::max_pool2d, {&x}, {{"kernel_size", ints({2})}}, {}, 2);
  const auto y = max.run();
  EXPECT_EQ(y[0].integers(), (Ints{4}));
  EXPECT_EQ(y[1].integers(), (Ints{3}));
  EXPECT_EQ(run(OpKind::avg_pool2d, {&x}, {{"kernel_size", ints({2})}}).integers(), (Ints{2}));
  EXPECT_EQ(run(OpKind::global_avg_pool2d, {&x}, {}, NumberFormat::int32).integers(), (Ints{2}));
  const Value f = floats({1, 2, 1, 2}, {1, 2, 4, 8});
  EXPECT_EQ(run(OpKind::global_avg_pool2d, {&f}).floats(), (Floats{1.5f, 6}));
  EXPECT_EQ(
      run(OpKind::avg_pool2d, {&f}, {{"kernel_size", ints({1, 2})}, {"divisor", std::int64_t{1}}})
          .floats(),
      (Floats{3, 12}));
}

TEST(EvaluateSort, is_stable_in_both_directions) {
  const Value x = floats({2, 3}, {2, 1, 2, NAN, 5, 4});
  OneOp up(OpKind::sort, {&x}, {}, {}, 2), down(OpKind::sort, {&x}, {{"descending", true}}, {}, 2);
  EXPECT_EQ(up.run()[1].integers(), (Ints{1, 0, 2, 2, 1, 0}));
  EXPECT_EQ(down.run()[1].integers(), (Ints{0, 2, 1, 0, 1, 2}));
  OneOp top(OpKind::topk, {&x}, {{"k", std::int64_t{1}}, {"axis", std::int64_t{0}}}, {}, 2);
  EXPECT_EQ(top.run()[1].integers(), (Ints{1, 1, 1}));
}

}  // namespace
}  // namespace mantissa::numerics
