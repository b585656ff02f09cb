// SPDX-License-Identifier: Apache-2.0
// Whole systems whose products run through verilated arrays: networks with strides, groups,
// attention and fused chains on cores with little storage, so that everything is tiled and stalls.
#include "rtl/systolic/array_twin.h"

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
using arch::Dataflow;
using arch::Implementation;
using arch::RunResult;
using trace::NumberFormat;

arch::RunOptions data_mode() {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 7, t.name);
  };
  return options;
}

ArchConfig core(Implementation implementation, Dataflow dataflow) {
  ArchConfig config = arch::testing::cramped(4, 4, dataflow);
  config.core.matrix.implementation = implementation;
  return config;
}

RunResult run(const ArchConfig& config, const trace::Trace& trace) {
  return arch::testing::run(config, trace, data_mode());
}

class ArrayTwin : public testing::TestWithParam<Dataflow> {};

void expect_equal_runs(ArchConfig config, const trace::Trace& trace) {
  config.core.matrix.implementation = Implementation::lockstep;
  const RunResult together = run(config, trace);
  config.core.matrix.implementation = Implementation::model;
  const RunResult alone = run(config, trace);
  ASSERT_EQ(together.twins.count("matrix"), 1u);
  const arch::TwinResult& twin = together.twins.at("matrix");
  EXPECT_TRUE(alone.twins.empty());
  EXPECT_GT(twin.commands, 0u);
  EXPECT_GT(twin.compared, 0u);
  EXPECT_EQ(twin.differing, 0u);
  // Busy cycles of the array are all clocked.
  const auto arrays = static_cast<std::uint64_t>(config.core.matrix.units);
  EXPECT_GE(twin.cycles, together.matrix.busy.value);
  EXPECT_LE(twin.cycles, together.cycles.value * arrays);
  EXPECT_EQ(together.cycles, alone.cycles);
  EXPECT_EQ(together.outputs.at(0).bytes, alone.outputs.at(0).bytes);
}

TEST_P(ArrayTwin, computes_a_convolutional_network_in_bf16_as_the_model_does) {
  expect_equal_runs(core(Implementation::lockstep, GetParam()), arch::testing::small_convnet(8, 8));
}

TEST_P(ArrayTwin, computes_a_transformer_as_the_model_does) {
  expect_equal_runs(core(Implementation::lockstep, GetParam()),
                    arch::testing::small_transformer(9, 12));
}

TEST_P(ArrayTwin, keeps_time_with_several_arrays_slow_scratchpads_and_single_buffers) {
  const auto trace = arch::testing::gemm(23, 37, 29);
  for (const std::int64_t units : {1, 2, 3})
    for (const std::uint64_t width : {16, 1})
      for (const bool double_buffer : {true, false}) {
        ArchConfig config = core(Implementation::lockstep, GetParam());
        config.core.matrix.units = units;
        config.core.matrix.double_buffer = double_buffer;
        config.core.scratchpad.banks = 2;
        config.core.scratchpad.bank_width = Bytes(width);
        SCOPED_TRACE(units);
        expect_equal_runs(config, trace);
      }
}

TEST_P(ArrayTwin, changes_the_format_of_its_operands_between_products) {
  trace::TraceBuilder b("mixed");
  for (int i = 0; i < 4; ++i)
    for (const NumberFormat f : {NumberFormat::int8, NumberFormat::bf16}) {
      const std::string name = std::string(trace::name(f)) + std::to_string(i);
      const auto x = b.input("x_" + name, f, {5, 6});
      const auto w = b.parameter("w_" + name, f, {6, 7});
      b.op(trace::OpKind::matmul, name, {x, w}, {},
           f == NumberFormat::int8 ? NumberFormat::int32 : NumberFormat::fp32);
    }
  const trace::Trace trace = b.finish();
  const RunResult together = run(core(Implementation::lockstep, GetParam()), trace);
  const RunResult alone = run(core(Implementation::model, GetParam()), trace);
  EXPECT_EQ(together.twins.at("matrix").compared, 8u * 5u * 7u);
  EXPECT_EQ(together.twins.at("matrix").differing, 0u);
  EXPECT_EQ(together.cycles, alone.cycles);
  ASSERT_EQ(together.outputs.size(), 8u);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(together.outputs[i].bytes, alone.outputs[i].bytes);
}

TEST_P(ArrayTwin, gives_its_own_sums_to_the_rest_of_the_core) {
  const auto trace = arch::testing::gemm(9, 13, 11);
  const RunResult model = run(core(Implementation::model, GetParam()), trace);
  const RunResult rtl = run(core(Implementation::rtl, GetParam()), trace);
  EXPECT_EQ(rtl.outputs.at(0).bytes, model.outputs.at(0).bytes);
  EXPECT_EQ(rtl.twins.at("matrix").differing, 0u);
  EXPECT_EQ(rtl.twins.at("matrix").implementation, "rtl");
}

// Four groups of one channel each share an array of 4 x 4 where weights stay.
const auto grouped = [] {
  trace::TraceBuilder b("grouped");
  const auto x = b.input("x", NumberFormat::bf16, {1, 4, 3, 3});
  const auto w = b.parameter("w", NumberFormat::bf16, {4, 1, 1, 1});
  b.op(trace::OpKind::conv2d, "grouped", {x, w}, {{"groups", std::int64_t{4}}}, NumberFormat::bf16);
  return b.finish();
}();

