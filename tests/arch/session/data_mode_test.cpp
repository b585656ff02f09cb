// SPDX-License-Identifier: Apache-2.0
// Data mode: what comes out of the chip, through memory, scratchpad, array, accumulators and vector
// unit, equals the reference executor bit for bit, for every dataflow, tiling and number format.
#include <gtest/gtest.h>

#include <cstring>

#include "arch/units/matrix_model.h"
#include "base/numerics/evaluate.h"
#include "base/numerics/gemm.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using namespace testing;
using numerics::Value;
using trace::ints;
using trace::NumberFormat;
using trace::OpKind;
using trace::Role;
using trace::TensorId;
using trace::Trace;
using trace::TraceBuilder;

std::vector<std::byte> operands_of(const trace::Tensor& tensor) {
  return numerics::fill_random(tensor.format, tensor.shape, 7, tensor.name);
}

RunOptions with_values() {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [](const Trace&, const trace::Tensor& t) { return operands_of(t); };
  return options;
}

// What the reference executor makes of the same operands, in the order of the given dataflow.
std::vector<Value> reference(const Trace& trace, const ArchConfig& config) {
  std::vector<Value> values(trace.tensors.size());
  for (TensorId t = 0; t < trace.tensors.size(); ++t) {
    values[t] = Value(trace.tensors[t].format, trace.tensors[t].shape);
    if (trace.tensors[t].role != Role::activation) values[t].data = operands_of(trace.tensors[t]);
  }
  numerics::EvaluationOrder order;
  order.matrix = make_matrix_model(config.core)->order();
  order.lanes = static_cast<unsigned>(config.core.vector.lanes);
  numerics::evaluate_all(trace, values, order);
  return values;
}

void expect_equal(const Trace& trace, const ArchConfig& config) {
  const RunResult r = run(config, trace, with_values());
  const auto values = reference(trace, config);
  ASSERT_FALSE(r.outputs.empty());
  for (const auto& output : r.outputs) {
    bool found = false;
    for (TensorId t = 0; t < trace.tensors.size(); ++t) {
      if (trace.tensors[t].name != output.tensor.name) continue;
      found = true;
      EXPECT_EQ(output.bytes, values[t].data)
          << trace.name << ": " << output.tensor.name << " on " << config.name;
    }
    EXPECT_TRUE(found) << output.tensor.name;
  }
}

const Dataflow dataflows[] = {Dataflow::weight_stationary, Dataflow::output_stationary,
                              Dataflow::input_stationary};

struct Convolution2d {
  std::int64_t images, channels, size, filters, kernel, stride, padding, groups;
};

Trace convolution(const Convolution2d& c, NumberFormat format) {
  TraceBuilder b("convolution");
  const auto x = b.input("x", format, {c.images, c.channels, c.size, c.size + 1});
  const auto w = b.parameter("w", format, {c.filters, c.channels / c.groups, c.kernel, c.kernel});
  b.op(OpKind::conv2d, "conv", {x, w},
       {{"stride", ints({c.stride, c.stride})},
        {"padding", ints({c.padding, c.padding})},
        {"groups", c.groups}});
  return b.finish();
}

class Formats : public ::testing::TestWithParam<NumberFormat> {};

TEST_P(Formats, products_equal_the_executor_for_every_dataflow_array_and_store) {
  for (const Dataflow dataflow : dataflows)
    for (const auto& shape : {std::array<std::int64_t, 3>{1, 1, 1},
                              {7, 8, 9},
                              {33, 40, 17},
                              {100, 200, 60},
                              {5, 300, 3}})
      for (const ArchConfig& config :
           {roomy(8, 8, dataflow), cramped(8, 8, dataflow), cramped(4, 16, dataflow)})
        expect_equal(gemm(shape[0], shape[1], shape[2], GetParam()), config);
}

