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
using testing::Forward;
using testing::input_gradient;
using testing::weight_gradient;
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
        EXPECT_EQ(testing::run(testing::cramped(8, 8), t).macs, t.macs()) << t.name;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Gradient, ::testing::Bool(), [](const auto& info) {
  return std::string(info.param ? "weights" : "inputs");
});

TEST(InputGradient, at_stride_1_takes_what_the_convolution_of_gradients_takes) {
  trace::TraceBuilder b("convolution");
  b.op(OpKind::conv2d, "dx",
       {b.input("g", bf16, {2, 12, 9, 7}), b.parameter("w", bf16, {5, 12, 3, 3})},
       {{"padding", ints({1})}});
  const auto convolution = b.finish(), gradient = input_gradient({5, 12, 9, 7, 3, 1, 1, 1, 1});
  for (const ArchConfig& config : {testing::roomy(8, 8), testing::cramped(8, 8)}) {
    const RunResult forward = testing::run(config, convolution);
    const RunResult backward = testing::run(config, gradient);
    EXPECT_EQ(backward.cycles, forward.cycles);
    EXPECT_EQ(backward.layers.at(0).dram_read_bytes, forward.layers.at(0).dram_read_bytes);
    EXPECT_EQ(backward.layers.at(0).dram_write_bytes, forward.layers.at(0).dram_write_bytes);
    EXPECT_EQ(backward.macs, forward.macs);
  }
}

// Every element of it leaves once, however often its windows overlap; every gradient and weight
// comes once, where there is room.
TEST(InputGradient, is_written_once_and_reads_gradients_once) {
  for (const Forward& f : {Forward{4, 6, 9, 7, 3, 1, 1, 1, 1},
                           {4, 6, 9, 7, 3, 1, 0, 1, 1},
                           {4, 6, 9, 7, 3, 1, 2, 1, 1},  // fewer results than gradients
                           {4, 6, 8, 8, 3, 2, 1, 1, 1},
                           {4, 6, 9, 7, 3, 2, 1, 1, 2},
                           {4, 6, 9, 7, 5, 3, 2, 1, 1},
                           {4, 6, 9, 7, 1, 2, 0, 1, 1},  // windows that miss pixels
                           {4, 6, 9, 7, 1, 1, 1, 1, 1},  // gradients of the padding
                           {4, 4, 9, 7, 3, 1, 2, 2, 4},
                           {1, 1, 1, 1, 3, 1, 2, 1, 1}}) {
    const auto t = input_gradient(f);
    const auto what = ::testing::PrintToString(
        std::vector<std::int64_t>{f.kernel, f.stride, f.padding, f.dilation, f.groups});
    for (const ArchConfig& config : {testing::roomy(8, 8), testing::cramped(8, 8)}) {
      const RunResult r = testing::run(config, t);
      EXPECT_EQ(r.macs, t.macs()) << what;
      const auto& out = t.tensors.at(t.ops.front().outputs.front());
      EXPECT_EQ(r.layers.at(0).dram_write_bytes, 2 * out.elements()) << what;
      std::int64_t in = 0;
      for (const auto id : t.ops.front().inputs) in += t.tensors.at(id).elements();
      // Rows of gradients that met padding alone stay where they are.
      if (f.padding <= f.dilation * (f.kernel - 1))
        EXPECT_EQ(r.layers.at(0).dram_read_bytes, 2 * in) << what;
      else
        EXPECT_LT(r.layers.at(0).dram_read_bytes, 2 * in) << what;
    }
  }
}

TEST(InputGradient, looks_at_the_gradients_whose_windows_meet_a_pixel) {
  const auto rows = [](const Forward& f) {
    const auto p = problem(input_gradient(f), testing::roomy(8, 8)).conv.window;
    return std::vector<std::int64_t>{p.before[0], p.after[0]};
  };
  EXPECT_THAT(rows({4, 6, 9, 7, 3, 1, 1, 1, 1}), ElementsAre(1, 1));
  EXPECT_THAT(rows({4, 6, 9, 7, 3, 1, 0, 1, 1}), ElementsAre(2, 0));
  // Pixels 2y and 2y + 1 meet taps 1 of y; 2 of y and 0 of y + 1.
  EXPECT_THAT(rows({4, 6, 8, 8, 3, 2, 1, 1, 1}), ElementsAre(0, 1));
  EXPECT_THAT(rows({4, 6, 8, 8, 5, 2, 2, 1, 1}), ElementsAre(1, 1));
  EXPECT_THAT(rows({4, 6, 9, 7, 1, 2, 0, 1, 1}), ElementsAre(0, 0));
  EXPECT_THAT(rows({4, 6, 9, 7, 3, 1, 2, 2, 1}), ElementsAre(2, 2));
  EXPECT_THAT(rows({4, 6, 9, 7, 1, 1, 1, 1, 1}), ElementsAre(-1, 1));
}

