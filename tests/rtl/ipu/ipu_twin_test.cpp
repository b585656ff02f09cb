// SPDX-License-Identifier: Apache-2.0
// Whole systems whose products run through a verilated inner-product unit: convolutions with
// strides and groups, in binary16 and in integers, on a core with little storage.
#include "rtl/ipu/ipu_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/units/ipu/ipu_unit.h"
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

ArchConfig core(Implementation implementation) {
  ArchConfig config = arch::testing::cramped(4, 4);
  config.core.matrix.model = "ipu";
  config.core.matrix.units = 4;
  config.core.matrix.formats = {NumberFormat::fp16, NumberFormat::int8};
  config.core.matrix.implementation = implementation;
  config.core.matrix.ipu.emplace();
  config.core.matrix.ipu->window = 12;  // most operations take more than one cycle per iteration
  config.core.matrix.ipu->weight_depth = 3;
  config.core.matrix.ipu->cluster = 4;
  return config;
}

RunResult run(const ArchConfig& config, const trace::Trace& trace) {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 7, t.name);
  };
  return arch::testing::run(config, trace, options);
}

RunResult expect_equal_runs(const trace::Trace& trace,
                            ArchConfig config = core(Implementation::lockstep)) {
  RunResult together = run(config, trace);
  config.core.matrix.implementation = Implementation::model;
  const RunResult alone = run(config, trace);
  EXPECT_TRUE(alone.twins.empty());
  EXPECT_EQ(together.twins.count("matrix"), 1u);
  const arch::TwinResult& twin = together.twins["matrix"];
  EXPECT_GT(twin.commands, 0u);
  EXPECT_EQ(twin.differing, 0u);
  EXPECT_EQ(together.cycles, alone.cycles);
  EXPECT_EQ(together.matrix_activity, alone.matrix_activity);
  EXPECT_EQ(together.outputs.size(), alone.outputs.size());
  for (std::size_t i = 0; i < alone.outputs.size(); ++i)
    EXPECT_EQ(together.outputs.at(i).bytes, alone.outputs[i].bytes);
  return together;
}

TEST(IpuTwin, computes_a_convolutional_network_in_fp16_as_the_model_does) {
  const RunResult result =
      expect_equal_runs(arch::testing::small_convnet(4, 6, NumberFormat::fp16));
  const arch::TwinResult& twin = result.twins.at("matrix");
  // One unit does the operations of all, back to back: their cycles, and those in which it fills
  // and drains. Some of them waited for far exponents.
  const auto operations = result.matrix_activity.at("operation_cycles");
  EXPECT_GT(operations, result.matrix_activity.at("iterations"));
  EXPECT_EQ(twin.cycles, operations + 5 * twin.commands);
  // The same cycles are what energy is counted by.
  std::uint64_t priced = 0;
  for (const auto& row : result.power.energy)
    if (row.component == "matrix" && row.action == "cycle") priced += row.count;
  EXPECT_EQ(priced, operations);
}

const auto integers = [] {
  trace::TraceBuilder b("integers");
  const auto x = b.input("x", NumberFormat::int8, {1, 5, 6, 6});
  const auto w = b.parameter("w", NumberFormat::int8, {7, 5, 3, 3});
  b.op(trace::OpKind::conv2d, "conv", {x, w}, {{"stride", trace::ints({2, 2})}},
       NumberFormat::int32);
  return b.finish();
}();

TEST(IpuTwin, computes_a_convolution_of_integers_as_the_model_does) {
  const RunResult result = expect_equal_runs(integers);
  const auto& activity = result.matrix_activity;
  EXPECT_EQ(activity.at("operation_cycles"), 4 * activity.at("operations"));
  EXPECT_EQ(result.twins.at("matrix").cycles,
            activity.at("operation_cycles") + 5 * result.twins.at("matrix").commands);
}

