// SPDX-License-Identifier: Apache-2.0
// Whole systems whose sums go through verilated accumulators, beside the golden kernel and beside
// verilated arrays.
#include "rtl/accumulator/accumulator_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/numerics/float_bits.h"
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

ArchConfig core(Implementation implementation, Dataflow dataflow = Dataflow::weight_stationary) {
  ArchConfig config = arch::testing::cramped(4, 4, dataflow);
  config.core.accumulator.implementation = implementation;
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

class AccumulatorTwinOf : public testing::TestWithParam<Dataflow> {};

TEST_P(AccumulatorTwinOf, a_core_adds_every_network_up_as_the_model_does) {
  for (const auto& trace :
       {arch::testing::small_convnet(8, 8), arch::testing::small_transformer(9, 12)}) {
    const RunResult together = run(core(Implementation::lockstep, GetParam()), trace);
    const RunResult alone = run(core(Implementation::model, GetParam()), trace);
    ASSERT_EQ(together.twins.count("accumulator"), 1u);
    const arch::TwinResult& twin = together.twins.at("accumulator");
    EXPECT_GT(twin.commands, 0u);
    EXPECT_EQ(twin.differing, 0u);
    EXPECT_EQ(together.cycles, alone.cycles);
    EXPECT_EQ(together.outputs.at(0).bytes, alone.outputs.at(0).bytes);
    EXPECT_EQ(together.int32_overflows, alone.int32_overflows);
    EXPECT_TRUE(alone.twins.empty());
  }
}

TEST_P(AccumulatorTwinOf, a_core_is_given_the_same_rows_by_the_array_in_rtl) {
  for (const std::int64_t units : {1, 3}) {
    ArchConfig config = core(Implementation::lockstep, GetParam());
    config.core.matrix.units = units;
    const auto trace = arch::testing::gemm(23, 37, 29);
    const RunResult golden = run(config, trace);
    config.core.matrix.implementation = Implementation::lockstep;
    const RunResult array = run(config, trace);
    // Arrays that share a block of columns share its rows; their sum is the same.
    EXPECT_EQ(array.twins.at("accumulator").commands, golden.twins.at("accumulator").commands);
    EXPECT_EQ(array.twins.at("accumulator").compared, golden.twins.at("accumulator").compared);
    EXPECT_EQ(array.outputs.at(0).bytes, golden.outputs.at(0).bytes);
  }
}

TEST_P(AccumulatorTwinOf, a_core_gives_its_own_sums_to_what_follows) {
  const auto trace = arch::testing::gemm(9, 13, 11, NumberFormat::bf16);
  ArchConfig config = core(Implementation::rtl, GetParam());
  const RunResult model = run(core(Implementation::model, GetParam()), trace);
  for (const Implementation matrix : {Implementation::model, Implementation::rtl}) {
    config.core.matrix.implementation = matrix;
    const RunResult rtl = run(config, trace);
    EXPECT_EQ(rtl.outputs.at(0).bytes, model.outputs.at(0).bytes);
    EXPECT_EQ(rtl.twins.at("accumulator").implementation, "rtl");
    EXPECT_EQ(rtl.twins.at("accumulator").differing, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Every, AccumulatorTwinOf,
    testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                    Dataflow::input_stationary),
    [](const auto& info) {
      return config::EnumNames<Dataflow>::names()[static_cast<std::size_t>(info.param)].second;
    });

TEST(AccumulatorTwin, sees_every_row_that_a_fold_gives_and_every_row_of_a_slot_again) {
  // 23 x 29 sums over 37 products: 10 chains of 4 rows of K, 8 blocks of 4 columns.
  const RunResult result = run(core(Implementation::lockstep), arch::testing::gemm(23, 37, 29));
  const arch::TwinResult& twin = result.twins.at("accumulator");
  const std::uint64_t rows = 23 * 8, adds = rows * 10;
  EXPECT_EQ(twin.compared, (adds + rows) * 4);
  EXPECT_GE(twin.cycles, adds + rows);
  EXPECT_LE(twin.cycles, 2 * (adds + rows) + twin.commands) << "refused requests, and few more";
}

TEST(AccumulatorTwin, counts_the_sums_that_wrap) {
  const auto twin = make_accumulator_twin(core(Implementation::lockstep).core, {});
  std::vector<std::uint32_t> sums{0x7FFFFFFF, 0x80000000, 1, 2};
  const arch::AccumulatorRow row{0, 0, 0, 1, 4};
  twin->add("layer", NumberFormat::int32, row, true, sums.data());
  twin->add("layer", NumberFormat::int32, row, false, sums.data());
  std::vector<std::uint32_t> expected{0xFFFFFFFE, 0, 2, 4};
  twin->drain(0, expected);
  // Two of them wrapped, and overflows_o said so in every cycle since.
  twin->add("layer", NumberFormat::int32, row, true, sums.data());
  twin->drain(0, sums);
  EXPECT_EQ(twin->result().differing, 0u);
  EXPECT_EQ(twin->result().compared, 5u * 4u);
}

TEST(AccumulatorTwin, holds_all_rows_that_the_core_has_and_no_more) {
  auto config = core(Implementation::lockstep).core;
  for (const std::int64_t rows : {1, 2, 5}) {
    config.accumulator.rows = rows;
    const auto twin = make_accumulator_twin(config, {});
    const std::vector<std::uint32_t> sums{1, 2, 3, 4};
    const auto places = static_cast<std::uint64_t>(rows + rows % 2);  // two banks of as many
    for (std::uint64_t i = 0; i < places; ++i)
      twin->add("layer", NumberFormat::int32, {0, 0, 4 * i, 1, 4}, true, sums.data());
    EXPECT_THROW(
        twin->add("layer", NumberFormat::int32, {0, 0, 4 * places, 1, 4}, true, sums.data()),
        InternalError);
  }
}

// One sum of all is wrong: of a column whose addend is -77 x 33.
const WrongUnit& one_wrong_sum() {
  static const WrongUnit wrong("accumulator", "accumulator_add.sv",
                               "assign sum_o = first_i ? addend_i : added;",
                               "assign sum_o = (addend_i == 32'hFFFFF613) ? 32'd0 :\n"
                               "               first_i ? addend_i : added;");
  return wrong;
}

// [1, 5] x [5, 3]: the second chain of 4 holds one product.
const auto product = arch::testing::gemm(1, 5, 3);

arch::RunOptions with_that_sum() {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(t.elements()), std::byte{1});
    bytes.back() = static_cast<std::byte>(t.name == "x" ? -77 : 33);
    return bytes;
  };
  return options;
}