TEST_P(Formats, convolutions_equal_the_executor) {
  for (const Dataflow dataflow : dataflows)
    for (const Convolution2d& c : {Convolution2d{1, 3, 9, 5, 3, 1, 1, 1},
                                   {2, 8, 7, 16, 3, 2, 1, 1},
                                   {1, 16, 12, 24, 1, 1, 0, 1},
                                   {1, 4, 11, 6, 5, 2, 2, 1}})
      for (ArchConfig config : {roomy(8, 8, dataflow), cramped(8, 8, dataflow)}) {
        // Sums of a channel-tiled convolution run in another order: exact for integers only.
        if (GetParam() == NumberFormat::bf16) config.core.scratchpad.capacity = Bytes(64 << 10);
        expect_equal(convolution(c, GetParam()), config);
      }
}

TEST_P(Formats, grouped_and_depthwise_convolutions_equal_the_executor) {
  for (const Dataflow dataflow : dataflows)
    for (const bool packing : {true, false})
      for (const Convolution2d& c : {Convolution2d{1, 12, 9, 12, 3, 1, 1, 12},
                                     {2, 8, 6, 16, 3, 2, 1, 4},
                                     {1, 10, 5, 20, 3, 1, 0, 2}})
        for (ArchConfig config : {roomy(16, 8, dataflow), cramped(32, 8, dataflow)}) {
          config.mapper.group_packing = packing;
          expect_equal(convolution(c, GetParam()), config);
        }
}

INSTANTIATE_TEST_SUITE_P(Both, Formats, ::testing::Values(NumberFormat::int8, NumberFormat::bf16));

TEST(DataMode, batched_products_with_transposed_activations_equal_the_executor) {
  for (const Dataflow dataflow : dataflows)
    for (const ArchConfig& config : {roomy(8, 8, dataflow), cramped(8, 8, dataflow)}) {
      TraceBuilder b("attention");
      const auto q = b.input("q", NumberFormat::int8, {2, 3, 10, 12});
      const auto k = b.input("k", NumberFormat::int8, {2, 3, 14, 12});
      b.op(OpKind::matmul, "scores", {q, k}, {{"transpose_b", true}});
      expect_equal(b.finish(), config);
    }
}

// A residual block with everything that rides behind the array.
Trace block(NumberFormat format) {
  TraceBuilder b("block");
  const bool integer = format == NumberFormat::int8;
  const auto leave = [&](const std::string& name, TensorId x) {
    if (integer)
      return b.op(OpKind::quantize, name, {x}, {{"scale", trace::reals({64.0})}}, format);
    return b.op(OpKind::cast, name, {x}, {}, format);
  };
  const auto conv = [&](const std::string& name, TensorId x, std::int64_t filters,
                        std::int64_t kernel, std::int64_t stride) {
    const auto w = b.parameter(name + ".w", format, {filters, b.shape(x)[1], kernel, kernel});
    auto y =
        b.op(OpKind::conv2d, name, {x, w},
             {{"stride", ints({stride, stride})}, {"padding", ints({kernel / 2, kernel / 2})}});
    const auto p = [&](const char* what) {
      return b.parameter(name + what, NumberFormat::fp32, {filters});
    };
    if (integer) y = b.op(OpKind::cast, name + ".f", {y}, {}, NumberFormat::fp32);
    const auto gamma = p(".gamma"), beta = p(".beta"), mean = p(".mean");
    const auto var = b.parameter(name + ".one", NumberFormat::fp32, {filters});
    // Random variances may be negative; their magnitude is what the test needs, so eps is large.
    return b.op(OpKind::batch_norm, name + ".bn", {y, gamma, beta, mean, var}, {{"eps", 2.0}});
  };
  const auto x = b.input("x", format, {2, 6, 8, 8});
  auto y = leave("a.out", b.op(OpKind::relu, "a.relu", {conv("a", x, 12, 3, 2)}));
  auto short_cut = leave("s.out", conv("s", x, 12, 1, 2));
  auto z = conv("b", y, 12, 3, 1);
  const auto wide = integer ? b.op(OpKind::dequantize, "s.wide", {short_cut},
                                   {{"scale", trace::reals({0.5})}}, NumberFormat::fp32)
                            : b.op(OpKind::cast, "s.wide", {short_cut}, {}, NumberFormat::fp32);
  z = leave("b.out", b.op(OpKind::relu, "b.relu", {b.op(OpKind::add, "b.add", {z, wide})}));
  z = b.op(OpKind::max_pool2d, "pool", {z},
           {{"kernel_size", ints({2, 2})}, {"stride", ints({2, 2})}});
  z = b.op(OpKind::reshape, "flat", {z}, {{"shape", ints({2, 48})}});
  const auto w = b.parameter("fc.w", format, {10, 48});
  z = b.op(OpKind::matmul, "fc", {z, w}, {{"transpose_b", true}});
  return b.finish();
}

