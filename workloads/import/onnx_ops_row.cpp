// SPDX-License-Identifier: Apache-2.0
// Softmax, norms and reductions.
#include "workloads/import/onnx_conversion.h"

namespace mantissa::workloads::onnx_import {

namespace {

using trace::OpKind;
using trace::TensorId;
using Ints = std::vector<std::int64_t>;

// Before operator set 13 all dimensions from `axis` on summed to 1 together.
template <OpKind kind>
void softmax(Conversion& c, const Node& node) {
  const TensorId x = c.tensor(node, 0);
  const trace::Shape shape = c.shape(x);
  const bool flat = c.model().opset < 13;
  const std::int64_t axis = axis_of(node.integer("axis", flat ? 1 : -1), shape.size());
  const auto format = c.output_type(node).format;
  if (!flat || axis + 1 == static_cast<std::int64_t>(shape.size())) {
    return c.become(node, kind, {x}, {{"axis", axis}}, format);
  }
  const trace::Shape tail(shape.begin() + axis, shape.end());
  const TensorId rows =
      c.emit(node, OpKind::reshape, {x}, {{"shape", Ints{-1, trace::elements(tail)}}}, {}, ".rows");
  const TensorId y = c.emit(node, kind, {rows}, {{"axis", std::int64_t{1}}}, format);
  c.define(node, c.emit(node, OpKind::reshape, {y}, {{"shape", shape}}, {}, ".shape"));
}

void layer_norm(Conversion& c, const Node& node) {
  std::vector<TensorId> inputs{c.tensor(node, 0), c.tensor(node, 1)};
  if (c.has(node, 2)) inputs.push_back(c.tensor(node, 2));
  const std::size_t rank = c.input_type(node, 0).shape.size();
  const std::int64_t axis = axis_of(node.integer("axis", -1), rank);
  if (node.outputs.size() > 1) c.refuse(node, "several outputs", "the normalised one alone");
  c.become(node, OpKind::layer_norm, inputs,
           {{"eps", node.real("epsilon", 1e-5)},
            {"normalized_dims", static_cast<std::int64_t>(rank) - axis}},
           c.output_type(node).format);
}

// Axes became an operand in operator set 13 (ReduceSum), or stay an attribute.
template <OpKind kind>
void reduce(Conversion& c, const Node& node) {
  Ints axes = c.has(node, 1) ? c.constant(node, 1).integers() : node.integers("axes", {});
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) {
    return c.define(node, c.tensor(node, 0));
  }
  c.become(node, kind, {c.tensor(node, 0)},
           {{"axis", axes}, {"keepdim", node.integer("keepdims", 1) != 0}},
           c.output_type(node).format);
}

void arg_max(Conversion& c, const Node& node) {
  if (node.integer("select_last_index", 0) != 0) {
    c.refuse(node, "select_last_index=1", "the first of equal elements");
  }
  c.become(node, OpKind::argmax, {c.tensor(node, 0)},
           {{"axis", Ints{node.integer("axis", 0)}}, {"keepdim", node.integer("keepdims", 1) != 0}},
           c.output_type(node).format);
}

}  // namespace

std::vector<Converter> row_converters() {
  using K = OpKind;
  return {{"Softmax", {}, softmax<K::softmax>},      {"LogSoftmax", {}, softmax<K::log_softmax>},
          {"LayerNormalization", {}, layer_norm},    {"ReduceMean", {1}, reduce<K::reduce_mean>},
          {"ReduceSum", {1}, reduce<K::reduce_sum>}, {"ReduceMax", {1}, reduce<K::reduce_max>},
          {"ReduceMin", {1}, reduce<K::reduce_min>}, {"ArgMax", {}, arg_max}};
}

}  // namespace mantissa::workloads::onnx_import