// A convolution, products with the first operand along k and across it, of odd sizes: rows of
// nibbles in whole bytes, in several tiles.
trace::Trace nibbles(NumberFormat inputs) {
  trace::TraceBuilder b("nibbles");
  const auto x = b.input("x", inputs, {1, 5, 6, 6});
  const auto w = b.parameter("w", NumberFormat::int4, {7, 5, 3, 3});
  b.op(trace::OpKind::conv2d, "conv", {x, w}, {{"stride", trace::ints({2, 2})}},
       NumberFormat::int32);
  const auto v = b.parameter("v", NumberFormat::int4, {75, 13});
  b.op(trace::OpKind::matmul, "product", {b.input("y", inputs, {9, 75}), v}, {},
       NumberFormat::int32);
  b.op(trace::OpKind::matmul, "transposed", {b.input("z", inputs, {75, 9}), v},
       {{"transpose_a", true}}, NumberFormat::int32);
  return b.finish();
}

// With MC-IPU4, MC-IPU84 and MC-SER; in units for nothing else, too.
TEST(IpuTwin, computes_int4_and_int8_by_int4_as_the_model_does_digit_by_digit) {
  struct Row {
    std::int64_t digit_a, digit_b, window;
    std::uint64_t int4, int8x4;  // iterations
  };
  for (const Row& row : {Row{4, 4, 12, 1, 2}, {8, 4, 20, 1, 1}, {12, 1, 20, 4, 4}})
    for (const auto& [inputs, iterations] :
         {std::pair{NumberFormat::int4, row.int4}, {NumberFormat::int8, row.int8x4}})
      for (const bool alone : {false, true}) {
        if (alone && (inputs != NumberFormat::int4 || row.digit_a != 4)) continue;
        ArchConfig config = core(Implementation::lockstep);
        config.core.matrix.formats = {NumberFormat::int4};
        if (!alone)
          config.core.matrix.formats = {NumberFormat::fp16, NumberFormat::int8, NumberFormat::int4};
        config.core.matrix.ipu->digit_a = row.digit_a;
        config.core.matrix.ipu->digit_b = row.digit_b;
        config.core.matrix.ipu->window = row.window;
        const RunResult result = expect_equal_runs(nibbles(inputs), config);
        EXPECT_EQ(result.outputs.size(), 3u);
        const auto operations = result.matrix_activity.at("operations");
        EXPECT_EQ(result.matrix_activity.at("operation_cycles"), iterations * operations);
        const arch::TwinResult& twin = result.twins.at("matrix");
        EXPECT_EQ(twin.cycles, iterations * operations + 5 * twin.commands);
      }
}

TEST(IpuTwin, gives_its_own_sums_to_the_rest_of_the_core) {
  const auto trace = arch::testing::gemm(9, 30, 11, NumberFormat::fp16);
  const RunResult rtl = run(core(Implementation::rtl), trace);
  EXPECT_EQ(rtl.outputs.at(0).bytes, run(core(Implementation::model), trace).outputs.at(0).bytes);
  EXPECT_EQ(rtl.twins.at("matrix").implementation, "rtl");
  EXPECT_EQ(rtl.twins.at("matrix").differing, 0u);
}

class WrongIpuInACore : public testing::Test {
 protected:
  static ArchConfig with(const WrongUnit& unit, Implementation implementation) {
    ArchConfig config = core(implementation);
    config.core.matrix.rtl = unit.folder();
    return config;
  }
  const trace::Trace trace_ = arch::testing::gemm(9, 30, 11, NumberFormat::fp16);
};

TEST_F(WrongIpuInACore, is_found_in_lockstep_and_by_its_operands_alone_and_counted_in_rtl) {
  const WrongUnit wrong("ipu", "ipu_align.sv", "wide >>> local_i", "wide >> local_i");
  try {
    run(with(wrong, Implementation::lockstep), trace_);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("layer 'product'"));
    EXPECT_THAT(error.message(), testing::HasSubstr("read 'sum of chain"));
    ASSERT_TRUE(error.alone.replay);
    EXPECT_LE(error.alone.replay->commands.size(), 3u);  // a chain
    const CosimResult result = cosimulate(error.alone);
    ASSERT_TRUE(result.failure);
    EXPECT_EQ(result.failure->run.commands.size(), 1u);
  }
  const RunResult rtl = run(with(wrong, Implementation::rtl), trace_);
  const RunResult model = run(core(Implementation::model), trace_);
  EXPECT_GT(rtl.twins.at("matrix").differing, 0u);
  EXPECT_NE(rtl.outputs.at(0).bytes, model.outputs.at(0).bytes);
  EXPECT_EQ(rtl.cycles, model.cycles);
}