TEST(InputGradient, spreads_rows_of_products_over_those_of_the_result_without_a_gap) {
  const auto p = problem(input_gradient({4, 6, 9, 7, 3, 2, 1, 1, 1}), testing::roomy(8, 8));
  EXPECT_EQ(p.m, 2u * 5 * 4);
  EXPECT_EQ(p.result_rows(), 2u * 9 * 7);
  for (const std::uint64_t rows : {1u, 4u, 7u, 40u}) {
    std::uint64_t next = 0;
    for (std::uint64_t first = 0; first < p.m; first += rows) {
      const Span span = p.results_of(first, std::min(rows, p.m - first));
      EXPECT_EQ(span.first, next);
      EXPECT_LE(span.size, p.most_results(rows));
      next = span.first + span.size;
    }
    EXPECT_EQ(next, p.result_rows());
  }
}

// However often windows overlap, every input element comes once where there is room, and every
// gradient; the weight's leaves once.
TEST(WeightGradient, reads_inputs_and_gradients_once) {
  for (const Forward& f : {Forward{4, 6, 9, 7, 3, 1, 1, 1, 1},
                           {4, 6, 9, 7, 3, 1, 0, 1, 1},
                           {4, 6, 8, 8, 3, 2, 1, 1, 1},
                           {4, 6, 9, 7, 3, 2, 1, 1, 2},
                           {4, 4, 9, 7, 3, 1, 2, 2, 4},
                           {4, 6, 9, 7, 1, 1, 0, 1, 1}}) {
    const auto t = weight_gradient(f);
    const auto what = ::testing::PrintToString(
        std::vector<std::int64_t>{f.kernel, f.stride, f.padding, f.dilation, f.groups});
    std::int64_t in = 0;
    for (const auto id : t.ops.front().inputs) in += t.tensors.at(id).elements();
    for (const ArchConfig& config : {testing::roomy(8, 8), testing::cramped(8, 8)}) {
      const RunResult r = testing::run(config, t);
      EXPECT_EQ(r.macs, t.macs()) << what;
      EXPECT_EQ(r.layers.at(0).dram_read_bytes, 2 * in) << what;
      EXPECT_EQ(r.layers.at(0).dram_write_bytes,
                2 * t.tensors.at(t.ops.front().outputs.front()).elements())
          << what;
    }
  }
}

TEST(WeightGradient, needs_the_input_rows_and_channels_of_its_columns_windows) {
  // Lines of 7 output pixels, one input row of padding above and below the 9 of an image.
  const auto p = problem(weight_gradient({4, 6, 9, 7, 3, 1, 1, 1, 1}), testing::roomy(8, 8));
  const auto pixels = [&](std::uint64_t first, std::uint64_t count) {
    const Span s = p.b_pixels({first, count});
    return std::vector<std::uint64_t>{s.first, s.size};
  };
  EXPECT_THAT(pixels(0, 1), ElementsAre(0, 2 * 7));
  EXPECT_THAT(pixels(0, 7), ElementsAre(0, 2 * 7));
  EXPECT_THAT(pixels(0, 8), ElementsAre(0, 3 * 7));
  EXPECT_THAT(pixels(7, 7), ElementsAre(0, 3 * 7));
  EXPECT_THAT(pixels(14, 7), ElementsAre(7, 3 * 7));
  EXPECT_THAT(pixels(8 * 7, 7), ElementsAre(7 * 7, 2 * 7));
  EXPECT_THAT(pixels(8 * 7, 8), ElementsAre(7 * 7, 4 * 7));  // into the next image
  EXPECT_THAT(pixels(0, 2 * 9 * 7), ElementsAre(0, 2 * 9 * 7));
  const auto channels = [&](std::uint64_t first, std::uint64_t count) {
    const Span s = p.b_channels({first, count});
    return std::vector<std::uint64_t>{s.first, s.size};
  };
  EXPECT_THAT(channels(0, 9), ElementsAre(0, 1));
  EXPECT_THAT(channels(0, 10), ElementsAre(0, 2));
  EXPECT_THAT(channels(8, 2), ElementsAre(0, 2));
  EXPECT_THAT(channels(9, 27), ElementsAre(1, 3));
}

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
