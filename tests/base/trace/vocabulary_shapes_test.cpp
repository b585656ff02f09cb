// SPDX-License-Identifier: Apache-2.0
// Shape inference against shapes reckoned by hand, from both sides of each boundary.
#include <gtest/gtest.h>

#include "base/trace/builder.h"

namespace mantissa::trace {
namespace {

constexpr auto F32 = NumberFormat::fp32;

// The first output's shape of one op on fp32 inputs of the given shapes.
Shape shape_of(OpKind kind, const std::vector<Shape>& inputs, Attributes attributes = {},
               std::size_t output = 0) {
  TraceBuilder b("t");
  std::vector<TensorId> ids;
  for (const Shape& s : inputs) ids.push_back(b.input("in" + std::to_string(ids.size()), F32, s));
  return b.shape(b.ops(kind, "op", ids, std::move(attributes), output + 1).at(output));
}

// True when the op refuses these inputs with Error(op_shape) that names it.
bool refused(OpKind kind, const std::vector<Shape>& inputs, Attributes attributes = {}) {
  try {
    shape_of(kind, inputs, std::move(attributes));
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "trace.shape") << e.message();
    EXPECT_NE(e.message().find("op 'op'"), std::string::npos) << e.message();
    return true;
  }
  return false;
}

TEST(Matmul, multiplies_the_last_two_dimensions) {
  EXPECT_EQ(shape_of(OpKind::matmul, {{3, 4}, {4, 5}}), (Shape{3, 5}));
  EXPECT_EQ(shape_of(OpKind::matmul, {{4, 3}, {4, 5}}, {{"transpose_a", true}}), (Shape{3, 5}));
  EXPECT_EQ(shape_of(OpKind::matmul, {{3, 4}, {5, 4}}, {{"transpose_b", true}}), (Shape{3, 5}));
  EXPECT_EQ(shape_of(OpKind::matmul, {{3, 4}, {4, 5}, {5}}), (Shape{3, 5}));
  EXPECT_TRUE(refused(OpKind::matmul, {{3, 4}, {5, 4}}));
  EXPECT_TRUE(refused(OpKind::matmul, {{4}, {4, 5}}));
  EXPECT_TRUE(refused(OpKind::matmul, {{3, 4}, {4, 5}, {3}}));
}

TEST(Matmul, broadcasts_its_batch_dimensions) {
  EXPECT_EQ(shape_of(OpKind::matmul, {{2, 1, 3, 4}, {7, 4, 5}}), (Shape{2, 7, 3, 5}));
  EXPECT_TRUE(refused(OpKind::matmul, {{2, 3, 4}, {3, 4, 5}}));
}

TEST(Conv2d, follows_stride_padding_dilation_and_groups) {
  const Shape x{1, 3, 224, 224};
  EXPECT_EQ(shape_of(OpKind::conv2d, {x, {64, 3, 7, 7}}, {{"stride", 2}, {"padding", 3}}),
            (Shape{1, 64, 112, 112}));
  EXPECT_EQ(shape_of(OpKind::conv2d, {{2, 8, 9, 10}, {16, 2, 3, 5}},
                     {{"stride", ints({1, 2})}, {"padding", ints({1, 2})}, {"groups", 4}}),
            (Shape{2, 16, 9, 5}));
  EXPECT_EQ(shape_of(OpKind::conv2d, {{1, 1, 10, 10}, {1, 1, 3, 3}}, {{"dilation", 2}}),
            (Shape{1, 1, 6, 6}));
  EXPECT_EQ(shape_of(OpKind::conv2d, {{1, 1, 4, 4}, {1, 1, 3, 3}},
                     {{"stride", 2}, {"padding", ints({0, 0, 1, 1})}}),
            (Shape{1, 1, 2, 2}));
}

TEST(Conv2d, needs_a_kernel_that_fits_and_matching_channels) {
  EXPECT_EQ(shape_of(OpKind::conv2d, {{1, 1, 5, 5}, {1, 1, 5, 5}}), (Shape{1, 1, 1, 1}));
  EXPECT_TRUE(refused(OpKind::conv2d, {{1, 1, 4, 5}, {1, 1, 5, 5}}));
  EXPECT_TRUE(refused(OpKind::conv2d, {{1, 4, 5, 5}, {4, 2, 3, 3}}));
  EXPECT_TRUE(refused(OpKind::conv2d, {{1, 4, 5, 5}, {3, 2, 3, 3}}, {{"groups", 2}}));
  EXPECT_TRUE(refused(OpKind::conv2d, {{1, 1, 5, 5}, {1, 1, 3, 3}}, {{"stride", 0}}));
  EXPECT_TRUE(refused(OpKind::conv2d, {{1, 1, 5, 5}, {1, 1, 3, 3}}, {{"padding", -1}}));
  EXPECT_TRUE(
      refused(OpKind::conv2d, {{1, 1, 5, 5}, {1, 1, 3, 3}}, {{"padding", ints({1, 1, 1})}}));
  EXPECT_TRUE(
      refused(OpKind::conv2d, {{1, 1, 5, 5}, {1, 1, 3, 3}}, {{"dilation", std::int64_t{1} << 62}}));
}

TEST(Conv2d, gradients_return_to_the_operands_shapes) {
  // Forward: [2,4,9,9] * [8,2,3,3], stride 2, padding 1, groups 2 -> [2,8,5,5].
  const Attributes window{{"stride", 2}, {"padding", 1}, {"groups", 2}};
  Attributes input = window, weight = window;
  input["input_size"] = ints({9, 9});
  weight["kernel_size"] = 3;
  EXPECT_EQ(shape_of(OpKind::conv2d_input_grad, {{2, 8, 5, 5}, {8, 2, 3, 3}}, input),
            (Shape{2, 4, 9, 9}));
  EXPECT_EQ(shape_of(OpKind::conv2d_weight_grad, {{2, 8, 5, 5}, {2, 4, 9, 9}}, weight),
            (Shape{8, 2, 3, 3}));
  // With stride 2 inputs of 9 and 10 give 5 positions; 11 gives 6.
  input["input_size"] = ints({10, 10});
  EXPECT_EQ(shape_of(OpKind::conv2d_input_grad, {{2, 8, 5, 5}, {8, 2, 3, 3}}, input),
            (Shape{2, 4, 10, 10}));
  input["input_size"] = ints({11, 11});
  EXPECT_TRUE(refused(OpKind::conv2d_input_grad, {{2, 8, 5, 5}, {8, 2, 3, 3}}, input));
}

TEST(Pointwise, broadcasts_every_operand) {
  EXPECT_EQ(shape_of(OpKind::add, {{2, 1, 4}, {3, 1}}), (Shape{2, 3, 4}));
  EXPECT_EQ(shape_of(OpKind::mul, {{}, {3}}), (Shape{3}));
  EXPECT_EQ(shape_of(OpKind::where, {{4}, {3, 1}, {}}), (Shape{3, 4}));
  EXPECT_TRUE(refused(OpKind::add, {{2, 3}, {2}}));
}

TEST(Pointwise, takes_either_an_operand_or_a_scalar) {
  EXPECT_EQ(shape_of(OpKind::add, {{2, 3}}, {{"scalar", 1.5}}), (Shape{2, 3}));
  EXPECT_TRUE(refused(OpKind::add, {{2, 3}}));
  EXPECT_TRUE(refused(OpKind::add, {{2, 3}, {3}}, {{"scalar", 1.5}}));
}

TEST(Pooling, rounds_down_or_up_but_never_starts_in_the_padding) {
  const Shape x{1, 2, 6, 6};
  EXPECT_EQ(shape_of(OpKind::max_pool2d, {x}, {{"kernel_size", 3}, {"stride", 2}}),
            (Shape{1, 2, 2, 2}));
  EXPECT_EQ(
      shape_of(OpKind::max_pool2d, {x}, {{"kernel_size", 3}, {"stride", 2}, {"ceil_mode", true}}),
      (Shape{1, 2, 3, 3}));
  // size 5, kernel 2, stride 2, padding 1: ceil gives 4, whose last window starts at 6 = 5+1.
  EXPECT_EQ(shape_of(OpKind::avg_pool2d, {{1, 1, 5, 5}},
                     {{"kernel_size", 2}, {"stride", 2}, {"padding", 1}, {"ceil_mode", true}}),
            (Shape{1, 1, 3, 3}));
  EXPECT_EQ(shape_of(OpKind::max_pool2d, {{1, 1, 8, 8}}, {{"kernel_size", 2}}),
            (Shape{1, 1, 4, 4}));
  EXPECT_TRUE(refused(OpKind::max_pool2d, {x}, {{"kernel_size", 3}, {"padding", 2}}));
  EXPECT_EQ(shape_of(OpKind::global_avg_pool2d, {x}), (Shape{1, 2, 1, 1}));
  EXPECT_EQ(shape_of(OpKind::max_pool2d, {x}, {{"kernel_size", 2}}, 1), (Shape{1, 2, 3, 3}));
}

TEST(Pooling, gradient_has_the_inputs_shape) {
  const Shape x{1, 2, 6, 6};
  EXPECT_EQ(shape_of(OpKind::pool2d_grad, {{1, 2, 3, 3}, x}, {{"kernel_size", 2}}), x);
  EXPECT_EQ(shape_of(OpKind::pool2d_grad, {{1, 2, 1, 1}, x}, {{"mode", "global_avg"}}), x);
  EXPECT_TRUE(refused(OpKind::pool2d_grad, {{1, 2, 2, 3}, x}, {{"kernel_size", 2}}));
  EXPECT_TRUE(refused(OpKind::pool2d_grad, {{1, 2, 3, 3}, x}, {{"mode", "median"}}));
}

TEST(Reduction, drops_or_keeps_the_listed_dimensions) {
  const Shape x{2, 3, 4};
  EXPECT_EQ(shape_of(OpKind::reduce_sum, {x}), Shape{});
  EXPECT_EQ(shape_of(OpKind::reduce_sum, {x}, {{"axis", ints({-1, 0})}}), (Shape{3}));
  EXPECT_EQ(shape_of(OpKind::reduce_mean, {x}, {{"axis", 1}, {"keepdim", true}}), (Shape{2, 1, 4}));
  EXPECT_EQ(shape_of(OpKind::argmax, {x}, {{"axis", -3}}), (Shape{3, 4}));
  EXPECT_TRUE(refused(OpKind::reduce_max, {x}, {{"axis", 3}}));
  EXPECT_TRUE(refused(OpKind::reduce_max, {x}, {{"axis", -4}}));
  EXPECT_TRUE(refused(OpKind::reduce_max, {x}, {{"axis", ints({2, -1})}}));
}

TEST(Rows, keep_their_shape_along_an_existing_axis) {
  EXPECT_EQ(shape_of(OpKind::softmax, {{2, 3}}), (Shape{2, 3}));
  EXPECT_TRUE(refused(OpKind::softmax, {{2, 3}}, {{"axis", 2}}));
  EXPECT_TRUE(refused(OpKind::softmax, {{}}));
  EXPECT_EQ(shape_of(OpKind::topk, {{2, 9}}, {{"k", 9}}), (Shape{2, 9}));
  EXPECT_EQ(shape_of(OpKind::topk, {{2, 9}}, {{"k", 1}, {"axis", 0}}, 1), (Shape{1, 9}));
  EXPECT_TRUE(refused(OpKind::topk, {{2, 9}}, {{"k", 10}}));
  EXPECT_TRUE(refused(OpKind::topk, {{2, 9}}, {{"k", 0}}));
  EXPECT_EQ(shape_of(OpKind::threshold_compact, {{2, 9}}), (Shape{18}));
  EXPECT_EQ(shape_of(OpKind::threshold_compact, {{2, 9}}, {{"capacity", 4}}, 2), Shape{});
  EXPECT_TRUE(refused(OpKind::threshold_compact, {{2, 9}}, {{"capacity", 19}}));
}

TEST(FakeQuantize, keeps_its_shape_and_takes_a_coarse_scale_per_channel_or_one) {
  const Shape x{2, 5, 4};
  EXPECT_EQ(shape_of(OpKind::fake_quantize, {x}), x);
  EXPECT_EQ(shape_of(OpKind::fake_quantize, {x, {1}}, {{"axis", -1}}), x);
  EXPECT_EQ(shape_of(OpKind::fake_quantize, {x, {2}}), x);
  EXPECT_EQ(shape_of(OpKind::fake_quantize, {x, {10}}, {{"axis", 2}}), x);
  EXPECT_TRUE(refused(OpKind::fake_quantize, {x, {5}}));
  EXPECT_TRUE(refused(OpKind::fake_quantize, {x}, {{"axis", 3}}));
}

TEST(Norms, know_which_dimensions_they_normalise) {
  const Shape x{2, 5, 4, 3};
  EXPECT_EQ(shape_of(OpKind::layer_norm, {x, {4, 3}}, {{"normalized_dims", 2}}), x);
  EXPECT_EQ(shape_of(OpKind::layer_norm, {x, {3}, {3}}, {}, 1), (Shape{2, 5, 4, 1}));
  EXPECT_TRUE(refused(OpKind::layer_norm, {x, {4}}));
  EXPECT_TRUE(refused(OpKind::layer_norm, {x}, {{"normalized_dims", 5}}));
  EXPECT_EQ(shape_of(OpKind::group_norm, {{2, 6, 4}, {6}}, {{"groups", 3}}, 1), (Shape{2, 3}));
  EXPECT_TRUE(refused(OpKind::group_norm, {{2, 6, 4}}, {{"groups", 4}}));
  EXPECT_EQ(shape_of(OpKind::batch_norm_train, {x, {5}}, {}, 2), (Shape{5}));
  EXPECT_EQ(shape_of(OpKind::batch_norm, {x, {5}, {5}, {5}, {5}}), x);
  EXPECT_TRUE(refused(OpKind::batch_norm, {x, {5}, {5}, {5}, {4}}));
  EXPECT_EQ(shape_of(OpKind::norm_grad, {x, x}, {{"of", "batch_norm_train"}}, 1), (Shape{5}));
}

TEST(CrossEntropy, averages_over_samples) {
  EXPECT_EQ(shape_of(OpKind::cross_entropy, {{8, 10}, {8}}), Shape{});
  EXPECT_EQ(shape_of(OpKind::cross_entropy, {{8, 10}, {8}}, {{"reduction", "none"}}), (Shape{8}));
  EXPECT_EQ(shape_of(OpKind::cross_entropy, {{8, 10, 5}, {8, 5}}), Shape{});
  EXPECT_TRUE(refused(OpKind::cross_entropy, {{8, 10}, {10}}));
}

TEST(Movement, cuts_and_joins) {
  EXPECT_EQ(shape_of(OpKind::concat, {{2, 3}, {2, 4}, {2, 1}}, {{"axis", -1}}), (Shape{2, 8}));
  EXPECT_TRUE(refused(OpKind::concat, {{2, 3}, {3, 3}}, {{"axis", 1}}));
  EXPECT_EQ(shape_of(OpKind::slice, {{10, 6}}, {{"start", 2}, {"end", -1}, {"step", 3}}),
            (Shape{3, 6}));  // positions 2, 5, 8
  EXPECT_EQ(shape_of(OpKind::slice, {{10, 6}}, {{"start", 99}}), (Shape{0, 6}));
  EXPECT_EQ(shape_of(OpKind::slice, {{10, 6}},
                     {{"axis", ints({0, 1})}, {"start", ints({-4, 1})}, {"end", ints({8, 99})}}),
            (Shape{2, 5}));
  EXPECT_TRUE(refused(OpKind::slice, {{10}}, {{"step", 0}}));
  EXPECT_EQ(shape_of(OpKind::split, {{7, 2}}, {{"sizes", ints({3, 4})}}, 1), (Shape{4, 2}));
  EXPECT_EQ(shape_of(OpKind::split, {{6, 2}}, {{"parts", 3}}, 2), (Shape{2, 2}));
  EXPECT_TRUE(refused(OpKind::split, {{7, 2}}, {{"sizes", ints({3, 3})}}));
  EXPECT_TRUE(refused(OpKind::split, {{7, 2}}, {{"parts", 2}}));
}

TEST(Movement, rearranges_and_stretches) {
  EXPECT_EQ(shape_of(OpKind::transpose, {{2, 3, 4}}, {{"permutation", ints({2, 0, 1})}}),
            (Shape{4, 2, 3}));
  EXPECT_TRUE(refused(OpKind::transpose, {{2, 3}}, {{"permutation", ints({0, 0})}}));
  EXPECT_TRUE(refused(OpKind::transpose, {{2, 3}}, {{"permutation", ints({0, 1, 2})}}));
  EXPECT_EQ(shape_of(OpKind::pad, {{2, 3}}, {{"before", ints({0, 1})}, {"after", ints({5, 0})}}),
            (Shape{7, 4}));
  EXPECT_EQ(shape_of(OpKind::expand, {{3, 1}}, {{"shape", ints({2, 3, 4})}}), (Shape{2, 3, 4}));
  EXPECT_TRUE(refused(OpKind::expand, {{3, 2}}, {{"shape", ints({3, 1})}}));
}

TEST(Movement, gathers_rows_or_elements) {
  EXPECT_EQ(shape_of(OpKind::gather, {{5, 6, 7}, {2, 3}}, {{"axis", 1}}), (Shape{5, 2, 3, 7}));
  EXPECT_EQ(shape_of(OpKind::gather, {{5, 6}, {5, 2}}, {{"axis", 1}, {"elementwise", true}}),
            (Shape{5, 2}));
  EXPECT_TRUE(refused(OpKind::gather, {{5, 6}, {6, 2}}, {{"axis", 1}, {"elementwise", true}}));
  EXPECT_EQ(shape_of(OpKind::scatter, {{5, 6}, {2}, {2, 6}}), (Shape{5, 6}));
  EXPECT_TRUE(refused(OpKind::scatter, {{5, 6}, {2}, {3, 6}}));
}

TEST(Reshape, fills_in_one_dimension) {
  EXPECT_EQ(shape_of(OpKind::reshape, {{2, 3, 4}}, {{"shape", ints({-1, 6})}}), (Shape{4, 6}));
  EXPECT_EQ(shape_of(OpKind::reshape, {{1}}, {{"shape", ints({})}}), Shape{});
  EXPECT_EQ(shape_of(OpKind::reshape, {{0, 3}}, {{"shape", ints({-1, 3})}}), (Shape{0, 3}));
  EXPECT_TRUE(refused(OpKind::reshape, {{2, 3}}, {{"shape", ints({-1, 4})}}));
  EXPECT_TRUE(refused(OpKind::reshape, {{2, 3}}, {{"shape", ints({-1, -1})}}));
  EXPECT_TRUE(refused(OpKind::reshape, {{2, 3}}, {{"shape", ints({7})}}));
  EXPECT_TRUE(refused(OpKind::reshape, {{0, 3}}, {{"shape", ints({-1, 0})}}));
}

TEST(Lookup, returns_one_row_per_index_or_bag) {
  EXPECT_EQ(shape_of(OpKind::embedding, {{100, 16}, {4, 7}}), (Shape{4, 7, 16}));
  EXPECT_EQ(shape_of(OpKind::embedding_bag, {{100, 16}, {50}, {8}}), (Shape{8, 16}));
  EXPECT_EQ(
      shape_of(OpKind::embedding_bag, {{100, 16}, {50}, {9}}, {{"include_last_offset", true}}),
      (Shape{8, 16}));
  EXPECT_EQ(shape_of(OpKind::embedding_bag, {{100, 16}, {8, 6}}), (Shape{8, 16}));
  EXPECT_TRUE(refused(OpKind::embedding_bag, {{100, 16}, {50}}));
  EXPECT_EQ(shape_of(OpKind::embedding_grad, {{4, 7, 16}, {4, 7}}, {{"rows", 100}}),
            (Shape{100, 16}));
  EXPECT_TRUE(refused(OpKind::embedding_grad, {{4, 16}, {4, 7}}, {{"rows", 100}}));
}

TEST(Optimizer, returns_each_state_in_the_parameters_shape) {
  EXPECT_EQ(shape_of(OpKind::sgd_step, {{3, 4}, {3, 4}, {3, 4}}, {}, 1), (Shape{3, 4}));
  EXPECT_EQ(shape_of(OpKind::adam_step, {{3}, {3}, {3}, {3}}, {}, 2), (Shape{3}));
  EXPECT_TRUE(refused(OpKind::sgd_step, {{3, 4}, {4, 3}}));
}

TEST(Collective, scales_the_first_dimension_with_the_group) {
  EXPECT_EQ(shape_of(OpKind::all_reduce, {{8, 3}}), (Shape{8, 3}));
  EXPECT_EQ(shape_of(OpKind::all_gather, {{8, 3}}, {{"group_size", 4}}), (Shape{32, 3}));
  EXPECT_EQ(shape_of(OpKind::reduce_scatter, {{8, 3}}, {{"ranks", ints({0, 2, 4, 6})}}),
            (Shape{2, 3}));
  EXPECT_TRUE(refused(OpKind::reduce_scatter, {{7, 3}}, {{"group_size", 4}}));
  EXPECT_TRUE(refused(OpKind::all_gather, {{8, 3}}));
}

}  // namespace
}  // namespace mantissa::trace
