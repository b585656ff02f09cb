// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/trace_operations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/numerics/evaluate.h"
#include "base/numerics/fp16.h"
#include "base/numerics/random_fill.h"
#include "base/trace/builder.h"
#include "base/trace/vocabulary.h"

namespace mantissa::workloads::ipu {
namespace {

using numerics::Value;
using trace::NumberFormat;
using trace::OpKind;

// Small whole numbers: products and sums are exact in FP16 and FP32.
std::vector<std::byte> whole_numbers(const trace::Trace&, const trace::Tensor& tensor) {
  const numerics::RandomStream draw(7, tensor.name);
  std::vector<float> x(static_cast<std::size_t>(tensor.elements()));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(draw.integer(i, -3, 3));
  return Value::of_floats(tensor.format, tensor.shape, x).data;
}

LoadedWorkload workload_of(trace::Trace trace) {
  LoadedWorkload w;
  w.name = trace.name;
  w.traces.push_back(std::move(trace));
  w.operands = whole_numbers;
  w.synthetic_operands = true;
  return w;
}

double value(std::uint32_t code) {
  return to_float(numerics::Fp16{static_cast<std::uint16_t>(code)});
}

// Operations as wide as all of k hold whole dot products: those of the outputs that were drawn.
void expect_whole_products(const LoadedWorkload& w) {
  const trace::Trace& trace = w.traces[0];
  const trace::Op& op = trace.ops.at(0);
  const SampledOperations s = sample_operations(w, {64}, 200, 5);
  ASSERT_EQ(s.operations.front().count(), 200u);
  std::vector<Value> operands;
  for (const auto id : op.inputs) {
    const trace::Tensor& t = trace.tensor(id);
    operands.emplace_back(t.format, t.shape);
    operands.back().data = whole_numbers(trace, t);
  }
  std::vector<const Value*> inputs;
  for (const Value& v : operands) inputs.push_back(&v);
  const std::vector<float> outputs = numerics::evaluate(trace, op, inputs, {}).front().floats();
  const numerics::RandomStream draw(5, op.name);
  bool shifted_would_pass = true;
  for (std::size_t i = 0; i < 200; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 64; ++k)
      sum += value(s.operations[0].a_of(i)[k]) * value(s.operations[0].b_of(i)[k]);
    const auto y = static_cast<std::size_t>(
        draw.integer(2 * i, 0, static_cast<std::int64_t>(outputs.size()) - 1));
    ASSERT_EQ(sum, outputs[y]) << i;
    shifted_would_pass = shifted_would_pass && sum == outputs[(y + 1) % outputs.size()];
  }
  EXPECT_FALSE(shifted_would_pass);
}

TEST(IpuTraceOperations, of_a_convolution_are_its_products) {
  trace::TraceBuilder b("convolution");
  const auto x = b.input("x", NumberFormat::fp16, {2, 6, 7, 5});
  const auto w = b.parameter("w", NumberFormat::fp16, {4, 3, 3, 2});
  b.op(OpKind::conv2d, "conv", {x, w},
       {{"stride", trace::ints({2, 1})},
        {"padding", trace::ints({1, 2})},
        {"dilation", trace::ints({1, 2})},
        {"groups", std::int64_t{2}}});
  expect_whole_products(workload_of(b.finish()));
}

TEST(IpuTraceOperations, of_matrix_products_are_theirs_transposed_or_in_batches) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true}) {
      trace::TraceBuilder b("product");
      using S = trace::Shape;
      const auto x = b.input("x", NumberFormat::fp16, ta ? S{3, 20, 5} : S{3, 5, 20});
      const auto w = b.parameter("w", NumberFormat::fp16, tb ? S{7, 20} : S{20, 7});
      b.op(OpKind::matmul, "mm", {x, w}, {{"transpose_a", ta}, {"transpose_b", tb}});
      expect_whole_products(workload_of(b.finish()));
    }
}

