// SPDX-License-Identifier: Apache-2.0
// Whole systems whose products run through verilated vector MACs. All tests but those of wrong
// designs share one verilated lane.
#include "rtl/vsq/lanes_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using arch::ArchConfig;
using arch::Implementation;
using arch::RunResult;
using trace::NumberFormat;

// Vectors of 8 for lanes of 4/4/4/4; sums of 9 bits, which saturate now and then.
ArchConfig core(Implementation implementation, std::int64_t elements = 1) {
  ArchConfig config = arch::testing::cramped(8, 2);
  config.core.matrix.model = "vsq";
  config.core.matrix.units = elements;
  config.core.matrix.formats = arch::vsq_formats();
  config.core.matrix.vsq = arch::VsqConfig{4, 4, 4, 4, true, 4, 9};
  config.core.matrix.vsq->weight_depth = 3;
  config.core.matrix.implementation = implementation;
  return config;
}

// Rows of fp32 differ in magnitude, so that some scales are small, or zero.
std::vector<std::byte> operands(const trace::Tensor& t) {
  std::vector<std::byte> bytes = numerics::fill_random(t.format, t.shape, 7, t.name);
  if (t.format != NumberFormat::fp32) return bytes;
  const auto width = static_cast<std::size_t>(t.shape.back());
  for (std::size_t i = 0; i < bytes.size() / 4; ++i) {
    float x;
    std::memcpy(&x, bytes.data() + 4 * i, 4);
    x /= static_cast<float>(1 << (i / width % 6));
    std::memcpy(bytes.data() + 4 * i, &x, 4);
  }
  return bytes;
}

RunResult run(const ArchConfig& config, const trace::Trace& trace) {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) { return operands(t); };
  return arch::testing::run(config, trace, options);
}

RunResult expect_equal_runs(ArchConfig config, const trace::Trace& trace) {
  config.core.matrix.implementation = Implementation::lockstep;
  const RunResult together = run(config, trace);
  config.core.matrix.implementation = Implementation::model;
  const RunResult alone = run(config, trace);
  const arch::TwinResult& twin = together.twins.at("matrix");
  EXPECT_GT(twin.commands, 0u);
  EXPECT_GT(twin.compared, 0u);
  EXPECT_EQ(twin.differing, 0u);
  // Every vector has its cycle in its lane.
  const auto lanes =
      static_cast<std::uint64_t>(config.core.matrix.units * config.core.matrix.columns);
  EXPECT_GE(twin.cycles, together.matrix_activity.at("vectors"));
  EXPECT_LE(twin.cycles, together.cycles.value * lanes);
  EXPECT_EQ(together.cycles, alone.cycles);
  EXPECT_EQ(together.outputs.at(0).bytes, alone.outputs.at(0).bytes);
  return together;
}

TEST(LanesTwin, computes_a_convolutional_network_as_the_model_does) {
  expect_equal_runs(core(Implementation::lockstep), arch::testing::small_convnet(4, 4));
}

TEST(LanesTwin, computes_a_transformer_as_the_model_does) {
  expect_equal_runs(core(Implementation::lockstep, 2), arch::testing::small_transformer(5, 12));
}

TEST(LanesTwin, keeps_time_with_several_elements_slow_scratchpads_and_tiles_along_k) {
  const auto trace = arch::testing::gemm(11, 70, 9, NumberFormat::fp32);
  struct Case {
    std::int64_t elements;
    std::uint64_t width;
    std::int64_t tile_k, vector_cycles;
  };
  for (const Case& c : {Case{1, 16, 24, 1}, Case{3, 1, 0, 1}, Case{8, 16, 24, 2}}) {
    ArchConfig config = core(Implementation::lockstep, c.elements);
    config.core.scratchpad.banks = 2;
    config.core.scratchpad.bank_width = Bytes(c.width);
    config.mapper.tile_k = c.tile_k;
    config.core.matrix.vsq->vector_cycles = c.vector_cycles;
    const RunResult r = expect_equal_runs(config, trace);
    EXPECT_GT(r.matrix_activity.at("gated_vectors"), 0u);
    EXPECT_GT(r.matrix_activity.at("saturations"), 0u);
  }
}

TEST(LanesTwin, gives_its_own_sums_to_the_rest_of_the_core) {
  const auto trace = arch::testing::gemm(9, 33, 5, NumberFormat::fp32);
  const RunResult model = run(core(Implementation::model), trace);
  const RunResult rtl = run(core(Implementation::rtl), trace);
  EXPECT_EQ(rtl.outputs.at(0).bytes, model.outputs.at(0).bytes);
  EXPECT_EQ(rtl.twins.at("matrix").differing, 0u);
  EXPECT_EQ(rtl.twins.at("matrix").implementation, "rtl");
}

const auto product = arch::testing::gemm(24, 40, 10, NumberFormat::bf16);

TEST(WrongLanesInACore, are_found_in_lockstep_and_by_their_operands_alone) {
  // One dot product of all is wrong: 5.
  const WrongUnit wrong("vsq", "vsq_accumulate.sv",
                        "assign sum = SumWidth'(acc) + SumWidth'(term);",
                        "assign sum = SumWidth'(acc) + SumWidth'(term)\n"
                        "    + SumWidth'((dot == 5) ? 1 : 0);");
  ArchConfig config = core(Implementation::lockstep);
  config.core.matrix.rtl = wrong.folder();
  try {
    run(config, product);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("layer 'product'"));
    ASSERT_TRUE(error.alone.replay);
    const CosimResult result = cosimulate(error.alone);
    ASSERT_TRUE(result.failure);
    // One vector is left.
    EXPECT_EQ(result.failure->run.commands.size(), 1u);
  }
  config.core.matrix.implementation = Implementation::rtl;
  const RunResult counted = run(config, product);
  const RunResult right = run(core(Implementation::model), product);
  EXPECT_GT(counted.twins.at("matrix").differing, 0u);
  EXPECT_NE(counted.outputs.at(0).bytes, right.outputs.at(0).bytes);
  EXPECT_EQ(counted.cycles, right.cycles);
}

TEST(WrongLanesInACore, that_answer_a_cycle_late_end_the_run_whatever_was_asked_for) {
  const WrongUnit late("vsq", "vsq.sv", "valid_q <= valid_dot_q;", "valid_q <= valid_q_late;");
  const std::string path = late.folder().text + "/vsq.sv";
  std::string text = read_text(path);
  text = replaced(text, "  logic valid_q, gated_q, overflow_q;",
                  "  logic valid_q, gated_q, overflow_q, valid_q_late;\n"
                  "  always_ff @(posedge clk_i or negedge rst_ni) begin\n"
                  "    if (!rst_ni) valid_q_late <= 1'b0;\n"
                  "    else valid_q_late <= valid_dot_q;\n"
                  "  end");
  write_text(path, text);
  ArchConfig config = core(Implementation::rtl);
  config.core.matrix.rtl = late.folder();
  try {
    run(config, product);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("read 'valid_o = 0 in cycle"));
    EXPECT_FALSE(error.alone.replay);
  }
}

}  // namespace
}  // namespace mantissa::rtl