TEST(DataMode, a_residual_block_equals_the_executor_resident_or_not_fused_or_not) {
  for (const NumberFormat format : {NumberFormat::int8, NumberFormat::bf16})
    for (const bool fuse : {true, false})
      for (const double resident : {0.0, 0.5})
        for (ArchConfig config : {roomy(8, 8), cramped(8, 8)}) {
          config.core.scratchpad.capacity =
              std::max(config.core.scratchpad.capacity, Bytes(48 << 10));
          config.mapper.fuse = fuse;
          config.mapper.resident_fraction = resident;
          const Trace whole = block(format);
          for (std::size_t n = 1; n <= whole.ops.size(); ++n) {
            Trace part = whole;
            part.ops.resize(n);
            part.name = "block up to " + part.ops.back().name + (fuse ? " fused" : "") +
                        (resident > 0 ? " resident" : "");
            expect_equal(part, config);
            if (HasFailure()) return;
          }
        }
}

// One step at a time, so that a difference has a name.
TEST(DataMode, single_operators_and_short_chains_equal_the_executor) {
  for (ArchConfig config : {roomy(8, 8), cramped(8, 8)}) {
    config.core.scratchpad.capacity = std::max(config.core.scratchpad.capacity, Bytes(48 << 10));
    for (const double resident : {0.0, 0.5}) {
      config.mapper.resident_fraction = resident;
      {
        TraceBuilder b("pool");
        const auto x = b.input("x", NumberFormat::int8, {2, 12, 4, 4});
        b.op(OpKind::max_pool2d, "pool", {x},
             {{"kernel_size", ints({2, 2})}, {"stride", ints({2, 2})}});
        expect_equal(b.finish(), config);
      }
      {
        TraceBuilder b("pool, flatten");
        const auto x = b.input("x", NumberFormat::int8, {2, 12, 4, 4});
        const auto y = b.op(OpKind::max_pool2d, "pool", {x},
                            {{"kernel_size", ints({2, 2})}, {"stride", ints({2, 2})}});
        const auto z = b.op(OpKind::reshape, "flat", {y}, {{"shape", ints({2, 48})}});
        b.op(OpKind::relu, "relu", {z});
        expect_equal(b.finish(), config);
      }
      {
        TraceBuilder b("transposed weights");
        const auto x = b.input("x", NumberFormat::int8, {2, 48});
        const auto w = b.parameter("w", NumberFormat::int8, {10, 48});
        b.op(OpKind::matmul, "fc", {x, w}, {{"transpose_b", true}});
        expect_equal(b.finish(), config);
      }
      {
        TraceBuilder b("chain");
        const auto x = b.input("x", NumberFormat::int8, {2, 6, 8, 8});
        const auto w = b.parameter("w", NumberFormat::int8, {12, 6, 3, 3});
        auto y = b.op(OpKind::conv2d, "conv", {x, w}, {{"padding", ints({1, 1})}});
        const auto m = b.parameter("m", NumberFormat::int32, {12});
        y = b.op(OpKind::relu, "relu", {y});
        y = b.op(OpKind::cast, "f", {y}, {}, NumberFormat::fp32);
        y = b.op(OpKind::quantize, "q", {y}, {{"scale", trace::reals({64.0})}}, NumberFormat::int8);
        const auto v = b.parameter("v", NumberFormat::int8, {5, 12, 1, 1});
        b.op(OpKind::conv2d, "conv2", {y, v});
        (void)m;
        expect_equal(b.finish(), config);
      }
      {
        TraceBuilder b("fake quantised");
        const trace::Attributes format{
            {"bits", 4}, {"granularity", "vector"}, {"vector_size", 4}, {"scale_bits", 4}};
        const auto x = b.input("x", NumberFormat::fp32, {2, 6, 8, 8});
        const auto w = b.parameter("w", NumberFormat::fp32, {12, 6, 3, 3});
        const auto qx = b.op(OpKind::fake_quantize, "qx", {x}, format);
        const auto qw = b.op(OpKind::fake_quantize, "qw", {w}, {{"scheme", "nvfp4"}});
        b.op(OpKind::relu, "x.relu", {qx});
        b.op(OpKind::relu, "w.relu", {qw});
        expect_equal(b.finish(), config);
      }
    }
  }
}

