// SPDX-License-Identifier: Apache-2.0
// Operators as products: sizes, blocks of batches, and groups packed onto the array's diagonal.
#include "arch/mapper/matrix_problem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/arch/fixtures.h"
#include "tests/arch/mapper/plans.h"

namespace mantissa::arch {
namespace {

using ::testing::ElementsAre;
using trace::ints;
using trace::NumberFormat;
using trace::OpKind;
using trace::Shape;

constexpr NumberFormat bf16 = NumberFormat::bf16;

MatrixProblem problem(const trace::Trace& t, const ArchConfig& config) {
  const Plan plan = testing::layered(t);
  return matrix_problem(plan, t.ops.back(), config.core.matrix, *make_matrix_model(config.core),
                        config.mapper);
}

MatrixProblem product(Shape a, Shape b, trace::Attributes attributes = {}, bool parameter = false) {
  trace::TraceBuilder builder("product");
  const auto x = builder.input("a", bf16, std::move(a));
  const auto y = parameter ? builder.parameter("b", bf16, std::move(b))
                           : builder.input("b", bf16, std::move(b));
  builder.op(OpKind::matmul, "product", {x, y}, std::move(attributes));
  const auto t = builder.finish();
  const auto p = problem(t, testing::roomy(8, 8));
  EXPECT_EQ(p.macs(), t.macs());
  return p;
}

trace::Trace convolution(std::int64_t channels, std::int64_t filters, std::int64_t kernel,
                         std::int64_t groups) {
  trace::TraceBuilder b("convolution");
  const auto x = b.input("x", bf16, {2, channels, 9, 7});
  const auto w = b.parameter("w", bf16, {filters, channels / groups, kernel, kernel});
  b.op(OpKind::conv2d, "conv", {x, w}, {{"groups", groups}, {"stride", ints({2, 1})}});
  return b.finish();
}

TEST(MatrixProblem, of_a_matmul_is_m_k_n_however_the_operands_are_stored) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      const auto p = product(ta ? Shape{3, 5} : Shape{5, 3}, tb ? Shape{7, 3} : Shape{3, 7},
                             {{"transpose_a", ta}, {"transpose_b", tb}});
      EXPECT_EQ(p.m, 5u);
      EXPECT_EQ(p.k, 3u);
      EXPECT_EQ(p.n, 7u);
      EXPECT_EQ(p.instances, 1u);
      EXPECT_EQ(p.a_bytes(3), 6u);
    }
}

TEST(MatrixProblem, makes_rows_of_batches_that_share_one_b) {
  const auto p = product({4, 6, 5, 3}, {3, 7});
  EXPECT_EQ(p.m, 4u * 6 * 5);
  EXPECT_EQ(p.instances, 1u);
}