// Ones, an infinite operand in group 1, and in group 2 the NaN that stands for no weight.
arch::RunOptions infinite_and_nan() {
  arch::RunOptions options = data_mode();
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    std::vector<std::uint16_t> values(static_cast<std::size_t>(t.elements()), 0x3F80);
    if (t.name == "x") values[9] = 0x7F80;
    if (t.name == "w") values[2] = 0xFFFF;
    const auto* bytes = reinterpret_cast<const std::byte*>(values.data());
    return std::vector<std::byte>(bytes, bytes + values.size() * 2);
  };
  return options;
}

TEST_P(ArrayTwin, keeps_what_is_infinite_or_nan_within_its_group) {
  const RunResult result =
      arch::testing::run(core(Implementation::lockstep, GetParam()), grouped, infinite_and_nan());
  EXPECT_EQ(result.twins.at("matrix").differing, 0u);
  std::vector<std::uint16_t> values(36);
  ASSERT_EQ(result.outputs.at(0).bytes.size(), 72u);
  std::memcpy(values.data(), result.outputs.at(0).bytes.data(), 72);
  for (std::size_t i = 0; i < 36; ++i)
    EXPECT_EQ(values[i], i / 9 == 2 ? 0x7FC0 : i == 9 ? 0x7F80 : 0x3F80) << i;
}

INSTANTIATE_TEST_SUITE_P(
    Every, ArrayTwin,
    testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                    Dataflow::input_stationary),
    [](const auto& info) {
      return config::EnumNames<Dataflow>::names()[static_cast<std::size_t>(info.param)].second;
    });

class WrongArray : public WrongUnit {
 public:
  WrongArray(const std::string& file, const std::string& original, const std::string& changed)
      : WrongUnit("systolic", file, original, changed) {}
  ArchConfig in_a(ArchConfig config) const {
    config.core.matrix.rtl = folder();
    return config;
  }
};

// One product of all is wrong: -77 x 33, either way round.
const WrongArray& one_wrong_product() {
  static const WrongArray wrong("mac_pe.sv", "assign product    = a * b;",
                                "logic odd;\n"
                                "assign odd = (a == -8'sd77) && (b == 8'sd33) ||"
                                " (a == 8'sd33) && (b == -8'sd77);\n"
                                "assign product = odd ? 16'sd0 : a * b;");
  return wrong;
}

const auto big = arch::testing::gemm(64, 40, 48);  // holds that product

TEST(WrongArrayInACore, is_found_in_lockstep_and_by_its_operands_alone) {
  for (const Dataflow dataflow :
       {Dataflow::weight_stationary, Dataflow::output_stationary, Dataflow::input_stationary}) {
    const ArchConfig config = one_wrong_product().in_a(core(Implementation::lockstep, dataflow));
    try {
      run(config, big);
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("layer 'product'"));
      ASSERT_TRUE(error.alone.replay);
      const CosimResult result = cosimulate(error.alone);
      ASSERT_TRUE(result.failure);
      // One pair of operands is left.
      EXPECT_LE(result.failure->outcome.cycles, 50u);
      std::size_t others = 0;
      for (const auto& operands : result.failure->run.operands)
        for (const std::byte byte : operands) others += byte == std::byte{0} ? 0 : 1;
      EXPECT_EQ(others, 2u);
    }
  }
}

TEST(WrongArrayInACore, in_place_of_the_model_changes_the_sums_and_is_counted) {
  const RunResult wrong =
      run(one_wrong_product().in_a(core(Implementation::rtl, Dataflow::weight_stationary)), big);
  const RunResult right = run(core(Implementation::model, Dataflow::weight_stationary), big);
  EXPECT_GT(wrong.twins.at("matrix").differing, 0u);
  EXPECT_NE(wrong.outputs.at(0).bytes, right.outputs.at(0).bytes);
  EXPECT_EQ(wrong.cycles, right.cycles);
}

TEST(WrongArrayInACore, that_answers_a_cycle_late_ends_the_run_whatever_was_asked_for) {
  const WrongArray late("systolic_ws.sv", "localparam int unsigned Latency = Rows + Columns - 1;",
                        "localparam int unsigned Latency = Rows + Columns;");
  for (const Implementation implementation : {Implementation::rtl, Implementation::lockstep}) {
    try {
      run(late.in_a(core(implementation, Dataflow::weight_stationary)), big);
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("read 'valid_o = 0 in cycle"));
      EXPECT_FALSE(error.alone.replay);
    }
  }
}

TEST(WrongArrayInACore, that_multiplies_where_there_is_no_weight_is_found) {
  const WrongArray multiplies("systolic_ws.sv", "assign factor = (&weight) ? '0 : a;",
                              "assign factor = a;");
  EXPECT_THROW(arch::testing::run(
                   multiplies.in_a(core(Implementation::lockstep, Dataflow::weight_stationary)),
                   grouped, infinite_and_nan()),
               LockstepDiffers);
}

// Minutes to compile, under the label long.
TEST(ArrayInACore, DISABLED_holds_128_by_128_elements_long) {
  ArchConfig config = arch::testing::roomy(128, 128);
  config.core.matrix.implementation = Implementation::lockstep;
  const RunResult result = run(config, arch::testing::gemm(300, 300, 300));
  const arch::TwinResult& twin = result.twins.at("matrix");
  EXPECT_GE(twin.cycles, result.matrix.busy.value);
  EXPECT_EQ(twin.compared, 300u * 300u);
  EXPECT_EQ(twin.differing, 0u);
}

TEST(ArrayInACore, needs_values) {
  try {
    arch::testing::run(core(Implementation::lockstep, Dataflow::weight_stationary), big);
    FAIL() << "ran without operands";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "session.rtl-needs-data");
  }
}

}  // namespace
}  // namespace mantissa::rtl
