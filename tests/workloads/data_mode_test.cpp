// SPDX-License-Identifier: Apache-2.0
// What the networks write can be computed: every operator of every preset has a reference, and
// synthetic operands neither overflow nor saturate nor vanish on the way.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "base/numerics/evaluate.h"
#include "tests/workloads/networks/network_text.h"
#include "workloads/operands.h"
#include "workloads/workload.h"

namespace mantissa::workloads {
namespace {

using numerics::Value;
using trace::NumberFormat;

TEST(DataMode, every_operator_of_every_network_can_be_computed) {
  const std::string folder = std::string(MANTISSA_SOURCE_DIR) + "/configs/workload";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_directory()) continue;                  // sets of embedding tables
    if (entry.path().stem() == "example_ops") continue;  // a training step
    const auto w = load_workload(entry.path().string(), config::preset_folders({folder}), {});
    for (const trace::Op& op : w.traces[0].ops) {
      EXPECT_TRUE(numerics::can_evaluate(op.kind)) << entry.path() << " " << trace::name(op.kind);
    }
  }
}

std::vector<Value> computed(const trace::Trace& t, std::uint64_t* overflows) {
  const OperandSource source = synthetic_operands(1);
  std::vector<Value> values;
  for (const trace::Tensor& tensor : t.tensors) {
    values.emplace_back(tensor.format, tensor.shape);
    if (tensor.role != trace::Role::activation) values.back().data = source(t, tensor);
  }
  numerics::evaluate_all(t, values, {}, overflows);
  return values;
}

void expect_alive(const trace::Trace& t) {
  std::uint64_t overflows = 0;
  const std::vector<Value> values = computed(t, &overflows);
  EXPECT_EQ(overflows, 0u);
  for (const trace::Op& op : t.ops) {
    const Value& y = values[op.outputs[0]];
    std::int64_t full = 0;
    double largest = 0;
    for (float x : y.floats()) {
      ASSERT_TRUE(std::isfinite(x)) << op.name;
      largest = std::max(largest, static_cast<double>(std::abs(x)));
      full += y.format == NumberFormat::int8 && (x >= 127 || x <= -128) ? 1 : 0;
    }
    EXPECT_GT(largest, 0) << op.name;
    EXPECT_LE(10 * full, 3 * y.elements()) << op.name << " saturates";
  }
}

class AliveNetwork : public testing::TestWithParam<const char*> {};

TEST_P(AliveNetwork, values_neither_overflow_nor_saturate_nor_vanish) {
  for (NumberFormat f : {NumberFormat::int8, NumberFormat::bf16, NumberFormat::fp32}) {
    SCOPED_TRACE(trace::name(f));
    expect_alive(built(GetParam(), f, 2));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Families, AliveNetwork,
    testing::Values(
        "input: {shape: [3, 20, 20]}\nlayers:\n"
        "  - conv: {channels: 16, kernel: 7, stride: 2, padding: 3, batch_norm: true, activation: "
        "relu}\n"
        "  - max_pool: {kernel: 3, stride: 2, padding: 1}\n"
        "  - bottleneck: {channels: 8, repeat: 2}\n  - basic_block: {channels: 24, stride: 2}\n"
        "  - inverted_residual: {channels: 24, repeat: 2}\n  - avg_pool: {kernel: 2}\n"
        "  - global_avg_pool\n  - linear: {features: 10}\n",
        "input: {shape: [4, 48]}\nlayers:\n"
        "  - transformer_encoder: {heads: 4, intermediate: 96, repeat: 2}\n  - lstm: {hidden: "
        "40}\n",
        "input: {shape: [5], indices: true}\nlayers:\n"
        "  - embedding: {rows: 99, width: 32, positions: 8}\n"
        "  - transformer_decoder: {heads: 4, intermediate: 64, repeat: 2}\n  - layer_norm\n"
        "  - token_scores\n",
        "input: {shape: [1], indices: true}\nlayers:\n"
        "  - embedding: {rows: 99, width: 32, positions: 8, offset: 6}\n"
        "  - transformer_decoder: {heads: 4, intermediate: 64, cached: 6}\n  - layer_norm\n"
        "  - token_scores: {all_positions: true}\n",
        "input: {shape: [13]}\nlayers: [{dlrm: {bottom: [64, 16], top: [32, 1], tables: 7}}]\n"));

// The negative control: weights whose step is too coarse saturate.
TEST(DataMode, coarse_weights_would_saturate) {
  const auto t =
      built("weight_scale: 1\ninput: {shape: [64]}\nlayers: [{linear: {features: 64}}]\n");
  std::uint64_t overflows = 0;
  const Value y = computed(t, &overflows)[t.ops.back().outputs[0]];
  std::int64_t full = 0;
  for (float x : y.floats()) full += x >= 127 || x <= -128 ? 1 : 0;
  EXPECT_GT(10 * full, 9 * y.elements());
}

}  // namespace
}  // namespace mantissa::workloads