TEST(WrongAccumulatorInACore, is_found_in_lockstep_and_by_its_sum_alone) {
  for (const Implementation matrix : {Implementation::model, Implementation::lockstep}) {
    ArchConfig config = core(Implementation::lockstep);
    config.core.matrix.implementation = matrix;
    config.core.accumulator.rtl = one_wrong_sum().folder();
    try {
      arch::testing::run(config, product, with_that_sum());
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(),
                  testing::HasSubstr("layer 'product': sum 2 of slot 0, in row 0"));
      ASSERT_TRUE(error.alone.replay);
      const CosimResult result = cosimulate(error.alone);
      ASSERT_TRUE(result.failure);
      EXPECT_LE(result.failure->outcome.cycles, 50u);
      EXPECT_LE(result.failure->run.commands.size(), 3u);
    }
  }
}

TEST(WrongAccumulatorInACore, in_place_of_the_model_changes_the_sum_and_is_counted) {
  ArchConfig config = core(Implementation::rtl);
  config.core.accumulator.rtl = one_wrong_sum().folder();
  const RunResult wrong = arch::testing::run(config, product, with_that_sum());
  const RunResult right = arch::testing::run(core(Implementation::model), product, with_that_sum());
  const arch::TwinResult& twin = wrong.twins.at("accumulator");
  EXPECT_GE(twin.differing, 2u) << "when added, and when given out";
  EXPECT_LT(twin.differing, twin.compared);
  EXPECT_NE(wrong.outputs.at(0).bytes, right.outputs.at(0).bytes);
  EXPECT_EQ(wrong.cycles, right.cycles);
}

TEST(WrongAccumulatorInACore, that_answers_late_ends_the_run_whatever_was_asked_for) {
  const WrongUnit late("accumulator", "accumulator.sv", "assign valid_o     = out_valid_q;",
                       "logic late_q;\n"
                       "always_ff @(posedge clk_i) late_q <= out_valid_q;\n"
                       "assign valid_o     = late_q;");
  for (const Implementation implementation : {Implementation::rtl, Implementation::lockstep}) {
    ArchConfig config = core(implementation);
    config.core.accumulator.rtl = late.folder();
    try {
      run(config, product);
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("read 'valid_o = 0'; expected 1"));
      EXPECT_FALSE(error.alone.replay);
    }
  }
}

TEST(AccumulatorsInACore, need_values) {
  try {
    arch::testing::run(core(Implementation::lockstep), product);
    FAIL() << "ran without operands";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "session.rtl-needs-data");
  }
}

}  // namespace
}  // namespace mantissa::rtl