TEST_F(WrongIpuInACore, that_needs_other_cycles_ends_the_run_whatever_was_asked_for) {
  const WrongUnit slow("ipu", "ipu_serve.sv", "left[W-1:0] >= W'(SafePrecision)",
                       "left[W-1:0] >= W'(SafePrecision-1)");
  for (const Implementation implementation : {Implementation::rtl, Implementation::lockstep}) {
    try {
      run(with(slow, implementation), trace_);
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("in cycle"));
      ASSERT_TRUE(error.alone.replay);
      EXPECT_TRUE(cosimulate(error.alone).failure);
    }
  }
}

// Right in all but four bits, which are offered without the sign above them.
TEST(IpuTwin, finds_a_mistake_in_int4_alone) {
  const WrongUnit wrong("ipu", "ipu_decode.sv", "{{4{operand[3]}}, operand[3:0]}", "operand[7:0]");
  ArchConfig config = core(Implementation::lockstep);
  config.core.matrix.formats = {NumberFormat::int8, NumberFormat::int4};
  config.core.matrix.ipu->digit_a = 8;
  config.core.matrix.ipu->window = 20;
  config.core.matrix.rtl = wrong.folder();
  expect_equal_runs(integers, config);
  try {
    run(config, nibbles(NumberFormat::int4));
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("read 'sum of chain"));
    ASSERT_TRUE(error.alone.replay);
    EXPECT_TRUE(cosimulate(error.alone).failure);
  }
}

// What the twin makes of the cycles that it saw is held against the core's time.
TEST(IpuTwin, refuses_a_time_that_its_operations_did_not_take) {
  const ArchConfig config = core(Implementation::lockstep);
  const auto twin = make_ipu_twin(config.core, {});
  arch::TwinCommand command;
  command.layer = "layer";
  command.tile = {1, 4, 1, true, true, 1, NumberFormat::int8};
  command.format = NumberFormat::int8;
  command.a.assign(4, std::byte{1});
  command.b.assign(4, std::byte{1});
  command.expected = {4};
  twin->multiply(command);
  arch::MatrixTimetable time;
  time.busy = Cycles(4);  // one step of four iterations
  EXPECT_NO_THROW(twin->timed(time));
  time.busy = Cycles(5);
  EXPECT_THROW(twin->timed(time), LockstepDiffers);
}

TEST(IpuTwin, exists_for_the_units_that_rtl_has) {
  const auto objection = [](const auto& change) {
    arch::MatrixConfig m = core(Implementation::lockstep).core.matrix;
    change(m);
    return arch::ipu_rtl_objection(*m.ipu, m.formats);
  };
  EXPECT_EQ(objection([](auto&) {}), "");
  EXPECT_EQ(objection([](auto& m) { m.ipu->fraction = 24; }), "");
  EXPECT_THAT(objection([](auto& m) { m.ipu->fraction = 23; }), testing::HasSubstr("from 24 on"));
  EXPECT_EQ(objection([](auto& m) { m.ipu->software_precision = 63; }), "");
  EXPECT_THAT(objection([](auto& m) { m.ipu->software_precision = 64; }),
              testing::HasSubstr("up to 63"));
  EXPECT_EQ(objection([](auto& m) { m.formats.push_back(NumberFormat::int4); }), "");
  EXPECT_EQ(objection([](auto& m) { m.formats = {NumberFormat::int4}; }), "");
  EXPECT_THAT(objection([](auto& m) { m.formats.push_back(NumberFormat::bf16); }),
              testing::HasSubstr("not for bf16"));
  EXPECT_THAT(objection([](auto& m) { m.ipu->skip_empty_partitions = true; }),
              testing::HasSubstr("skip none"));
}

}  // namespace
}  // namespace mantissa::rtl
