// SPDX-License-Identifier: Apache-2.0
// Products on the matrix unit.
#include "base/trace/vocabulary_table.h"
#include "base/trace/window.h"

namespace mantissa::trace::table {

namespace {

// ---- matmul ----------------------------------------------------------------------------------

struct MatmulSizes {
  Shape batch;
  std::int64_t m, k, n;
};

MatmulSizes matmul_sizes(const Op& op, const Operands& in) {
  Shape a = operand(op, in, 0, 2), b = operand(op, in, 1, 2);
  if (op.flag("transpose_a", false)) std::swap(a[a.size() - 1], a[a.size() - 2]);
  if (op.flag("transpose_b", false)) std::swap(b[b.size() - 1], b[b.size() - 2]);
  const std::int64_t m = a[a.size() - 2], k = a.back(), n = b.back();
  if (b[b.size() - 2] != k) {
    refuse_shape(op, in, "b with K = " + std::to_string(k) + " rows, as a has columns");
  }
  a.resize(a.size() - 2);
  b.resize(b.size() - 2);
  return {broadcast(op, in, a, b), m, k, n};
}

std::vector<Shape> matmul_shapes(const Op& op, const Operands& in) {
  const MatmulSizes s = matmul_sizes(op, in);
  expect_vector(op, in, 2, s.n);
  Shape out = s.batch;
  out.push_back(s.m);
  out.push_back(s.n);
  return {out};
}

// B*M*N*K; a batch dimension that is broadcast is multiplied once per batch.
std::uint64_t matmul_macs(const Op& op, const Operands& in) {
  const MatmulSizes s = matmul_sizes(op, in);
  return count(op, {size_of(op, s.batch), s.m, s.n, s.k});
}

// ---- convolution and its two gradients -------------------------------------------------------

// The forward convolution that an op belongs to, whichever of its three tensors are given.
struct Convolution {
  std::int64_t batch, channels, height, width, filters, out_height, out_width;
  Window window;
};

void check_channels(const Op& op, const Operands& in, const Convolution& c,
                    std::int64_t per_group) {
  const std::int64_t g = c.window.groups;
  if (c.filters % g != 0 || c.channels % g != 0 || c.channels / g != per_group) {
    refuse_shape(op, in,
                 "weight channels = input channels / groups, and filters divisible by "
                 "groups = " +
                     std::to_string(c.window.groups));
  }
}

void check_positions(const Op& op, const Operands& in, const Convolution& c) {
  const std::int64_t h = positions(c.window, 0, c.height), w = positions(c.window, 1, c.width);
  if (h < 1 || w < 1) refuse_shape(op, in, "a kernel that fits in the padded input");
  if (h != c.out_height || w != c.out_width) {
    refuse_shape(op, in,
                 "a gradient of " + std::to_string(h) + "x" + std::to_string(w) +
                     " positions, as the forward convolution has");
  }
}

Convolution forward(const Op& op, const Operands& in) {
  const Shape &x = operand(op, in, 0, 4, 4), &weight = operand(op, in, 1, 4, 4);
  Convolution c{x[0], x[1], x[2], x[3], weight[0], 0, 0, window_of(op, in)};
  check_channels(op, in, c, weight[1]);
  c.out_height = positions(c.window, 0, c.height);
  c.out_width = positions(c.window, 1, c.width);
  check_positions(op, in, c);
  return c;
}

Convolution of_input_grad(const Op& op, const Operands& in) {
  const Shape &g = operand(op, in, 0, 4, 4), &weight = operand(op, in, 1, 4, 4);
  const auto size = op.integers("input_size", {});
  if (size.size() != 2) refuse_shape(op, in, "input_size as [height, width]");
  Convolution c{g[0], 0, size[0], size[1], g[1], g[2], g[3], window_of(op, in)};
  if (weight[0] != c.filters) refuse_shape(op, in, "as many filters as the gradient has channels");
  c.channels = size_of(op, {weight[1], c.window.groups});
  check_channels(op, in, c, weight[1]);
  check_positions(op, in, c);
  return c;
}

Convolution of_weight_grad(const Op& op, const Operands& in) {
  const Shape &g = operand(op, in, 0, 4, 4), &x = operand(op, in, 1, 4, 4);
  Convolution c{x[0], x[1], x[2], x[3], g[1], g[2], g[3], window_of(op, in)};
  if (g[0] != c.batch) refuse_shape(op, in, "gradient and input of the same batch size");
  check_channels(op, in, c, c.channels / c.window.groups);
  check_positions(op, in, c);
  return c;
}

std::vector<Shape> conv_shapes(const Op& op, const Operands& in) {
  const Convolution c = forward(op, in);
  expect_vector(op, in, 2, c.filters);
  return {{c.batch, c.filters, c.out_height, c.out_width}};
}

std::vector<Shape> input_grad_shapes(const Op& op, const Operands& in) {
  const Convolution c = of_input_grad(op, in);
  return {{c.batch, c.channels, c.height, c.width}};
}

std::vector<Shape> weight_grad_shapes(const Op& op, const Operands& in) {
  const Convolution c = of_weight_grad(op, in);
  return {{c.filters, c.channels / c.window.groups, c.window.kernel[0], c.window.kernel[1]}};
}

// N*OH*OW*O*(C/g)*KH*KW: the three passes visit the same (output, weight) pairs.
std::uint64_t conv_count(const Op& op, const Convolution& c) {
  return count(op, {c.batch, c.out_height, c.out_width, c.filters, c.channels / c.window.groups,
                    c.window.kernel[0], c.window.kernel[1]});
}
std::uint64_t conv_macs(const Op& op, const Operands& in) {
  return conv_count(op, forward(op, in));
}
std::uint64_t input_grad_macs(const Op& op, const Operands& in) {
  return conv_count(op, of_input_grad(op, in));
}
std::uint64_t weight_grad_macs(const Op& op, const Operands& in) {
  return conv_count(op, of_weight_grad(op, in));
}

// ---- rows ------------------------------------------------------------------------------------

// Per-vector scaling of both operands along K (matmul) or the input channels (conv2d).
void add_scaling(std::vector<AttributeSpec>& attributes) {
  attributes.push_back(integer("vector_size", 0, "Elements that share a scale; 0: no scaling."));
  attributes.push_back(integers("scale_bits", {}, "Bits of the scales of both operands."));
  attributes.push_back(integer("scale_product_bits", 0, "Scale product rounded to; 0: full."));
}

std::vector<AttributeSpec> window_attributes() {
  return {integers("stride", {1}, "Step: n or [height, width]."),
          integers("padding", {0}, "Zeros: n, [height, width] or [top, left, bottom, right]."),
          integers("dilation", {1}, "Distance of kernel taps: n or [height, width]."),
          integer("groups", 1, "Independent channel groups.")};
}

}  // namespace

std::vector<OpSpec> matrix_ops() {
  const OpClass c = OpClass::matrix;
  const FormatRule f = FormatRule::product;

  std::vector<AttributeSpec> matmul = {boolean("transpose_a", false, "a is stored [..,K,M]."),
                                       boolean("transpose_b", false, "b is stored [..,N,K].")};
  std::vector<AttributeSpec> conv = window_attributes();
  std::vector<AttributeSpec> input_grad = conv, weight_grad = conv;
  add_scaling(matmul);
  add_scaling(conv);
  input_grad.push_back(needed(integers("input_size", {}, "[H, W] of the forward input.")));
  weight_grad.push_back(needed(integers("kernel_size", {}, "n or [KH, KW].")));

  return {
      {OpKind::matmul,
       "matmul",
       c,
       {required("a"), required("b"), maybe("bias")},
       {required("output")},
       matmul,
       0,
       "a[..,M,K] b[..,K,N] + bias[N]; batch dimensions broadcast.",
       f,
       matmul_shapes,
       matmul_macs},
      {OpKind::conv2d,
       "conv2d",
       c,
       {required("input"), required("weight"), maybe("bias")},
       {required("output")},
       conv,
       0,
       "input[N,C,H,W] weight[O,C/g,KH,KW] + bias[O] -> [N,O,OH,OW].",
       f,
       conv_shapes,
       conv_macs},
      {OpKind::conv2d_input_grad,
       "conv2d_input_grad",
       c,
       {required("grad_output"), required("weight")},
       {required("grad_input")},
       input_grad,
       0,
       "The gradient of conv2d in its input; also the transposed convolution.",
       f,
       input_grad_shapes,
       input_grad_macs},
      {OpKind::conv2d_weight_grad,
       "conv2d_weight_grad",
       c,
       {required("grad_output"), required("input")},
       {required("grad_weight")},
       weight_grad,
       0,
       "The gradient of conv2d in its weight.",
       f,
       weight_grad_shapes,
       weight_grad_macs},
  };
}

}  // namespace mantissa::trace::table
