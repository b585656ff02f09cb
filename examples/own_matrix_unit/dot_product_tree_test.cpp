// SPDX-License-Identifier: Apache-2.0
// The example's unit alone, and in a whole core beside the systolic array.
#include <gtest/gtest.h>

#include <algorithm>

#include "arch/units/matrix_model.h"
#include "tests/arch/fixtures.h"
#include "workloads/operands.h"

namespace mantissa::arch {
namespace {

using testing::cramped;
using testing::gemm;
using testing::roomy;

ArchConfig with_tree(ArchConfig config) {
  config.core.matrix.model = "dot_product_tree";
  config.core.matrix.formats = {trace::NumberFormat::int8};
  return config;
}

TEST(DotProductTree, is_registered_beside_the_systolic_array) {
  EXPECT_EQ(matrix_models(),
            (std::vector<std::string>{"dot_product_tree", "ipu", "systolic", "vsq"}));
}

TEST(DotProductTree, takes_its_closed_form_on_a_grid_of_odd_shapes) {
  const std::pair<std::uint64_t, std::uint64_t> levels_of[] = {
      {1, 0}, {2, 1}, {5, 3}, {8, 3}, {9, 4}};
  for (const auto& [rows, levels] : levels_of)
    for (const std::uint64_t m : {1ull, 4ull, 8ull, 9ull, 100ull})
      for (const std::uint64_t k : {1ull, 7ull, 8ull, 9ull, 30ull})
        for (const std::uint64_t n : {1ull, 4ull, 5ull}) {
          const auto config = with_tree(roomy(static_cast<std::int64_t>(rows), 4));
          const auto t =
              make_matrix_model(config.core)->append({m, k, n, true, true, 1}, Cycles(0));
          const std::uint64_t folds = ceil_div(k, rows) * ceil_div(n, 4);
          EXPECT_EQ(t.end.value, rows + (folds - 1) * std::max(m, rows) + m + levels);
          EXPECT_EQ(t.busy + t.weight_load + t.operand + t.drain, t.stream_end);
        }
}

TEST(DotProductTree, drains_sooner_than_the_array_and_is_otherwise_as_busy) {
  const auto array = roomy(64, 32);
  const RunResult systolic = testing::run(array, gemm(100, 128, 64));
  const RunResult tree = testing::run(with_tree(array), gemm(100, 128, 64));
  EXPECT_EQ(tree.matrix.busy, systolic.matrix.busy);
  // 64 + 32 - 2 cycles through the array, log2 64 through the tree.
  EXPECT_EQ(systolic.cycles - tree.cycles, Cycles(64 + 32 - 2 - 6));
}

TEST(DotProductTree, computes_the_same_integers_as_the_array) {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = workloads::synthetic_operands(7);
  const auto trace = gemm(37, 50, 19);
  const RunResult systolic = testing::run(cramped(8, 8), trace, options);
  const RunResult tree = testing::run(with_tree(cramped(8, 8)), trace, options);
  ASSERT_EQ(tree.outputs.size(), 1u);
  EXPECT_EQ(tree.outputs[0].bytes, systolic.outputs.at(0).bytes);
}

TEST(DotProductTree, refuses_what_it_cannot_be) {
  const auto refused = [](auto change) {
    auto config = with_tree(roomy(8, 8));
    change(config.core.matrix);
    EXPECT_THROW(make_matrix_model(config.core), Error);
  };
  refused([](MatrixConfig& m) { m.dataflow = Dataflow::output_stationary; });
  refused([](MatrixConfig& m) { m.double_buffer = false; });
  refused([](MatrixConfig& m) { m.units = 2; });
  refused([](MatrixConfig& m) { m.formats = {trace::NumberFormat::bf16}; });
  EXPECT_NO_THROW(make_matrix_model(with_tree(roomy(8, 8)).core));
}

}  // namespace
}  // namespace mantissa::arch
