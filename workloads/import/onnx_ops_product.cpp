// SPDX-License-Identifier: Apache-2.0
// Convolutions, matrix products, pooling.
#include "workloads/import/onnx_conversion.h"

namespace mantissa::workloads::onnx_import {

namespace {

using trace::NumberFormat;
using trace::OpKind;
using trace::TensorId;
using Ints = std::vector<std::int64_t>;

// [top, left, bottom, right]. SAME pads so that the output has ceil(input / stride) positions, the
// odd zero below (upper) or above (lower).
Ints padding(Conversion& c, const Node& node, const Ints& kernel, const Ints& stride,
             const Ints& dilation) {
  const std::string rule = node.text("auto_pad", "NOTSET");
  if (rule == "NOTSET") return node.integers("pads", {0, 0, 0, 0});
  if (rule == "VALID") return {0, 0, 0, 0};
  const trace::Shape& x = c.input_type(node, 0).shape;
  Ints pads(4, 0);
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t extent = (kernel[d] - 1) * dilation[d] + 1;
    const std::int64_t outputs = (x[d + 2] + stride[d] - 1) / stride[d];
    const std::int64_t total =
        std::max<std::int64_t>((outputs - 1) * stride[d] + extent - x[d + 2], 0);
    const std::int64_t small = total / 2, large = total - small;
    pads[d] = rule == "SAME_UPPER" ? small : large;
    pads[d + 2] = rule == "SAME_UPPER" ? large : small;
  }
  return pads;
}

void expect_image(Conversion& c, const Node& node) {
  const trace::Shape& x = c.input_type(node, 0).shape;
  if (x.size() != 4) c.refuse(node, trace::text(x), "an image [N,C,H,W]");
}

trace::Attributes conv_attributes(Conversion& c, const Node& node) {
  expect_image(c, node);
  const trace::Shape& w = c.input_type(node, 1).shape;
  const Ints kernel{w.at(2), w.at(3)}, stride = node.integers("strides", {1, 1});
  const Ints dilation = node.integers("dilations", {1, 1});
  return {{"stride", stride},
          {"dilation", dilation},
          {"padding", padding(c, node, kernel, stride, dilation)},
          {"groups", node.integer("group", 1)}};
}

void conv(Conversion& c, const Node& node) {
  std::vector<TensorId> inputs{c.tensor(node, 0), c.tensor(node, 1)};
  if (c.has(node, 2)) inputs.push_back(c.tensor(node, 2));
  c.become(node, OpKind::conv2d, inputs, conv_attributes(c, node), c.output_type(node).format);
}

// Integer products with zero points of zero.
void expect_no_zero_points(Conversion& c, const Node& node) {
  for (std::size_t i : {std::size_t{2}, std::size_t{3}}) {
    if (!c.has(node, i)) continue;
    for (std::int64_t z : c.constant(node, i).integers()) {
      if (z != 0) c.refuse(node, "zero point " + std::to_string(z), "zero points of 0");
    }
  }
}

void conv_integer(Conversion& c, const Node& node) {
  expect_no_zero_points(c, node);
  c.become(node, OpKind::conv2d, {c.tensor(node, 0), c.tensor(node, 1)}, conv_attributes(c, node),
           NumberFormat::int32);
}

void expect_matrices(Conversion& c, const Node& node) {
  for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    const trace::Shape& x = c.input_type(node, i).shape;
    if (x.size() < 2) c.refuse(node, trace::text(x), "matrices of at least two dimensions");
  }
}

void matmul(Conversion& c, const Node& node) {
  expect_matrices(c, node);
  c.become(node, OpKind::matmul, {c.tensor(node, 0), c.tensor(node, 1)}, {},
           c.output_type(node).format);
}

void matmul_integer(Conversion& c, const Node& node) {
  expect_matrices(c, node);
  expect_no_zero_points(c, node);
  c.become(node, OpKind::matmul, {c.tensor(node, 0), c.tensor(node, 1)}, {}, NumberFormat::int32);
}

// alpha A B + beta C; a plain bias rides on the product.
void gemm(Conversion& c, const Node& node) {
  const double alpha = node.real("alpha", 1), beta = node.real("beta", 1);
  const NumberFormat format = c.output_type(node).format;
  trace::Attributes attributes;
  if (node.integer("transA", 0) != 0) attributes["transpose_a"] = true;
  if (node.integer("transB", 0) != 0) attributes["transpose_b"] = true;
  std::vector<TensorId> inputs{c.tensor(node, 0), c.tensor(node, 1)};
  const bool has_c = c.has(node, 2) && beta != 0;
  const bool bias = has_c && alpha == 1 && beta == 1 &&
                    c.input_type(node, 2).shape == trace::Shape{c.output_type(node).shape.back()};
  if (bias) inputs.push_back(c.tensor(node, 2));
  TensorId y = c.emit(node, OpKind::matmul, inputs, attributes, format);
  if (alpha != 1) y = c.emit(node, OpKind::mul, {y}, {{"scalar", alpha}}, format, ".alpha");
  if (has_c && !bias) {
    trace::Attributes factor;
    if (beta != 1) factor["alpha"] = beta;
    y = c.emit(node, OpKind::add, {y, c.tensor(node, 2)}, factor, format, ".c");
  }
  c.define(node, y);
}

trace::Attributes pool_attributes(Conversion& c, const Node& node) {
  expect_image(c, node);
  const Ints kernel = node.integers("kernel_shape", {}), stride = node.integers("strides", {1, 1});
  const Ints dilation = node.integers("dilations", {1, 1});
  return {{"kernel_size", kernel},
          {"stride", stride},
          {"padding", padding(c, node, kernel, stride, dilation)},
          {"ceil_mode", node.integer("ceil_mode", 0) != 0}};
}

void max_pool(Conversion& c, const Node& node) {
  trace::Attributes attributes = pool_attributes(c, node);
  attributes["dilation"] = node.integers("dilations", {1, 1});
  if (node.outputs.size() > 1 && !node.outputs[1].empty()) {
    c.refuse(node, "output " + node.outputs[1], "no indices");
  }
  c.become(node, OpKind::max_pool2d, {c.tensor(node, 0)}, attributes);
}

void average_pool(Conversion& c, const Node& node) {
  trace::Attributes attributes = pool_attributes(c, node);
  attributes["count_include_pad"] = node.integer("count_include_pad", 0) != 0;
  c.become(node, OpKind::avg_pool2d, {c.tensor(node, 0)}, attributes, c.output_type(node).format);
}

void global_average_pool(Conversion& c, const Node& node) {
  expect_image(c, node);
  c.become(node, OpKind::global_avg_pool2d, {c.tensor(node, 0)}, {}, c.output_type(node).format);
}

void global_max_pool(Conversion& c, const Node& node) {
  expect_image(c, node);
  c.become(node, OpKind::reduce_max, {c.tensor(node, 0)},
           {{"axis", Ints{2, 3}}, {"keepdim", true}});
}

}  // namespace

std::vector<Converter> product_converters() {
  return {{"Conv", {}, conv},
          {"ConvInteger", {2, 3}, conv_integer},
          {"MatMul", {}, matmul},
          {"MatMulInteger", {2, 3}, matmul_integer},
          {"Gemm", {}, gemm},
          {"MaxPool", {}, max_pool},
          {"AveragePool", {}, average_pool},
          {"GlobalAveragePool", {}, global_average_pool},
          {"GlobalMaxPool", {}, global_max_pool}};
}

}  // namespace mantissa::workloads::onnx_import
