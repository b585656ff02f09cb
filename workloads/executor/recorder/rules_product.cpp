// SPDX-License-Identifier: Apache-2.0
// Convolutions, matrix products and their gradients.
#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

Attributes window(const std::vector<std::int64_t>& stride, const std::vector<std::int64_t>& padding,
                  const std::vector<std::int64_t>& dilation, std::int64_t groups) {
  Attributes a{{"stride", shortest(stride)}, {"padding", shortest(padding)}};
  if (shortest(dilation) != std::vector<std::int64_t>{1}) a["dilation"] = shortest(dilation);
  if (groups != 1) a["groups"] = groups;
  return a;
}

bool image(const c10::IValue& v) { return v.isTensor() && v.toTensor().dim() == 4; }
bool first_is_image(const std::vector<c10::IValue>& in) { return !in.empty() && image(in[0]); }

// aten::conv2d(input, weight, bias, stride, padding, dilation, groups); padding may be a word.
void conv2d(Call& c) {
  std::vector<std::int64_t> padding;
  const std::vector<std::int64_t> dilation = c.integers(5);
  if (c.argument(4).isString()) {
    padding = {0};
    if (c.text(4, "") == "same") {  // the odd one goes behind
      std::vector<std::int64_t> before, after;
      for (std::size_t d = 0; d < 2; ++d) {
        const std::int64_t step = dilation[dilation.size() == 1 ? 0 : d];
        const std::int64_t total = step * (c.tensor(1).size(static_cast<std::int64_t>(2 + d)) - 1);
        before.push_back(total / 2);
        after.push_back(total - total / 2);
      }
      padding = {before[0], before[1], after[0], after[1]};
      if (before == after) padding = before;
    }
  } else {
    padding = c.integers(4);
  }
  c.emit(OpKind::conv2d, {c.in(0), c.in(1), c.maybe_in(2)},
         window(c.integers(3), padding, dilation, c.integer(6, 1)), {c.out()});
}

// aten::convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding,
// groups). The transposed one is the gradient of a convolution in its input.
void convolution(Call& c) {
  Attributes a = window(c.integers(3), c.integers(4), c.integers(5), c.integer(8, 1));
  if (!c.flag(6)) {
    c.emit(OpKind::conv2d, {c.in(0), c.in(1), c.maybe_in(2)}, a, {c.out()});
    return;
  }
  a["input_size"] = std::vector<std::int64_t>{c.out().size(2), c.out().size(3)};
  if (!c.is_tensor(2)) {
    c.emit(OpKind::conv2d_input_grad, {c.in(0), c.in(1)}, a, {c.out()});
    return;
  }
  const trace::NumberFormat f = format_of(c.out().scalar_type());
  const TensorId product =
      c.emit_inner(OpKind::conv2d_input_grad, "", {c.in(0), c.in(1)}, a, f, shape_of(c.out()));
  const std::int64_t channels = c.out().size(1);
  const TensorId bias =
      c.emit_inner(OpKind::reshape, "bias", {c.in(2)},
                   {{"shape", std::vector<std::int64_t>{channels, 1, 1}}}, f, {channels, 1, 1});
  c.emit(OpKind::add, {product, bias}, {}, {c.out()});
}

// aten::convolution_backward(grad_output, input, weight, bias_sizes, stride, padding, dilation,
// transposed, output_padding, groups, output_mask) -> grad_input, grad_weight, grad_bias
void convolution_backward(Call& c) {
  const TensorId g = c.in(0);
  const Attributes a = window(c.integers(4), c.integers(5), c.integers(6), c.integer(9, 1));
  if (c.has_out(0)) {
    Attributes input = a;
    input["input_size"] = std::vector<std::int64_t>{c.tensor(1).size(2), c.tensor(1).size(3)};
    c.emit(OpKind::conv2d_input_grad, {g, c.in(2)}, input, {c.out(0)});
  }
  if (c.has_out(1)) {
    Attributes weight = a;
    weight["kernel_size"] = shortest({c.tensor(2).size(2), c.tensor(2).size(3)});
    c.emit(OpKind::conv2d_weight_grad, {g, c.in(1)}, weight, {c.out(1)});
  }
  if (c.has_out(2)) {
    c.emit(OpKind::reduce_sum, {g}, {{"axis", trace::ints({0, 2, 3})}}, {c.out(2)});
  }
}

