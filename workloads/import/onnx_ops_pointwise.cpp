// SPDX-License-Identifier: Apache-2.0
// One output element per input element.
#include <limits>

#include "workloads/import/onnx_conversion.h"

namespace mantissa::workloads::onnx_import {

namespace {

using trace::OpKind;

template <OpKind kind>
void unary(Conversion& c, const Node& node) {
  c.become(node, kind, {c.tensor(node, 0)}, {}, c.output_type(node).format);
}

// A second operand of one element is the attribute `scalar`, unless it widens the result.
template <OpKind kind>
void binary(Conversion& c, const Node& node) {
  const auto format = c.output_type(node).format;
  const Constant* b = c.find_constant(node, 1);
  const bool scalar = b != nullptr && trace::elements(b->shape) == 1 &&
                      b->shape.size() <= c.input_type(node, 0).shape.size();
  if (scalar) {
    c.become(node, kind, {c.tensor(node, 0)}, {{"scalar", b->reals().front()}}, format);
  } else {
    const auto a = c.tensor(node, 0);
    c.become(node, kind, {a, c.tensor(node, 1)}, {}, format);
  }
}

// Max, Min and Sum take any number of operands.
template <OpKind kind>
void folded(Conversion& c, const Node& node) {
  const auto format = c.output_type(node).format;
  trace::TensorId y = c.tensor(node, 0);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    y = c.emit(node, kind, {y, c.tensor(node, i)}, {}, format,
               i == 1 ? "" : "." + std::to_string(i));
  }
  c.define(node, y);
}

void where(Conversion& c, const Node& node) {
  const auto condition = c.tensor(node, 0), a = c.tensor(node, 1);
  c.become(node, OpKind::where, {condition, a, c.tensor(node, 2)}, {}, c.output_type(node).format);
}

void leaky_relu(Conversion& c, const Node& node) {
  c.become(node, OpKind::leaky_relu, {c.tensor(node, 0)}, {{"slope", node.real("alpha", 0.01)}},
           c.output_type(node).format);
}

// Bounds were attributes before operator set 11.
double bound(Conversion& c, const Node& node, std::size_t operand, const char* key, double none) {
  if (c.has(node, operand)) return c.constant(node, operand).reals().front();
  return node.real(key, none);
}

void clip(Conversion& c, const Node& node) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double low = bound(c, node, 1, "min", -infinity), high = bound(c, node, 2, "max", infinity);
  const auto x = c.tensor(node, 0);
  const auto format = c.output_type(node).format;
  if (low == 0 && high == 6) return c.become(node, OpKind::relu6, {x}, {}, format);
  if (low == 0 && high == infinity) return c.become(node, OpKind::relu, {x}, {}, format);
  c.become(node, OpKind::clamp, {x}, {{"low", low}, {"high", high}}, format);
}

void cast(Conversion& c, const Node& node) {
  const auto to = c.output_type(node).format;
  if (to == c.input_type(node, 0).format) return c.define(node, c.tensor(node, 0));
  c.become(node, OpKind::cast, {c.tensor(node, 0)}, {}, to);
}

void batch_norm(Conversion& c, const Node& node) {
  if (node.integer("training_mode", 0) != 0) {
    c.refuse(node, "training_mode=1", "a batch norm of inference");
  }
  std::vector<trace::TensorId> inputs;
  for (std::size_t i = 0; i < 5; ++i) inputs.push_back(c.tensor(node, i));
  c.become(node, OpKind::batch_norm, inputs, {{"eps", node.real("epsilon", 1e-5)}},
           c.output_type(node).format);
}

// Nothing happens to the value at inference.
void alias(Conversion& c, const Node& node) {
  if (node.outputs.size() > 1 && !node.outputs[1].empty()) {
    c.refuse(node, "output " + node.outputs[1], "no mask");
  }
  c.define(node, c.tensor(node, 0));
}

}  // namespace

std::vector<Converter> pointwise_converters() {
  using K = OpKind;
  return {{"Add", {}, binary<K::add>},
          {"Sub", {}, binary<K::sub>},
          {"Mul", {}, binary<K::mul>},
          {"Div", {}, binary<K::div>},
          {"Pow", {}, binary<K::power>},
          {"Equal", {}, binary<K::equal>},
          {"Less", {}, binary<K::less>},
          {"Greater", {}, binary<K::greater>},
          {"Max", {}, folded<K::maximum>},
          {"Min", {}, folded<K::minimum>},
          {"Sum", {}, folded<K::add>},
          {"Where", {}, where},
          {"Relu", {}, unary<K::relu>},
          {"LeakyRelu", {}, leaky_relu},
          {"Clip", {1, 2}, clip},
          {"Sigmoid", {}, unary<K::sigmoid>},
          {"Tanh", {}, unary<K::tanh>},
          {"HardSwish", {}, unary<K::hardswish>},
          {"Exp", {}, unary<K::exp>},
          {"Log", {}, unary<K::log>},
          {"Sqrt", {}, unary<K::sqrt>},
          {"Reciprocal", {}, unary<K::reciprocal>},
          {"Erf", {}, unary<K::erf>},
          {"Abs", {}, unary<K::abs>},
          {"Neg", {}, unary<K::neg>},
          {"Sign", {}, unary<K::sign>},
          {"Round", {}, unary<K::round>},
          {"Cast", {}, cast},
          {"BatchNormalization", {}, batch_norm},
          {"Identity", {}, alias},
          {"Dropout", {1, 2}, alias}};
}

}  // namespace mantissa::workloads::onnx_import
