// SPDX-License-Identifier: Apache-2.0
// Copies, rearrangements, views, look-ups.
#include <numeric>

#include "workloads/import/onnx_conversion.h"

namespace mantissa::workloads::onnx_import {

namespace {

using trace::OpKind;
using trace::TensorId;
using Ints = std::vector<std::int64_t>;

void reshape(Conversion& c, const Node& node) { c.become_reshape(node, c.tensor(node, 0)); }

void transpose(Conversion& c, const Node& node) {
  Ints reversed(c.input_type(node, 0).shape.size());
  std::iota(reversed.rbegin(), reversed.rend(), 0);
  c.become(node, OpKind::transpose, {c.tensor(node, 0)},
           {{"permutation", node.integers("perm", reversed)}});
}

void concat(Conversion& c, const Node& node) {
  std::vector<TensorId> inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(c.tensor(node, i));
  c.become(node, OpKind::concat, inputs, {{"axis", node.integer("axis", 0)}});
}

void split(Conversion& c, const Node& node) {
  const std::size_t rank = c.input_type(node, 0).shape.size();
  const std::int64_t axis = axis_of(node.integer("axis", 0), rank);
  Ints sizes;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    sizes.push_back(c.output_type(node, i).shape.at(static_cast<std::size_t>(axis)));
  }
  const auto parts =
      c.emit_all(node, OpKind::split, {c.tensor(node, 0)}, {{"axis", axis}, {"sizes", sizes}}, 0);
  for (std::size_t i = 0; i < parts.size(); ++i) c.define(node, parts[i], i);
}

// Operands since operator set 10, attributes before.
Ints slice_operand(Conversion& c, const Node& node, std::size_t operand, const char* key,
                   const Ints& fallback) {
  if (c.has(node, operand)) return c.constant(node, operand).integers();
  return node.integers(key, fallback);
}

void slice(Conversion& c, const Node& node) {
  const Ints start = slice_operand(c, node, 1, "starts", {});
  Ints all(start.size());
  std::iota(all.begin(), all.end(), 0);
  const Ints step = slice_operand(c, node, 4, "steps", Ints(start.size(), 1));
  for (std::int64_t s : step) {
    if (s < 1) c.refuse(node, "step " + std::to_string(s), "a step of at least 1");
  }
  c.become(node, OpKind::slice, {c.tensor(node, 0)},
           {{"start", start},
            {"end", slice_operand(c, node, 2, "ends", {})},
            {"axis", slice_operand(c, node, 3, "axes", all)},
            {"step", step}});
}

void pad(Conversion& c, const Node& node) {
  const Ints pads = slice_operand(c, node, 1, "pads", {});
  const std::size_t rank = pads.size() / 2;
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(rank);
  for (std::int64_t p : pads) {
    if (p < 0) c.refuse(node, "padding " + std::to_string(p), "padding of at least 0");
  }
  std::string mode = node.text("mode", "constant");
  if (mode == "edge") mode = "replicate";
  const double value = c.has(node, 2) ? c.constant(node, 2).reals().front() : node.real("value", 0);
  c.become(node, OpKind::pad, {c.tensor(node, 0)},
           {{"before", Ints(pads.begin(), middle)},
            {"after", Ints(middle, pads.end())},
            {"mode", mode},
            {"value", value}});
}

// Rows of a stored table are an embedding.
void gather(Conversion& c, const Node& node) {
  const trace::Shape& x = c.input_type(node, 0).shape;
  const std::int64_t axis = axis_of(node.integer("axis", 0), x.size());
  const TensorId data = c.tensor(node, 0), indices = c.tensor(node, 1);
  if (c.find_constant(node, 0) != nullptr && x.size() == 2 && axis == 0) {
    return c.become(node, OpKind::embedding, {data, indices}, {}, c.output_type(node).format);
  }
  c.become(node, OpKind::gather, {data, indices}, {{"axis", axis}});
}

void gather_elements(Conversion& c, const Node& node) {
  const std::int64_t axis = axis_of(node.integer("axis", 0), c.input_type(node, 0).shape.size());
  const TensorId data = c.tensor(node, 0);
  c.become(node, OpKind::gather, {data, c.tensor(node, 1)},
           {{"axis", axis}, {"elementwise", true}});
}

void expand(Conversion& c, const Node& node) {
  const trace::Shape& target = c.output_type(node).shape;
  const TensorId x = c.tensor(node, 0);
  if (target == c.shape(x)) return c.define(node, x);
  c.become(node, OpKind::expand, {x}, {{"shape", target}});
}

void constant_of_shape(Conversion& c, const Node& node) {
  if (node.has("value")) c.refuse(node, "a value", "zeros");
  c.become(node, OpKind::fill, {}, {{"shape", c.output_type(node).shape}},
           c.output_type(node).format);
}

}  // namespace

std::vector<Converter> movement_converters() {
  return {{"Reshape", {1}, reshape},
          {"Flatten", {}, reshape},
          {"Squeeze", {1}, reshape},
          {"Unsqueeze", {1}, reshape},
          {"Transpose", {}, transpose},
          {"Concat", {}, concat},
          {"Split", {1}, split},
          {"Slice", {1, 2, 3, 4}, slice},
          {"Pad", {1, 2}, pad},
          {"Gather", {}, gather},
          {"GatherElements", {}, gather_elements},
          {"Expand", {1}, expand},
          {"ConstantOfShape", {0}, constant_of_shape}};
}

}  // namespace mantissa::workloads::onnx_import
