// SPDX-License-Identifier: Apache-2.0
// ONNX models become traces operator by operator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/numerics/element.h"
#include "base/trace/builder.h"
#include "tests/workloads/import/onnx_model_text.h"
#include "tests/workloads/networks/network_text.h"
#include "workloads/import/onnx.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::OpKind;
using trace::Shape;
using trace::Trace;

OnnxWorkload imported(const OnnxBuilder& b, const std::map<std::string, std::int64_t>& dims = {}) {
  const TemporaryFolder folder;
  b.save(folder.file("m.onnx"));
  return read_onnx(folder.file("m.onnx"), dims, 1);
}

const Shape& result(const Trace& t) { return t.tensor(t.ops.back().outputs[0]).shape; }

TEST(Onnx, a_convolution_keeps_its_window) {
  OnnxBuilder b;
  auto& n = b.input("x", {2, 4, 9, 9})
                .weight("w", {6, 2, 3, 3})
                .weight("b", {6})
                .output("y", {2, 6, 5, 4})
                .node("Conv", {"x", "w", "b"}, {"y"}, "conv");
  b.ints(n, "strides", {2, 2});
  b.ints(n, "pads", {1, 0, 1, 1});
  b.integer(n, "group", 2);
  const auto w = imported(b);
  ASSERT_EQ(kinds(w.trace), "conv2d");
  const auto& op = w.trace.ops[0];
  EXPECT_EQ(op.name, "conv");
  EXPECT_EQ(op.integers("padding", {}), (Shape{1, 0, 1, 1}));
  EXPECT_EQ(op.integer("groups", 1), 2);
  EXPECT_EQ(result(w.trace), (Shape{2, 6, 5, 4}));
  EXPECT_EQ(w.trace.parameters(), 6u * 2 * 9 + 6);
  EXPECT_EQ(w.trace.macs(), 2u * 6 * 5 * 4 * 2 * 9);
}

TEST(Onnx, same_padding_puts_the_odd_zero_where_the_name_says) {
  for (const char* rule : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
    OnnxBuilder b;
    const bool valid = std::string(rule) == "VALID";
    auto& n = b.input("x", {1, 1, 6, 6})
                  .weight("w", {1, 1, 3, 3})
                  .output("y", valid ? std::vector<int>{1, 1, 2, 2} : std::vector<int>{1, 1, 3, 3})
                  .node("Conv", {"x", "w"}, {"y"});
    b.ints(n, "strides", {2, 2});
    b.text(n, "auto_pad", rule);
    const auto pads = imported(b).trace.ops[0].integers("padding", {});
    EXPECT_EQ(pads, valid                               ? (Shape{0, 0, 0, 0})
                    : std::string(rule) == "SAME_UPPER" ? (Shape{0, 0, 1, 1})
                                                        : (Shape{1, 1, 0, 0}));
  }
}

TEST(Onnx, gemm_is_a_product_with_a_bias_or_a_sum) {
  OnnxBuilder b;
  auto& n = b.input("x", {3, 4})
                .weight("w", {5, 4})
                .weight("c", {5})
                .output("y", {3, 5})
                .node("Gemm", {"x", "w", "c"}, {"y"});
  b.integer(n, "transB", 1);
  EXPECT_EQ(kinds(imported(b).trace), "matmul");
  b.real(n, "alpha", 0.5f);
  b.real(n, "beta", 2.0f);
  const auto scaled = imported(b).trace;
  EXPECT_EQ(kinds(scaled), "matmul mul add");
  EXPECT_EQ(scaled.ops[1].real("scalar", 0), 0.5);
  EXPECT_EQ(scaled.ops[2].real("alpha", 0), 2.0);
}

TEST(Onnx, a_residual_network_keeps_its_operators) {
  OnnxBuilder b;
  b.input("x", {1, 4, 8, 8}).weight("w", {4, 4, 1, 1}).output("y", {1, 4});
  for (const char* p : {"s", "bias", "mean", "var"}) b.weight(p, {4});
  b.node("Conv", {"x", "w"}, {"c"});
  b.node("BatchNormalization", {"c", "s", "bias", "mean", "var"}, {"n"});
  b.node("Add", {"n", "x"}, {"a"});
  b.node("Relu", {"a"}, {"r"});
  auto& pool = b.node("MaxPool", {"r"}, {"m"});
  b.ints(pool, "kernel_shape", {2, 2});
  b.ints(pool, "strides", {2, 2});
  b.node("GlobalAveragePool", {"m"}, {"g"});
  b.node("Flatten", {"g"}, {"y"});
  EXPECT_EQ(kinds(imported(b).trace),
            "conv2d batch_norm add relu max_pool2d global_avg_pool2d reshape");
}

