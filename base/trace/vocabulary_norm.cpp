// SPDX-License-Identifier: Apache-2.0
// Normalisations with statistics of their own input: three passes (mean, variance, affine map), two
// for the root mean square.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// The trailing dimensions that are normalised together.
Shape normalized(const Op& op, const Operands& in, const Shape& x) {
  const std::int64_t n = op.integer("normalized_dims", 1);
  if (n < 1 || n > static_cast<std::int64_t>(x.size())) {
    refuse_shape(
        op, in,
        "normalized_dims from 1 to " + std::to_string(x.size()) + ", not " + std::to_string(n));
  }
  return Shape(x.end() - n, x.end());
}

// One statistic per row: the normalised dimensions stay, with one element.
Shape layer_statistics(const Op& op, const Operands& in, const Shape& x) {
  Shape out = x;
  for (std::size_t i = x.size() - normalized(op, in, x).size(); i < x.size(); ++i) out[i] = 1;
  return out;
}

// mean and rstd = 1/sqrt(var + eps) are kept for the backward pass.
std::vector<Shape> layer_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 1);
  const Shape weight = normalized(op, in, x);
  expect_shape(op, in, 1, weight);
  expect_shape(op, in, 2, weight);
  const Shape statistics = layer_statistics(op, in, x);
  return {x, statistics, statistics};
}

// No mean is taken off, so there is no bias and only one statistic.
std::vector<Shape> rms_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 1);
  expect_shape(op, in, 1, normalized(op, in, x));
  return {x, layer_statistics(op, in, x)};
}

// [N, groups]: each sample and group has its own.
Shape group_statistics(const Op& op, const Operands& in, const Shape& x) {
  const std::int64_t groups = op.integer("groups", 1);
  if (groups < 1 || x[1] % groups != 0) {
    refuse_shape(op, in, "channels divisible by groups = " + std::to_string(groups));
  }
  return {x[0], groups};
}

std::vector<Shape> group_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 2);
  expect_vector(op, in, 1, x[1]);
  expect_vector(op, in, 2, x[1]);
  const Shape statistics = group_statistics(op, in, x);
  return {x, statistics, statistics};
}

// Weight, bias and the running statistics are all per channel, dimension 1.
std::vector<Shape> batch_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 2);
  for (std::size_t i = 1; i < 5; ++i) expect_vector(op, in, i, x[1]);
  return {x, {x[1]}, {x[1]}};
}

// One op for the four norms, since the arithmetic is the same: only the set of elements that share
// a statistic differs, and `of` names it.
std::vector<Shape> norm_grad_shapes(const Op& op, const Operands& in) {
  const Shape &g = operand(op, in, 0, 1), &x = operand(op, in, 1, 1);
  if (g != x) refuse_shape(op, in, "gradient and input of one shape");
  const std::string of = op.text("of", "layer_norm");
  Shape weight, statistics;
  if (of == "layer_norm" || of == "rms_norm") {
    weight = normalized(op, in, x);
    statistics = layer_statistics(op, in, x);
  } else if (of == "group_norm" || of == "batch_norm_train") {
    operand(op, in, 1, 2);
    weight = {x[1]};
    statistics = of == "group_norm" ? group_statistics(op, in, x) : weight;
  } else {
    refuse_shape(op, in,
                 "of = layer_norm, rms_norm, group_norm or batch_norm_train, not '" + of + "'");
  }
  expect_shape(op, in, 2, statistics);
  expect_shape(op, in, 3, statistics);
  expect_shape(op, in, 4, weight);
  return {x, weight, weight};
}

}  // namespace

std::vector<OpSpec> norm_ops() {
  using K = OpKind;
  const OpClass c = OpClass::row;
  const auto eps = real("eps", 1e-5, "Added to the variance.");
  const auto dims = integer("normalized_dims", 1, "Trailing dimensions normalised together.");
  const auto groups = integer("groups", 1, "Channel groups with statistics of their own.");
  const FormatRule f = FormatRule::number;
  return {
      {K::layer_norm,
       "layer_norm",
       c,
       {required("input"), maybe("weight"), maybe("bias")},
       {required("output"), maybe("mean"), maybe("rstd")},
       {eps, dims},
       3,
       "(x - mean) / sqrt(var + eps) * weight + bias over the trailing dimensions.",
       f,
       layer_shapes,
       no_macs},
      {K::rms_norm,
       "rms_norm",
       c,
       {required("input"), maybe("weight")},
       {required("output"), maybe("rstd")},
       {eps, dims},
       2,
       "x / sqrt(mean(x^2) + eps) * weight over the trailing dimensions.",
       f,
       rms_shapes,
       no_macs},
      {K::group_norm,
       "group_norm",
       c,
       {required("input"), maybe("weight"), maybe("bias")},
       {required("output"), maybe("mean"), maybe("rstd")},
       {eps, groups},
       3,
       "Statistics per sample and group of channels.",
       f,
       group_shapes,
       no_macs},
      {K::batch_norm_train,
       "batch_norm_train",
       c,
       {required("input"), maybe("weight"), maybe("bias"), maybe("running_mean"),
        maybe("running_var")},
       {required("output"), maybe("mean"), maybe("rstd")},
       {eps, real("momentum", 0.1, "Weight of the new running statistics.")},
       3,
       "Statistics per channel over the batch.",
       f,
       batch_shapes,
       no_macs},
      {K::norm_grad,
       "norm_grad",
       c,
       {required("grad_output"), required("input"), maybe("mean"), maybe("rstd"), maybe("weight")},
       {required("grad_input"), maybe("grad_weight"), maybe("grad_bias")},
       {word("of", "layer_norm", "layer_norm, rms_norm, group_norm or batch_norm_train."), dims,
        groups},
       4,
       "Two sums over g and g*x, then an affine map of both.",
       f,
       norm_grad_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