Attributes transposes(bool a, bool b) {
  Attributes out;
  if (a) out["transpose_a"] = true;
  if (b) out["transpose_b"] = true;
  return out;
}

// aten::linear(input, weight, bias): the weight is stored [outputs, inputs].
void linear(Call& c) {
  c.emit(OpKind::matmul, {c.in(0), c.in(1), c.maybe_in(2)}, transposes(false, true), {c.out()});
}

void product(Call& c) {
  bool ta = false, tb = false;
  const TensorId a = c.matrix_in(0, ta), b = c.matrix_in(1, tb);
  c.emit(OpKind::matmul, {a, b}, transposes(ta, tb), {c.out()});
}

bool matrices(const std::vector<c10::IValue>& in) {
  return in.size() >= 2 && in[0].isTensor() && in[1].isTensor() && in[0].toTensor().dim() >= 2 &&
         in[1].toTensor().dim() >= 2;
}

// aten::addmm(bias, a, b, beta, alpha), baddbmm, addbmm's kin: beta bias + alpha a b.
void add_product(Call& c) {
  bool ta = false, tb = false;
  const TensorId a = c.matrix_in(1, ta), b = c.matrix_in(2, tb);
  const double beta = c.number(3, 1), alpha = c.number(4, 1);
  if (alpha == 1 && beta == 1 && c.tensor(0).dim() == 1) {
    c.emit(OpKind::matmul, {a, b, c.in(0)}, transposes(ta, tb), {c.out()});
    return;
  }
  const trace::NumberFormat f = format_of(c.out().scalar_type());
  const trace::Shape shape = shape_of(c.out());
  if (beta == 0 && alpha == 1) {
    c.emit(OpKind::matmul, {a, b}, transposes(ta, tb), {c.out()});
    return;
  }
  const TensorId p = c.emit_inner(OpKind::matmul, "", {a, b}, transposes(ta, tb), f, shape);
  TensorId bias = c.in(0);
  if (beta != 1) {
    bias = c.emit_inner(OpKind::mul, "beta", {bias}, {{"scalar", beta}}, f, shape_of(c.tensor(0)));
  }
  Attributes sum;
  if (alpha != 1) sum["alpha"] = alpha;
  c.emit(OpKind::add, {bias, p}, sum, {c.out()});
}

// Vectors: [K] x [K] and [M,K] x [K] as matrices of one row or column.
void vector_product(Call& c) {
  const trace::NumberFormat f = format_of(c.out().scalar_type());
  const auto as = [&](std::size_t i, trace::Shape shape) {
    return c.emit_inner(OpKind::reshape, i == 0 ? "a" : "b", {c.in(i)}, {{"shape", shape}}, f,
                        shape);
  };
  const std::int64_t k = c.tensor(1).size(0);
  const bool dot = c.tensor(0).dim() == 1;
  const TensorId a = dot ? as(0, {1, k}) : c.in(0);
  const std::int64_t m = dot ? 1 : c.tensor(0).size(0);
  const TensorId p = c.emit_inner(OpKind::matmul, "", {a, as(1, {k, 1})}, {}, f, {m, 1});
  c.emit(OpKind::reshape, {p}, {{"shape", shape_of(c.out())}}, {c.out()});
}

}  // namespace

void add_product_rules(Rules& r) {
  r["aten::conv2d"] = {conv2d, first_is_image};
  r["aten::convolution"] = {convolution, first_is_image};
  r["aten::_convolution"] = {convolution, first_is_image};
  r["aten::convolution_backward"] = {convolution_backward, [](const std::vector<c10::IValue>& in) {
                                       return in.size() > 7 && image(in[1]) && !in[7].toBool();
                                     }};
  r["aten::linear"] = {linear, matrices};
  r["aten::matmul"] = r["aten::mm"] = r["aten::bmm"] = {product, matrices};
  r["aten::addmm"] = r["aten::baddbmm"] = {add_product, {}};
  r["aten::mv"] = r["aten::dot"] = {vector_product, {}};
}

}  // namespace mantissa::workloads