// What frameworks export for x.view(x.size(0), -1): the shape is computed in the graph.
TEST(Onnx, a_computed_shape_needs_no_operators) {
  OnnxBuilder b;
  b.input("x", {2, 3, 4}).output("y", {2, 12}).integers("zero", {0}).integers("rest", {-1});
  b.node("Shape", {"x"}, {"shape"});
  b.node("Gather", {"shape", "zero"}, {"n"});
  auto& join = b.node("Concat", {"n", "rest"}, {"target"});
  b.integer(join, "axis", 0);
  b.node("Reshape", {"x", "target"}, {"y"});
  const auto t = imported(b).trace;
  EXPECT_EQ(kinds(t), "reshape");
  EXPECT_EQ(result(t), (Shape{2, 12}));
}

TEST(Onnx, the_pieces_of_attention_come_through) {
  OnnxBuilder b;
  b.input("x", {1, 4, 6}).weight("w", {6, 18}).scalar("d", 2.0f).output("y", {1, 4, 6});
  b.weight("g", {6}).weight("bias", {6});
  b.node("MatMul", {"x", "w"}, {"qkv"});
  auto& split = b.node("Split", {"qkv"}, {"q", "k", "v"});
  b.integer(split, "axis", 2);
  auto& transpose = b.node("Transpose", {"k"}, {"kt"});
  b.ints(transpose, "perm", {0, 2, 1});
  b.node("MatMul", {"q", "kt"}, {"s"});
  b.node("Div", {"s", "d"}, {"scaled"});
  auto& softmax = b.node("Softmax", {"scaled"}, {"p"});
  b.integer(softmax, "axis", -1);
  b.node("MatMul", {"p", "v"}, {"c"});
  b.node("Add", {"c", "x"}, {"sum"});
  b.node("LayerNormalization", {"sum", "g", "bias"}, {"y"});
  const auto t = imported(b).trace;
  EXPECT_EQ(kinds(t), "matmul split transpose matmul div softmax matmul add layer_norm");
  EXPECT_EQ(t.ops[4].real("scalar", 0), 2.0);
  EXPECT_EQ(t.macs(), 4u * 6 * 18 + 2 * 4 * 4 * 6);
}

TEST(Onnx, gelu_in_pieces_and_bounds_as_operands) {
  OnnxBuilder b;
  b.input("x", {3, 4})
      .scalar("two", 2.0f)
      .scalar("lo", 0.0f)
      .scalar("hi", 6.0f)
      .output("y", {3, 4});
  b.node("Pow", {"x", "two"}, {"a"});
  b.node("Sqrt", {"a"}, {"s"});
  b.node("Erf", {"s"}, {"e"});
  b.node("Clip", {"e", "lo", "hi"}, {"c"});
  b.node("Sigmoid", {"c"}, {"g"});
  b.node("Tanh", {"g"}, {"y"});
  EXPECT_EQ(kinds(imported(b).trace), "power sqrt erf relu6 sigmoid tanh");
}

TEST(Onnx, softmax_before_operator_set_13_takes_all_trailing_dimensions) {
  OnnxBuilder b(11);
  b.input("x", {2, 3, 4}).output("y", {2, 3, 4});
  b.node("Softmax", {"x"}, {"y"});
  const auto t = imported(b).trace;
  EXPECT_EQ(kinds(t), "reshape softmax reshape");
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).shape, (Shape{2, 12}));
}

TEST(Onnx, slices_pads_gathers_and_reductions_take_stored_operands) {
  OnnxBuilder b;
  b.input("x", {2, 9, 4}).input("i", {2}, onnx::TensorProto::INT64).output("y", {2, 1});
  b.integers("from", {1}).integers("to", {8}).integers("axis", {1}).integers("step", {2});
  b.integers("pads", {0, 1, 0, 0, 0, 2}).integers("last", {2});
  b.node("Slice", {"x", "from", "to", "axis", "step"}, {"s"});
  b.node("Pad", {"s", "pads"}, {"p"});
  auto& gather = b.node("Gather", {"p", "i"}, {"g"});
  b.integer(gather, "axis", 1);
  b.node("ReduceSum", {"g", "last"}, {"r"});
  auto& mean = b.node("ReduceMean", {"r"}, {"m"});
  b.ints(mean, "axes", {1});
  b.integer(mean, "keepdims", 0);
  b.node("Identity", {"m"}, {"y"});
  const auto t = imported(b).trace;
  EXPECT_EQ(kinds(t), "slice pad gather reduce_sum reduce_mean");
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).shape, (Shape{2, 5, 6}));
  EXPECT_EQ(result(t), (Shape{2, 1}));
}

