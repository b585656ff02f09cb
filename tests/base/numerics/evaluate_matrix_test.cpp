// SPDX-License-Identifier: Apache-2.0
// Products: the plain loops against values worked out by hand, the fast way against the plain one.
#include <gtest/gtest.h>

#include "base/numerics/error_bound.h"
#include "tests/base/numerics/evaluate_fixture.h"

namespace mantissa::numerics {
namespace {

using trace::ints;

struct Case {
  std::int64_t channels, filters, groups;
  std::vector<std::int64_t> kernel, stride, padding, dilation;
};

const std::vector<Case> cases = {
    {3, 8, 1, {3, 3}, {1, 1}, {1, 1}, {1, 1}},  {4, 6, 2, {3, 2}, {2, 1}, {0, 1, 2, 3}, {1, 1}},
    {6, 6, 6, {3, 3}, {1, 1}, {1, 1}, {1, 1}},  {5, 7, 1, {1, 1}, {2, 2}, {0, 0}, {1, 1}},
    {2, 9, 1, {3, 3}, {1, 2}, {2, 2}, {2, 2}},  {16, 33, 1, {2, 2}, {1, 1}, {0, 0, 1, 1}, {1, 1}},
    {4, 12, 4, {5, 1}, {1, 1}, {2, 0}, {1, 1}},
};

trace::Attributes attributes(const Case& c) {
  return {
      {"stride", c.stride}, {"padding", c.padding}, {"dilation", c.dilation}, {"groups", c.groups}};
}

TEST(EvaluateConv2d, fast_equals_the_plain_loops_bit_for_bit) {
  const std::pair<NumberFormat, NumberFormat> formats[] = {
      {NumberFormat::int8, NumberFormat::int8}, {NumberFormat::uint8, NumberFormat::int8},
      {NumberFormat::bf16, NumberFormat::bf16}, {NumberFormat::fp32, NumberFormat::fp32},
      {NumberFormat::int4, NumberFormat::int4}, {NumberFormat::fp16, NumberFormat::fp8_e4m3}};
  for (const Case& c : cases) {
    for (const auto& [xf, wf] : formats) {
      const Value x = random_value(xf, {2, c.channels, 9, 8}, "x");
      const Value w =
          random_value(wf, {c.filters, c.channels / c.groups, c.kernel[0], c.kernel[1]}, "w");
      const bool whole = is_whole(xf);
      const Value bias =
          random_value(whole ? NumberFormat::int32 : NumberFormat::fp32, {c.filters}, "bias");
      for (std::uint64_t chain : {0, 4, 100000}) {
        OneOp op(OpKind::conv2d, {&x, &w, &bias}, attributes(c),
                 {whole ? NumberFormat::int32 : NumberFormat::fp32});
        op.order.matrix = ReductionOrder{chain};
        op.order.fast = true;
        const Value fast = op.run().front();
        op.order.fast = false;
        ASSERT_EQ(fast, op.run().front()) << trace::name(xf) << " chain " << chain;
        ASSERT_EQ(op.overflows, 0u);
      }
    }
  }
}

TEST(EvaluateConv2d, a_small_example_by_hand) {
  const Value x = integers(NumberFormat::int8, {1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  const Value w = integers(NumberFormat::int8, {1, 1, 2, 2}, {1, 10, 100, -1});
  const Value bias = integers(NumberFormat::int32, {1}, {1000});
  // Taps (0,0) 1, (0,1) 10, (1,0) 100, (1,1) -1: not a convolution with a flipped kernel.
  EXPECT_EQ(run(OpKind::conv2d, {&x, &w}).integers(),
            (std::vector<std::int64_t>{1 + 20 + 400 - 5, 2 + 30 + 500 - 6, 4 + 50 + 700 - 8,
                                       5 + 60 + 800 - 9}));
  EXPECT_EQ(run(OpKind::conv2d, {&x, &w, &bias}, {{"padding", ints({1, 0, 0, 0})}}).integers(),
            (std::vector<std::int64_t>{1000 + 100 - 2, 1000 + 200 - 3, 1416, 1526, 1746, 1856}));
  EXPECT_EQ(run(OpKind::conv2d, {&x, &w}, {{"dilation", ints({2, 2})}}).integers(),
            (std::vector<std::int64_t>{1 + 30 + 700 - 9}));
}

TEST(EvaluateConv2d, groups_see_only_their_own_channels) {
  const Value x = integers(NumberFormat::int8, {1, 2, 1, 1}, {3, 5});
  const Value w = integers(NumberFormat::int8, {4, 1, 1, 1}, {1, 10, 1, 10});
  EXPECT_EQ(run(OpKind::conv2d, {&x, &w}, {{"groups", std::int64_t{2}}}).integers(),
            (std::vector<std::int64_t>{3, 30, 5, 50}));
}

TEST(EvaluateConv2d, the_order_of_summation_shows_and_stays_within_the_bound) {
  const Value x = random_value(NumberFormat::bf16, {1, 64, 8, 8}, "x");
  const Value w = random_value(NumberFormat::bf16, {16, 64, 3, 3}, "w");
  OneOp op(OpKind::conv2d, {&x, &w}, {{"padding", ints({1, 1})}}, {NumberFormat::fp32});
  const auto os = op.run().front().floats();
  op.order.matrix = weight_stationary(32);
  const auto ws = op.run().front().floats();
  int different = 0;
  for (std::size_t i = 0; i < os.size(); ++i) {
    different += os[i] != ws[i];
    EXPECT_TRUE(within_reordering(os[i], ws[i], 576, 576));  // every |a*b| <= 1
  }
  EXPECT_GT(different, static_cast<int>(os.size() / 2));
}

TEST(EvaluateMatmul, transposes_batches_and_bias) {
  const Value a = integers(NumberFormat::int8, {2, 3}, {1, 2, 3, 4, 5, 6});
  const Value b = integers(NumberFormat::int8, {3, 2}, {1, 0, 0, 1, 1, 1});
  const Value at = integers(NumberFormat::int8, {3, 2}, {1, 4, 2, 5, 3, 6});
  const Value bt = integers(NumberFormat::int8, {2, 3}, {1, 0, 1, 0, 1, 1});
  const Value bias = integers(NumberFormat::int32, {2}, {100, 200});
  const std::vector<std::int64_t> product{4, 5, 10, 11};
  EXPECT_EQ(run(OpKind::matmul, {&a, &b}).integers(), product);
  EXPECT_EQ(run(OpKind::matmul, {&at, &b}, {{"transpose_a", true}}).integers(), product);
  EXPECT_EQ(run(OpKind::matmul, {&a, &bt}, {{"transpose_b", true}}).integers(), product);
  EXPECT_EQ(run(OpKind::matmul, {&a, &b, &bias}).integers(),
            (std::vector<std::int64_t>{104, 205, 110, 211}));
  const Value batch = integers(NumberFormat::int8, {2, 1, 1, 3}, {1, 2, 3, 4, 5, 6});
  const Value wide = integers(NumberFormat::int8, {3, 3, 1}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  EXPECT_EQ(run(OpKind::matmul, {&batch, &wide}).integers(),
            (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST(EvaluateMatmul, fast_equals_the_plain_loops_in_every_format) {
  for (NumberFormat f : {NumberFormat::int8, NumberFormat::uint8, NumberFormat::int4,
                         NumberFormat::binary, NumberFormat::int16, NumberFormat::bf16,
                         NumberFormat::fp16, NumberFormat::fp8_e5m2, NumberFormat::fp32}) {
    const NumberFormat g = f == NumberFormat::uint8 ? NumberFormat::int8 : f;
    const Value a = random_value(f, {3, 19, 45}, "a"), b = random_value(g, {45, 21}, "b");
    OneOp op(OpKind::matmul, {&a, &b});
    op.order.matrix = weight_stationary(16);
    const Value fast = op.run().front();
    const std::uint64_t counted = op.overflows;
    op.order.fast = false;
    EXPECT_EQ(fast, op.run().front()) << trace::name(f);
    EXPECT_EQ(op.overflows, 2 * counted);
  }
}

TEST(EvaluateMatmul, int32_sums_wrap_and_every_wrap_is_counted) {
  const Value a = integers(NumberFormat::int16, {1, 3}, {32767, 32767, 32767});
  const Value b = integers(NumberFormat::int16, {3, 1}, {32767, 32767, 32767});
  OneOp op(OpKind::matmul, {&a, &b});
  const std::int64_t exact = 3ll * 32767 * 32767;
  EXPECT_EQ(op.run().front().integers()[0], exact - (1ll << 32));
  EXPECT_EQ(op.overflows, 1u);
  const Value c = integers(NumberFormat::int32, {1, 3}, {32767, 32767, 32767});
  const Value d = integers(NumberFormat::int32, {3, 1}, {32767, 32767, 32767});
  OneOp wide(OpKind::matmul, {&c, &d});  // int32 products are summed in 64 bits
  EXPECT_EQ(wide.run().front().integers()[0], exact);
  EXPECT_EQ(wide.overflows, 0u);
}

TEST(EvaluateMatmul, binary_operands_count_agreements) {
  const Value a = integers(NumberFormat::binary, {1, 5}, {1, 1, -1, -1, 1});
  const Value b = integers(NumberFormat::binary, {5, 1}, {1, -1, -1, 1, 1});
  EXPECT_EQ(run(OpKind::matmul, {&a, &b}).integers()[0], 3 - 2);
}

}  // namespace
}  // namespace mantissa::numerics