TEST(IpuTraceOperations, follow_activations_and_share_the_sample_by_products) {
  trace::TraceBuilder b("two layers");
  const auto x = b.input("x", NumberFormat::fp16, {4, 32});
  const auto w = b.parameter("w", NumberFormat::fp16, {32, 24});
  const auto y = b.op(OpKind::matmul, "first", {x, w});
  const auto z = b.op(OpKind::relu, "relu", {y});
  const auto v = b.parameter("v", NumberFormat::fp16, {24, 8});
  b.op(OpKind::matmul, "second", {z, v});
  const SampledOperations s = sample_operations(workload_of(b.finish()), {8, 16}, 1000, 5);
  EXPECT_EQ(s.operators, 2);
  EXPECT_EQ(s.left_out, 0);
  EXPECT_TRUE(s.synthetic);
  EXPECT_THAT(s.operations.front().source, ::testing::HasSubstr("synthetic"));
  ASSERT_EQ(s.operations.size(), 2u);
  for (const Operations& operations : s.operations) {
    EXPECT_EQ(operations.count(), 1000u);
    // 4 x 24 x 32 and 4 x 8 x 24 products: the first 800 are of the first layer; later inputs have
    // been through the relu.
    bool negative_first = false, negative_second = false;
    for (std::size_t i = 0; i < 1000; ++i)
      for (int k = 0; k < operations.lanes; ++k)
        if (value(operations.a_of(i)[k]) < 0) (i < 800 ? negative_first : negative_second) = true;
    EXPECT_TRUE(negative_first);
    EXPECT_FALSE(negative_second);
  }
}

TEST(IpuTraceOperations, of_a_recorded_trace_hold_what_its_tensors_file_holds) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("ipu_trace_" + std::to_string(::getpid()) + ".safetensors");
  trace::TraceBuilder b("recorded");
  const auto x = b.input("x", NumberFormat::fp32, {4, 32});
  const auto w = b.parameter("w", NumberFormat::fp32, {32, 24});
  b.op(OpKind::matmul, "mm", {x, w});
  LoadedWorkload workload = workload_of(b.finish());
  const Operations made = sample_operations(workload, {16}, 100, 5).operations.front();
  write_operands(workload.traces[0], whole_numbers, file.string());
  workload.operands = nullptr;
  workload.synthetic_operands = false;
  workload.traces[0].operands_file = file.string();
  const SampledOperations recorded = sample_operations(workload, {16}, 100, 5);
  std::filesystem::remove(file);
  EXPECT_EQ(recorded.operations.front().a, made.a);
  EXPECT_EQ(recorded.operations.front().b, made.b);
  EXPECT_EQ(recorded.operations.front().source, "recorded");
  EXPECT_FALSE(recorded.synthetic);
}

TEST(IpuTraceOperations, leave_out_what_needs_activations_that_nobody_can_compute) {
  trace::TraceBuilder b("partly known");
  const auto x = b.input("x", NumberFormat::fp16, {4, 32});
  const auto w = b.parameter("w", NumberFormat::fp16, {32, 24});
  const auto y = b.op(OpKind::matmul, "first", {x, w});
  const auto z =
      b.op_with_outputs(OpKind::generic, "unknown", {y}, {{"elements", std::int64_t{96}}},
                        {{"z", NumberFormat::fp16, {4, 24}}});
  const auto v = b.parameter("v", NumberFormat::fp16, {24, 8});
  b.op(OpKind::matmul, "second", {z.front(), v});
  const SampledOperations s = sample_operations(workload_of(b.finish()), {16}, 100, 5);
  EXPECT_EQ(s.operators, 1);
  EXPECT_EQ(s.left_out, 1);
  EXPECT_EQ(s.operations.front().count(), 80u);
}

TEST(IpuTraceOperations, refuse_a_trace_of_integers) {
  trace::TraceBuilder b("integers");
  const auto x = b.input("x", NumberFormat::int8, {4, 32});
  const auto w = b.parameter("w", NumberFormat::int8, {32, 24});
  b.op(OpKind::matmul, "mm", {x, w});
  const LoadedWorkload workload = workload_of(b.finish());
  EXPECT_THROW(sample_operations(workload, {8}, 10, 1), Error);
}

}  // namespace
}  // namespace mantissa::workloads::ipu