TEST(MatrixProblem, keeps_batches_apart_that_have_a_b_of_their_own) {
  const auto p = product({2, 3, 5, 4}, {2, 3, 4, 7});
  EXPECT_EQ(p.instances, 6u);
  EXPECT_EQ(p.m, 5u);
  EXPECT_THAT(p.a_block, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(p.b_block, ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(MatrixProblem, takes_a_broadcast_matrix_again_for_every_batch) {
  const auto p = product({2, 1, 5, 4}, {3, 4, 7});
  EXPECT_EQ(p.instances, 6u);
  EXPECT_THAT(p.a_block, ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(p.b_block, ElementsAre(0, 1, 2, 0, 1, 2));
}

TEST(MatrixProblem, knows_weights_from_activations) {
  EXPECT_TRUE(product({5, 3}, {3, 7}, {}, true).b_is_parameter);
  EXPECT_FALSE(product({5, 3}, {3, 7}, {}, false).b_is_parameter);
}

TEST(MatrixProblem, of_a_convolution_has_pixels_taps_times_channels_and_filters) {
  const auto t = convolution(4, 6, 3, 1);
  const auto p = problem(t, testing::roomy(8, 8));
  EXPECT_TRUE(p.convolution);
  EXPECT_EQ(p.m, 2u * 4 * 5);  // 9 rows at stride 2, 7 columns at stride 1
  EXPECT_EQ(p.k, 9u * 4);
  EXPECT_EQ(p.n, 6u);
  EXPECT_EQ(p.macs(), t.macs());
}

// A gradient multiplies what the forward convolution multiplied, padding and skipped pixels
// excluded.
class Gradient : public ::testing::TestWithParam<bool> {};

TEST_P(Gradient, has_the_macs_of_the_vocabulary) {
  for (const std::int64_t groups : {1, 2})
    for (const std::int64_t stride : {1, 2}) {
      const std::int64_t out = (9 - 3) / stride + 1;
      const auto window = trace::Attributes{{"groups", groups}, {"stride", ints({stride, stride})}};
      trace::TraceBuilder inputs("input gradient"), weights("weight gradient");
      auto attributes = window;
      attributes["input_size"] = ints({9, 9});
      inputs.op(OpKind::conv2d_input_grad, "dx",
                {inputs.input("g", bf16, {2, 6, out, out}),
                 inputs.parameter("w", bf16, {6, 4 / groups, 3, 3})},
                attributes);
      attributes = window;
      attributes["kernel_size"] = ints({3, 3});
      weights.op(
          OpKind::conv2d_weight_grad, "dw",
          {weights.input("g", bf16, {2, 6, out, out}), weights.input("x", bf16, {2, 4, 9, 9})},
          attributes);
      {
        const auto t = (GetParam() ? weights : inputs).finish();
        EXPECT_FALSE(problem(t, testing::roomy(8, 8)).computable);
        EXPECT_EQ(testing::run(testing::cramped(8, 8), t).macs, t.macs()) << t.name;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Gradient, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "weights" : "inputs");
});

// ---- groups -----------------------------------------------------------------------------------

std::uint64_t packed(std::int64_t rows, std::int64_t columns, std::int64_t groups,
                     std::int64_t filters_per_group = 1, bool packing = true,
                     Dataflow dataflow = Dataflow::weight_stationary) {
  ArchConfig config = testing::roomy(rows, columns, dataflow);
  config.mapper.group_packing = packing;
  const auto t = convolution(groups, groups * filters_per_group, 3, groups);
  const auto p = problem(t, config);
  EXPECT_EQ(p.macs(), t.macs());
  EXPECT_EQ(p.group_rounds(), ceil_div(p.groups, p.packed));
  return p.packed;
}

TEST(PackedGroups, are_as_many_as_fit_the_rows) {
  EXPECT_EQ(packed(17, 64, 32), 1u);  // nine taps each
  EXPECT_EQ(packed(18, 64, 32), 2u);
  EXPECT_EQ(packed(26, 64, 32), 2u);
  EXPECT_EQ(packed(27, 64, 32), 3u);
}

TEST(PackedGroups, are_as_many_as_fit_the_columns) {
  EXPECT_EQ(packed(128, 7, 32, 4), 1u);
  EXPECT_EQ(packed(128, 8, 32, 4), 2u);
}

TEST(PackedGroups, are_no_more_than_there_are) {
  EXPECT_EQ(packed(128, 128, 5), 5u);
  EXPECT_EQ(packed(128, 128, 32), 14u);
}

TEST(PackedGroups, are_single_where_one_group_is_larger_than_the_array) {
  EXPECT_EQ(packed(8, 8, 4), 1u);
  EXPECT_EQ(packed(9, 8, 4), 1u);
}

TEST(PackedGroups, need_the_mappers_leave_and_weights_that_stay) {
  EXPECT_EQ(packed(27, 64, 32, 1, false), 1u);
  EXPECT_EQ(packed(27, 64, 32, 1, true, Dataflow::output_stationary), 1u);
  EXPECT_EQ(packed(27, 64, 32, 1, true, Dataflow::input_stationary), 1u);
}

TEST(PackedGroups, save_folds_but_no_mac) {
  ArchConfig config = testing::roomy(27, 64);
  const auto t = convolution(32, 32, 3, 32);
  const RunResult together = testing::run(config, t);
  config.mapper.group_packing = false;
  const RunResult apart = testing::run(config, t);
  EXPECT_EQ(together.macs, apart.macs);
  EXPECT_EQ(together.layers[0].folds, 11u);  // ceil(32 / 3)
  EXPECT_EQ(apart.layers[0].folds, 32u);
  EXPECT_LT(together.cycles, apart.cycles);
}

}  // namespace
}  // namespace mantissa::arch