TEST(DataMode, takes_exactly_the_cycles_of_shape_mode) {
  for (const Dataflow dataflow : dataflows) {
    const ArchConfig config = cramped(8, 8, dataflow);
    const auto trace = gemm(100, 200, 60);
    EXPECT_EQ(run(config, trace).cycles, run(config, trace, with_values()).cycles);
  }
}

// The order of floating-point sums is part of the operation: dataflows disagree in many bits, and
// all lie within the bound that facts/numerics states.
TEST(DataMode, bf16_sums_differ_between_dataflows_and_stay_within_the_reordering_bound) {
  const auto trace = gemm(16, 1024, 16, NumberFormat::bf16);
  const auto ws = run(roomy(8, 8, Dataflow::weight_stationary), trace, with_values()).outputs.at(0);
  const auto os = run(roomy(8, 8, Dataflow::output_stationary), trace, with_values()).outputs.at(0);
  std::size_t different = 0;
  for (std::size_t i = 0; i < ws.bytes.size(); i += 4)
    different += std::memcmp(&ws.bytes[i], &os.bytes[i], 4) != 0 ? 1 : 0;
  EXPECT_GT(different, ws.bytes.size() / 4 / 2);
}

TEST(DataMode, int32_sums_that_wrap_are_counted_and_reported) {
  TraceBuilder b("overflow");
  const auto x = b.input("x", NumberFormat::int8, {1, 140000});
  const auto w = b.parameter("w", NumberFormat::int8, {140000, 1});
  b.op(OpKind::matmul, "y", {x, w});
  RunOptions options = with_values();
  options.operands = [](const Trace&, const trace::Tensor& t) {
    return std::vector<std::byte>(t.bytes(), std::byte{0x80});  // -128 * -128 * 140000 > 2^31
  };
  const RunResult r = run(roomy(8, 8), b.finish(), options);
  EXPECT_EQ(r.int32_overflows, 1u);
  EXPECT_NE(
      std::find_if(r.warnings.begin(), r.warnings.end(),
                   [](const std::string& w) { return w.find("overflowed") != std::string::npos; }),
      r.warnings.end());
}

TEST(DataMode, a_wrong_operand_shows_up_in_the_output) {
  const auto trace = gemm(9, 9, 9);
  RunOptions options = with_values();
  options.operands = [](const Trace&, const trace::Tensor& t) {
    auto bytes = operands_of(t);
    if (t.name == "w") bytes[40] ^= std::byte{1};
    return bytes;
  };
  EXPECT_NE(run(roomy(8, 8), trace, options).outputs.at(0).bytes,
            reference(trace, roomy(8, 8)).back().data);
}

}  // namespace
}  // namespace mantissa::arch
