// SPDX-License-Identifier: Apache-2.0
// An imported topology, run on the simulated core, against the closed form of the public array
// simulator whose file format it is. Per layer, array H x W, no overlap of weight load and compute:
//
//   weight stationary   ceil(K/H) * ceil(N/W) * (2H + W + M - 2) - 1
//   output stationary   ceil(M/H) * ceil(N/W) * (H + W + K - 2) - 1
//
// It reports the index of the last cycle; we report their number, one more. Output stationary it
// leaves out the last fold's H cycles of shifting out; `compute` counts them.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/arch/fixtures.h"
#include "workloads/import/scale_sim.h"

namespace mantissa::workloads {
namespace {

using arch::Dataflow;
using arch::testing::roomy;

struct Product {
  std::uint64_t m, k, n;  // output pixels, taps x channels, filters
};

trace::Trace shipped_resnet18() {
  std::ifstream file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/scalesim_resnet18.csv");
  std::stringstream text;
  text << file.rdbuf();
  return read_scale_sim(text.str(), "scalesim_resnet18.csv", trace::NumberFormat::int8);
}

trace::Trace odd_products() {
  return read_scale_sim(
      "Layer, M, N, K,\none, 1, 1, 1,\nless, 7, 31, 127,\nmore, 9, 33, 129,\n"
      "prime, 257, 131, 509,\nvector, 1, 1000, 2048,\n",
      "odd.csv", trace::NumberFormat::int8);
}

// Read off the trace's shapes, not off the mapper.
Product product_of(const trace::Trace& t, const trace::Op& op) {
  const auto& out = t.tensor(op.outputs[0]).shape;
  const auto& weight = t.tensor(op.inputs[1]).shape;
  const auto u = [](std::int64_t v) { return static_cast<std::uint64_t>(v); };
  if (op.kind == trace::OpKind::matmul) return {u(out[0]), u(weight[0]), u(weight[1])};
  return {u(out[2] * out[3]), u(weight[1] * weight[2] * weight[3]), u(weight[0])};
}

std::uint64_t folds(const Product& p, std::uint64_t h, std::uint64_t w, Dataflow dataflow) {
  return dataflow == Dataflow::output_stationary ? ceil_div(p.m, h) * ceil_div(p.n, w)
                                                 : ceil_div(p.k, h) * ceil_div(p.n, w);
}

// The other tool's figure, its -1 included.
std::uint64_t public_tool(const Product& p, std::uint64_t h, std::uint64_t w, Dataflow dataflow) {
  return dataflow == Dataflow::output_stationary
             ? folds(p, h, w, dataflow) * (h + w + p.k - 2) - 1
             : folds(p, h, w, dataflow) * (2 * h + w + p.m - 2) - 1;
}

arch::RunResult run(const trace::Trace& t, std::uint64_t h, std::uint64_t w, Dataflow dataflow,
                    bool double_buffer) {
  auto config = roomy(static_cast<std::int64_t>(h), static_cast<std::int64_t>(w), dataflow);
  config.core.matrix.double_buffer = double_buffer;
  // The other tool knows no tiles: every layer whole, as far as it goes.
  config.mapper.tile_m = config.mapper.tile_k = config.mapper.tile_n = 1 << 30;
  return arch::testing::run(config, t);
}

struct Array {
  std::uint64_t h, w;
};

class PublicTool : public ::testing::TestWithParam<std::tuple<Array, Dataflow>> {};

TEST_P(PublicTool, counts_one_cycle_less_than_we_for_every_layer) {
  const auto [array, dataflow] = GetParam();
  for (const auto& t : {shipped_resnet18(), odd_products()}) {
    const auto r = run(t, array.h, array.w, dataflow, false);
    ASSERT_EQ(r.layers.size(), t.ops.size());
    std::uint64_t ours = 0, theirs = 0;
    for (std::size_t i = 0; i < t.ops.size(); ++i) {
      const Product p = product_of(t, t.ops[i]);
      const std::uint64_t expected = public_tool(p, array.h, array.w, dataflow);
      const std::uint64_t shifting = dataflow == Dataflow::output_stationary ? array.h : 0;
      EXPECT_EQ(r.layers[i].compute.value, expected + 1 + shifting) << r.layers[i].name;
      EXPECT_EQ(r.layers[i].folds, folds(p, array.h, array.w, dataflow)) << r.layers[i].name;
      EXPECT_EQ(r.layers[i].macs, p.m * p.k * p.n) << r.layers[i].name;
      ours += r.layers[i].compute.value;
      theirs += expected + shifting;
    }
    EXPECT_EQ(ours, theirs + t.ops.size());
    EXPECT_GE(r.cycles.value, ours);  // one array: nothing of it overlaps
  }
}

// The control: what a real core does, loading behind the stream, is another number.
TEST_P(PublicTool, counts_more_than_a_core_that_overlaps) {
  const auto [array, dataflow] = GetParam();
  const auto t = shipped_resnet18();
  const auto apart = run(t, array.h, array.w, dataflow, false);
  const auto overlapped = run(t, array.h, array.w, dataflow, true);
  for (std::size_t i = 0; i < t.ops.size(); ++i) {
    EXPECT_LE(overlapped.layers[i].compute, apart.layers[i].compute) << apart.layers[i].name;
    EXPECT_EQ(overlapped.layers[i].folds, apart.layers[i].folds);
  }
  EXPECT_LT(overlapped.cycles, apart.cycles);
}

INSTANTIATE_TEST_SUITE_P(
    All, PublicTool,
    ::testing::Combine(::testing::Values(Array{8, 8}, Array{32, 32}, Array{16, 64}, Array{128, 128},
                                         Array{256, 256}),
                       ::testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary)),
    [](const auto& info) {
      const Array array = std::get<0>(info.param);
      const Dataflow dataflow = std::get<1>(info.param);
      return std::string(dataflow == Dataflow::weight_stationary ? "weights_" : "outputs_") +
             std::to_string(array.h) + "x" + std::to_string(array.w);
    });

// One layer by hand: 112 x 112 pixels, 147 taps, 64 filters on 128 x 128: two folds.
TEST(PublicToolByHand, the_first_layer_of_resnet18_takes_25852_cycles) {
  const auto r = run(shipped_resnet18(), 128, 128, Dataflow::weight_stationary, false);
  EXPECT_EQ(r.layers[0].folds, 2u);
  EXPECT_EQ(r.layers[0].compute.value, 2u * (2 * 128 + 128 + 12544 - 2));
  EXPECT_EQ(r.layers[0].compute.value, 25852u);
}

}  // namespace
}  // namespace mantissa::workloads
