// SPDX-License-Identifier: Apache-2.0
// Between real values and integer codes. Scales and zero points must be stored in the model.
#include "workloads/import/onnx_conversion.h"

namespace mantissa::workloads::onnx_import {

namespace {

using trace::OpKind;

trace::Attributes scale_attributes(Conversion& c, const Node& node) {
  const std::size_t rank = c.input_type(node, 0).shape.size();
  trace::Attributes attributes{{"scale", c.constant(node, 1).reals()}};
  if (c.has(node, 2)) attributes["zero_point"] = c.constant(node, 2).integers();
  if (trace::elements(c.constant(node, 1).shape) != 1) {
    attributes["axis"] = axis_of(node.integer("axis", 1), rank);
  }
  return attributes;
}

template <OpKind kind>
void convert(Conversion& c, const Node& node) {
  c.become(node, kind, {c.tensor(node, 0)}, scale_attributes(c, node), c.output_type(node).format);
}

}  // namespace

std::vector<Converter> quantized_converters() {
  return {{"QuantizeLinear", {1, 2}, convert<OpKind::quantize>},
          {"DequantizeLinear", {1, 2}, convert<OpKind::dequantize>}};
}

}  // namespace mantissa::workloads::onnx_import