TEST(Onnx, rows_of_a_stored_table_are_an_embedding) {
  OnnxBuilder b;
  b.input("tokens", {2, 5}, onnx::TensorProto::INT64)
      .weight("table", {7, 3})
      .output("y", {2, 5, 3});
  b.node("Gather", {"table", "tokens"}, {"y"});
  const auto w = imported(b);
  EXPECT_EQ(kinds(w.trace), "embedding");
  for (const auto& tensor : w.trace.tensors) {
    if (tensor.name != "tokens") continue;
    const auto bytes = w.operands(w.trace, tensor);
    for (std::int64_t i = 0; i < 10; ++i) {
      EXPECT_LT(numerics::load_element(tensor.format, bytes.data(), i).integer, 7);
    }
  }
}

TEST(Onnx, integer_products_and_conversions_come_through) {
  OnnxBuilder b;
  b.input("x", {3, 4}).scalar("s", 0.5f).output("y", {3, 2});
  b.integers("z", {0}, onnx::TensorProto::INT8);
  b.graph().mutable_initializer(1)->clear_dims();
  b.integers("w", {1, 2, 3, 4, 5, 6, 7, -8}, onnx::TensorProto::INT8);
  auto& w = *b.graph().mutable_initializer(2);
  w.set_dims(0, 4);
  w.add_dims(2);
  b.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  b.node("MatMulInteger", {"q", "w"}, {"i"});
  auto& cast = b.node("Cast", {"i"}, {"y"});
  b.integer(cast, "to", onnx::TensorProto::FLOAT);
  const auto t = imported(b).trace;
  EXPECT_EQ(kinds(t), "quantize matmul cast");
  EXPECT_EQ(t.ops[0].reals("scale", {}), (std::vector<double>{0.5}));
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).format, NumberFormat::int32);
}

TEST(Onnx, parameters_have_the_models_contents_and_inputs_are_drawn) {
  OnnxBuilder b;
  b.input("x", {1, 2}).weight("w", {2, 2}).output("y", {1, 2});
  b.node("MatMul", {"x", "w"}, {"y"});
  const auto w = imported(b);
  for (const auto& tensor : w.trace.tensors) {
    if (tensor.role == trace::Role::activation) continue;
    const auto bytes = w.operands(w.trace, tensor);
    ASSERT_EQ(bytes.size(), tensor.bytes());
    if (tensor.name != "w") continue;
    const float expected[] = {0, 0.125f, 0.25f, 0.375f};
    EXPECT_EQ(std::memcmp(bytes.data(), expected, sizeof expected), 0);
  }
}

TEST(Onnx, a_named_dimension_takes_the_value_it_is_given) {
  OnnxBuilder b;
  b.input("x", {-1, 4}).weight("w", {4, 2}).output("y", {-1, 2});
  b.node("MatMul", {"x", "w"}, {"y"});
  EXPECT_EQ(result(imported(b, {{"N", 5}}).trace), (Shape{5, 2}));
  EXPECT_THROW(imported(b), Error);
}

TEST(Onnx, external_contents_beside_the_model_are_read) {
  const TemporaryFolder folder;
  OnnxBuilder b;
  b.input("x", {1, 2}).weight("w", {2, 2}).output("y", {1, 2});
  b.node("MatMul", {"x", "w"}, {"y"});
  auto& w = *b.graph().mutable_initializer(0);
  w.clear_float_data();
  w.set_data_location(onnx::TensorProto::EXTERNAL);
  const auto entry = [&](const char* key, const char* value) {
    auto& e = *w.add_external_data();
    e.set_key(key);
    e.set_value(value);
  };
  entry("location", "weights.bin");
  entry("offset", "4");
  entry("length", "16");
  const float contents[] = {9, 1, 2, 3, 4, 9};
  folder.write("weights.bin",
               std::string(reinterpret_cast<const char*>(contents), sizeof contents));
  b.save(folder.file("m.onnx"));
  const auto loaded = read_onnx(folder.file("m.onnx"), {}, 1);
  const auto& tensor = loaded.trace.tensor(loaded.trace.ops[0].inputs[1]);
  const auto bytes = loaded.operands(loaded.trace, tensor);
  EXPECT_EQ(std::memcmp(bytes.data(), contents + 1, 16), 0);
}

}  // namespace
}  // namespace mantissa::workloads
