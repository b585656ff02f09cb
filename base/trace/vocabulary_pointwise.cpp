// SPDX-License-Identifier: Apache-2.0
// One output element per (broadcast) input element. `passes` counts the elementary vector
// operations that a kind is made of: 1 for a relu, more where a function needs a table look-up and
// a product after it.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

std::vector<Shape> like_first(const Op& op, const Operands& in) { return {operand(op, in, 0)}; }

namespace {

std::vector<Shape> broadcast_all(const Op& op, const Operands& in) {
  Shape out = operand(op, in, 0);
  for (std::size_t i = 1; i < in.size(); ++i) {
    if (present(in, i)) out = broadcast(op, in, out, in[i]->shape);
  }
  return {out};
}

// b is a tensor or the attribute `scalar`; neither would silently compute with 0.
std::vector<Shape> binary_shapes(const Op& op, const Operands& in) {
  if (present(in, 1) == (op.attributes.count("scalar") != 0)) {
    refuse_shape(op, in, "either the operand b or the attribute scalar");
  }
  return broadcast_all(op, in);
}

std::vector<Shape> where_shapes(const Op& op, const Operands& in) {
  for (std::size_t i = 0; i < 3; ++i) operand(op, in, i);
  return broadcast_all(op, in);
}

// The gradient may be narrower than what it is multiplied with only by broadcasting.
std::vector<Shape> gradient_shapes(const Op& op, const Operands& in) {
  const Shape& g = operand(op, in, 0);
  if (broadcast_all(op, in).front() != g) {
    refuse_shape(op, in, "operands that broadcast to the gradient's shape");
  }
  return {g};
}

std::vector<Shape> dropout_shapes(const Op& op, const Operands& in) {
  return {operand(op, in, 0), operand(op, in, 0)};
}

OpSpec unary(OpKind kind, const char* name, unsigned passes, const char* doc,
             std::vector<AttributeSpec> attributes = {}) {
  return {kind,
          name,
          OpClass::pointwise,
          {required("input")},
          {required("output")},
          std::move(attributes),
          passes,
          doc,
          FormatRule::number,
          like_first,
          no_macs};
}

OpSpec binary(OpKind kind, const char* name, unsigned passes, const char* doc,
              FormatRule formats = FormatRule::number, std::vector<AttributeSpec> attributes = {}) {
  attributes.push_back(real("scalar", 0, "Stands for an absent b."));
  return {kind,
          name,
          OpClass::pointwise,
          {required("a"), maybe("b")},
          {required("output")},
          std::move(attributes),
          passes,
          doc,
          formats,
          binary_shapes,
          no_macs};
}

OpSpec gradient(OpKind kind, const char* name, unsigned passes, const char* doc, const char* second,
                std::vector<AttributeSpec> attributes = {}) {
  return {kind,
          name,
          OpClass::pointwise,
          {required("grad_output"), required(second)},
          {required("grad_input")},
          std::move(attributes),
          passes,
          doc,
          FormatRule::number,
          gradient_shapes,
          no_macs};
}

}  // namespace

std::vector<OpSpec> pointwise_ops() {
  using K = OpKind;
  const FormatRule truth = FormatRule::boolean;
  const auto alpha = real("alpha", 1, "Factor of b.");
  const auto approximate = word("approximate", "none", "none (erf) or tanh.");
  return {
      binary(K::add, "add", 1, "a + alpha*b", FormatRule::number, {alpha}),
      binary(K::sub, "sub", 1, "a - alpha*b", FormatRule::number, {alpha}),
      binary(K::mul, "mul", 1, "a * b"),
      binary(K::div, "div", 2, "a / b: reciprocal, then product"),
      binary(K::maximum, "maximum", 1, "max(a, b)"),
      binary(K::minimum, "minimum", 1, "min(a, b)"),
      binary(K::power, "power", 3, "a^b = exp(b log a)"),
      binary(K::equal, "equal", 1, "a == b", truth),
      binary(K::less, "less", 1, "a < b", truth),
      binary(K::greater, "greater", 1, "a > b", truth),
      {K::where,
       "where",
       OpClass::pointwise,
       {required("condition"), required("a"), required("b")},
       {required("output")},
       {},
       1,
       "a where the condition holds, else b",
       FormatRule::choice,
       where_shapes,
       no_macs},
      unary(K::relu, "relu", 1, "max(x, 0)"),
      unary(K::relu6, "relu6", 1, "min(max(x, 0), 6)"),
      unary(K::leaky_relu, "leaky_relu", 1, "x for x > 0, else slope*x",
            {real("slope", 0.01, "Slope below 0.")}),
      unary(K::clamp, "clamp", 1, "min(max(x, low), high)",
            {real("low", -std::numeric_limits<double>::infinity(), "Smallest output."),
             real("high", std::numeric_limits<double>::infinity(), "Largest output.")}),
      unary(K::sigmoid, "sigmoid", 2, "1 / (1 + exp(-x)): exp, then reciprocal"),
      unary(K::tanh, "tanh", 2, "2 sigmoid(2x) - 1"),
      unary(K::gelu, "gelu", 3, "x/2 (1 + erf(x/sqrt 2)): scale, erf, product", {approximate}),
      unary(K::silu, "silu", 3, "x sigmoid(x)"),
      unary(K::hardswish, "hardswish", 2, "x relu6(x + 3) / 6"),
      unary(K::exp, "exp", 1, "e^x"),
      unary(K::log, "log", 1, "natural logarithm"),
      unary(K::sqrt, "sqrt", 1, "square root"),
      unary(K::rsqrt, "rsqrt", 1, "1 / sqrt(x)"),
      unary(K::reciprocal, "reciprocal", 1, "1 / x"),
      unary(K::erf, "erf", 1, "error function"),
      unary(K::abs, "abs", 1, "|x|"),
      unary(K::neg, "neg", 1, "-x"),
      {K::sign,
       "sign",
       OpClass::pointwise,
       {required("input")},
       {required("output")},
       {},
       1,
       "-1, 0 or 1; into the format binary +1 for x >= 0, else -1",
       FormatRule::any,
       like_first,
       no_macs},
      unary(K::round, "round", 1, "to the nearest integer, half to even"),
      {K::dropout,
       "dropout",
       OpClass::pointwise,
       {required("input")},
       {required("output"), maybe("mask")},
       {real("p", 0.5, "Probability of a zero.")},
       2,
       "x * mask / (1 - p); two passes: draw the mask, apply it",
       FormatRule::any,
       dropout_shapes,
       no_macs},
      gradient(K::relu_grad, "relu_grad", 1, "g where the result > 0, else 0", "result"),
      gradient(K::gelu_grad, "gelu_grad", 5, "g (Phi(x) + x phi(x)): erf, exp, three products",
               "input", {approximate}),
      gradient(K::sigmoid_grad, "sigmoid_grad", 2, "g y (1 - y)", "result"),
      gradient(K::tanh_grad, "tanh_grad", 2, "g (1 - y^2)", "result"),
      {K::pointwise_grad,
       "pointwise_grad",
       OpClass::pointwise,
       {required("grad_output"), any_number("operands")},
       {required("grad_input")},
       {word("of", "", "The forward operator.")},
       2,
       "gradient of any other pointwise operator: derivative, then product",
       FormatRule::number,
       gradient_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
