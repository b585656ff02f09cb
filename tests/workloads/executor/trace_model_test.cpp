// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/trace_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/numerics/error_bound.h"
#include "base/numerics/evaluate.h"
#include "base/trace/builder.h"
#include "tests/workloads/import/onnx_model_text.h"
#include "workloads/executor/tensor.h"
#include "workloads/networks/network.h"
#include "workloads/workload.h"

namespace mantissa::workloads {
namespace {

using testing::HasSubstr;
using trace::NumberFormat;
using trace::OpKind;

trace::Trace network(const std::string& rest) {
  return Network(config::read_text("kind: network\nversion: 1\n" + rest, "net.yaml"))
      .build(NumberFormat::fp32, 0, 2, 0);
}

std::vector<numerics::Value> evaluated(const trace::Trace& t, const OperandSource& source) {
  std::vector<numerics::Value> values;
  for (const trace::Tensor& tensor : t.tensors) {
    values.emplace_back(tensor.format, tensor.shape);
    if (tensor.role != trace::Role::activation) values.back().data = source(t, tensor);
  }
  numerics::evaluate_all(t, values, numerics::EvaluationOrder{});
  return values;
}

double largest(const at::Tensor& x) {
  return x.numel() == 0 ? 0 : x.to(at::kDouble).abs().max().item<double>();
}

// How far each operator's result is from numerics::evaluate on the same operands, as a part of the
// bound that the header states: at most 1.
double worst_part_of_bound(const trace::Trace& t, const OperandSource& source) {
  const std::vector<numerics::Value> values = evaluated(t, source);
  double worst = 0;
  for (const trace::Op& op : t.ops) {
    std::vector<at::Tensor> operands;
    double magnitude = 0;
    for (trace::TensorId id : op.inputs) {
      operands.push_back(id == trace::no_tensor ? at::Tensor() : tensor_of(values[id]));
      if (operands.back().defined()) magnitude = std::max(magnitude, largest(operands.back()));
    }
    const std::vector<at::Tensor> results = compute(t, op, operands, false);
    EXPECT_EQ(results.size(), op.outputs.size()) << op.name;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const at::Tensor golden = tensor_of(values[op.outputs[i]]).to(at::kDouble);
      const at::Tensor error = (results[i].to(at::kDouble) - golden).abs();
      EXPECT_EQ(shape_of(results[i]), t.tensor(op.outputs[i]).shape) << op.name;
      at::Tensor bound;
      if (op.kind == OpKind::matmul || op.kind == OpKind::conv2d) {
        std::vector<at::Tensor> wide;
        for (const at::Tensor& x : operands) {
          wide.push_back(x.defined() ? x.to(at::kDouble).abs() : x);
        }
        const trace::Tensor& w = t.tensor(op.inputs[1]);
        const std::size_t k = w.shape.size() - (op.flag("transpose_b", false) ? 1 : 2);
        const std::int64_t products =
            op.kind == OpKind::conv2d ? w.elements() / w.shape[0] : w.shape[k];
        bound = 2 * numerics::gamma(products + 1) * compute(t, op, wide, false).front() +
                0x1p-24 * golden.abs();
      } else {
        bound = torch::full({}, 0x1p-18 * std::max(magnitude, largest(golden)), at::kDouble);
      }
      worst = std::max(worst, largest(error / bound.clamp_min(1e-300)));
    }
  }
  return worst;
}

const char* convolutional =
    "input: {shape: [3, 11, 11]}\n"
    "layers:\n"
    "  - conv: {name: stem, channels: 8, kernel: 3, padding: 1, stride: 2, batch_norm: true, "
    "activation: "
    "relu6}\n"
    "  - max_pool: {kernel: 3, stride: 2, padding: 1}\n"
    "  - inverted_residual: {channels: 8, expansion: 2}\n"
    "  - basic_block: {name: block, channels: 16, stride: 2}\n"
    "  - conv: {channels: 16, kernel: 1, groups: 4, bias: true, activation: silu}\n"
    "  - avg_pool: {kernel: 3, stride: 1, padding: 1}\n"
    "  - conv: {channels: 16, kernel: 1, activation: hardswish}\n"
    "  - global_avg_pool\n"
    "  - linear: {features: 10, activation: tanh}\n"
    "  - softmax\n";

TEST(TraceModel, DiffersFromTheReferenceExecutorByTheStatedBoundAtMost) {
  const OperandSource source = synthetic_operands(3);
  const char* sequences =
      "input: {shape: [5, 24]}\n"
      "layers:\n"
      "  - transformer_encoder: {name: encoder, heads: 4, intermediate: 32}\n"
      "  - lstm: {hidden: 6, sequence: true}\n"
      "  - layer_norm\n"
      "  - linear: {features: 5, activation: sigmoid}\n";
  const char* tokens =
      "input: {indices: true, shape: [5]}\n"
      "layers:\n"
      "  - embedding: {rows: 20, width: 12, positions: 9}\n"
      "  - transformer_decoder: {name: decoder, heads: 3, intermediate: 16}\n"
      "  - token_scores: {name: head}\n";
  for (const char* text : {convolutional, sequences, tokens}) {
    const double part = worst_part_of_bound(network(text), source);
    EXPECT_LE(part, 1) << text;
    EXPECT_GT(part, 0) << text;  // they are two computations
  }
}

TEST(TraceModel, ComputesTheOperatorsThatNoLayerHas) {
  trace::TraceBuilder b("others");
  const auto x = b.input("x", NumberFormat::fp32, {4, 6});
  const auto indices = b.input("indices", NumberFormat::int32, {3});
  const auto op = [&](OpKind kind, std::vector<trace::TensorId> in, trace::Attributes a = {}) {
    return b.op(kind, trace::name(kind) + std::to_string(b.trace().ops.size()), std::move(in),
                std::move(a));
  };
  const auto positive = op(OpKind::add, {op(OpKind::mul, {x, x})}, {{"scalar", 0.5}});
  const auto y = op(OpKind::sub, {x, positive}, {{"alpha", 0.25}});
  op(OpKind::div, {x, positive});
  op(OpKind::power, {positive}, {{"scalar", 1.5}});
  op(OpKind::maximum, {x, y});
  op(OpKind::minimum, {x, y});
  op(OpKind::where, {op(OpKind::less, {x, y}), x, y});
  for (const OpKind kind : {OpKind::exp, OpKind::erf, OpKind::abs, OpKind::neg, OpKind::leaky_relu,
                            OpKind::sign, OpKind::round, OpKind::gelu}) {
    op(kind, {x});
  }
  for (const OpKind kind : {OpKind::log, OpKind::sqrt, OpKind::rsqrt, OpKind::reciprocal}) {
    op(kind, {positive});
  }
  op(OpKind::gelu, {x}, {{"approximate", std::string("tanh")}});
  op(OpKind::clamp, {x}, {{"high", 0.25}});
  for (const OpKind kind :
       {OpKind::reduce_sum, OpKind::reduce_mean, OpKind::reduce_max, OpKind::reduce_min}) {
    op(kind, {x});
    op(kind, {x}, {{"axis", trace::ints({0})}, {"keepdim", true}});
  }
  op(OpKind::log_softmax, {x}, {{"axis", std::int64_t{0}}});
  op(OpKind::rms_norm, {x});
  op(OpKind::cumsum, {x}, {{"axis", std::int64_t{1}}});
  op(OpKind::gather, {x, indices}, {{"axis", std::int64_t{1}}});
  op(OpKind::pad, {x},
     {{"before", trace::ints({1, 0})}, {"after", trace::ints({0, 2})}, {"value", 3.0}});
  op(OpKind::slice, {x},
     {{"axis", trace::ints({1})}, {"start", trace::ints({-5})}, {"step", trace::ints({2})}});
  op(OpKind::expand, {op(OpKind::reshape, {x}, {{"shape", trace::ints({1, 24})}})},
     {{"shape", trace::ints({3, 24})}});
  const auto image = op(OpKind::reshape, {x}, {{"shape", trace::ints({1, 2, 3, 4})}});
  op(OpKind::group_norm, {image}, {{"groups", std::int64_t{2}}});
  op(OpKind::max_pool2d, {image},
     {{"kernel_size", trace::ints({3})},
      {"stride", trace::ints({1})},
      {"padding", trace::ints({0, 1, 1, 0})}});
  op(OpKind::avg_pool2d, {image},
     {{"kernel_size", trace::ints({2})},
      {"padding", trace::ints({1})},
      {"count_include_pad", false}});
  const trace::Trace t = b.finish();
  EXPECT_LE(worst_part_of_bound(t, synthetic_operands(5)), 1);
}

TEST(TraceModel, LearnsAndKeepsTheNamesOfItsParameters) {
  const trace::Trace t =
      network("input: {shape: [8]}\nlayers: [{mlp: {name: net, features: [16, 3]}}]\n");
  TraceModel net(t, synthetic_operands(1));
  EXPECT_EQ(parameter_count(net), 8 * 16 + 16 + 16 * 3 + 3);
  ASSERT_TRUE(net.named_parameters().contains("net.fc1.weight"));
  torch::optim::SGD sgd(net.parameters(), 0.5);
  const at::Tensor x = torch::eye(8).slice(0, 0, 2), y = torch::tensor({0, 2}, at::kLong);
  std::vector<float> losses;
  for (int step = 0; step < 20; ++step) {
    sgd.zero_grad();
    const at::Tensor loss = torch::nn::functional::cross_entropy(net.forward(x), y);
    loss.backward();
    sgd.step();
    losses.push_back(loss.item<float>());
  }
  EXPECT_LT(losses.back(), 0.5f * losses.front());
}

TEST(TraceModel, UsesTheStatisticsOfTheBatchWhenItTrains) {
  TraceModel net(network(convolutional), synthetic_operands(1));
  const at::Tensor x = torch::ones({2, 3, 11, 11});
  const at::Tensor before = net.named_buffers()["stem.bn.running_mean"].clone();
  net.eval();
  net.forward(x);
  EXPECT_TRUE(torch::equal(net.named_buffers()["stem.bn.running_mean"], before));
  net.train();
  net.forward(x);
  EXPECT_FALSE(torch::equal(net.named_buffers()["stem.bn.running_mean"], before));
}

TEST(TraceModel, RunsModelsOfOnnxWithTheirWeights) {
  const TemporaryFolder folder;
  OnnxBuilder b;
  b.input("x", {1, 2, 4, 4}).output("y", {1, 5});
  b.weight("conv.weight", {3, 2, 3, 3}).weight("fc.weight", {5, 12}).weight("fc.bias", {5});
  auto& conv = b.node("Conv", {"x", "conv.weight"}, {"c"});
  OnnxBuilder::ints(conv, "kernel_shape", {3, 3});
  OnnxBuilder::ints(conv, "pads", {0, 0, 0, 0});
  b.node("Relu", {"c"}, {"r"});
  b.node("Flatten", {"r"}, {"f"});
  auto& gemm = b.node("Gemm", {"f", "fc.weight", "fc.bias"}, {"y"});
  OnnxBuilder::integer(gemm, "transB", 1);
  b.save(folder.file("model.onnx"));
  const LoadedWorkload w = load_workload(folder.file("model.onnx"), config::preset_folders({}), {});
  TraceModel net(w.traces.front(), w.operands);
  const at::Tensor x = torch::randn({1, 2, 4, 4});
  const at::Tensor k = torch::arange(54).reshape({3, 2, 3, 3}) / 8.0;
  const at::Tensor m = torch::arange(60).reshape({5, 12}) / 8.0;
  const at::Tensor c = at::relu(at::conv2d(x, k)).flatten(1);
  EXPECT_TRUE(torch::allclose(net.forward(x), at::linear(c, m, torch::arange(5) / 8.0), 1e-5));
  EXPECT_EQ(parameter_count(net), 54 + 60 + 5);
}

TEST(TraceModel, RunsIntegersAsTheGoldenKernels) {
  const trace::Trace t = Network(config::read_text("kind: network\nversion: 1\n"
                                                   "input: {shape: [2, 6, 6]}\nlayers:\n"
                                                   "  - conv: {channels: 4, kernel: 3}\n"
                                                   "  - flatten\n  - linear: {features: 3}\n",
                                                   "net.yaml"))
                             .build(NumberFormat::int8, 0, 1, 0);
  const OperandSource source = synthetic_operands(2);
  const std::vector<numerics::Value> values = evaluated(t, source);
  TraceModel net(t, source);
  const at::Tensor y = net.forward(tensor_of(values[0]));
  EXPECT_EQ(value_of(y), values[t.ops.back().outputs[0]]);
}

TEST(TraceModel, RefusesWhatItCannotCompute) {
  trace::TraceBuilder b("collective");
  const auto x = b.input("x", NumberFormat::fp32, {4});
  b.op(OpKind::all_reduce, "sum", {x});
  const trace::Trace t = b.finish();
  try {
    TraceModel(t, synthetic_operands(1));
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "executor.no-kernel");
    EXPECT_THAT(e.message(), HasSubstr("all_reduce 'sum'"));
  }
  TraceModel net(network("input: {shape: [8]}\nlayers: [{linear: {features: 3}}]\n"),
                 synthetic_operands(1));
  try {
    net.forward(torch::zeros({3, 8}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "executor.input-shape");
    EXPECT_THAT(e.message(), HasSubstr("2x8"));
  }
}

}  // namespace
}  // namespace mantissa::workloads
