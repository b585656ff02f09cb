// SPDX-License-Identifier: Apache-2.0
// The vector unit of a core in RTL: operator by operator beside the reference executor, and within
// whole systems.
#include "rtl/vector_alu/vector_twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>

#include "base/numerics/evaluate.h"
#include "base/numerics/random_fill.h"
#include "base/trace/builder.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using arch::Implementation;
using numerics::Value;
using trace::NumberFormat;
using trace::OpKind;

arch::VectorConfig lanes(Implementation implementation, std::int64_t count = 4) {
  arch::VectorConfig config;
  config.lanes = count;
  config.implementation = implementation;
  return config;
}

// The model's time of a command on 6 columns.
arch::VectorTime time_of(const arch::VectorConfig& config, std::uint64_t elements,
                         std::uint64_t steps) {
  const auto passes = static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, ceil_div(steps, static_cast<std::uint64_t>(config.stages))));
  return arch::VectorLine(config, {}).time({elements, passes, 6, 0, 0}, Cycles(40), Cycles(0));
}

// One operator over [rows, 6], its operands and its golden result.
struct Case {
  trace::Trace trace;
  std::vector<Value> values;
  Value golden;
  std::vector<const Value*> inputs() const {
    std::vector<const Value*> all;
    for (const auto& value : values) all.push_back(&value);
    return all;
  }
  const trace::Op& op() const { return trace.ops.front(); }
};

Case make(OpKind kind, NumberFormat in, NumberFormat out, std::size_t operands,
          trace::Attributes attributes = {}, std::int64_t rows = 5) {
  Case c;
  trace::TraceBuilder b("one");
  std::vector<trace::TensorId> ids;
  for (std::size_t i = 0; i < operands; ++i) {
    // The second one is repeated along the rows, as a bias is.
    const trace::Shape shape = i == 0 ? trace::Shape{rows, 6} : trace::Shape{6};
    const std::string name = "operand" + std::to_string(i);
    ids.push_back(b.input(name, in, shape));
    c.values.emplace_back(in, shape);
    c.values.back().data = numerics::fill_random(in, shape, 3, name);
  }
  b.op(kind, "y", ids, std::move(attributes), out);
  c.trace = b.finish();
  c.golden = numerics::evaluate(c.trace, c.op(), c.inputs(), {}).front();
  return c;
}

// A command of one operator.
void apply(arch::VectorTwin& twin, const arch::VectorConfig& config, const Case& c, Value& value) {
  twin.begin(time_of(config, static_cast<std::uint64_t>(value.elements()),
                     arch::vector_steps(c.op().kind, config)));
  twin.apply(c.op(), c.inputs(), value);
  twin.end();
}

bool compares(OpKind kind) {
  return kind == OpKind::equal || kind == OpKind::less || kind == OpKind::greater;
}

std::vector<Case> every_operator() {
  std::vector<Case> all;
  for (const OpKind kind : {OpKind::add, OpKind::sub, OpKind::mul, OpKind::maximum, OpKind::minimum,
                            OpKind::equal, OpKind::less, OpKind::greater})
    for (const NumberFormat f :
         {NumberFormat::int32, NumberFormat::int8, NumberFormat::fp32, NumberFormat::bf16})
      all.push_back(make(kind, f, compares(kind) ? NumberFormat::boolean : f, 2));
  for (const OpKind kind :
       {OpKind::relu, OpKind::relu6, OpKind::clamp, OpKind::abs, OpKind::neg, OpKind::sign})
    for (const NumberFormat f : {NumberFormat::int32, NumberFormat::fp32, NumberFormat::bf16}) {
      all.push_back(make(kind, f, f, 1));
      if (kind == OpKind::clamp) all.push_back(make(kind, f, f, 1, {{"low", -0.5}, {"high", 1.0}}));
    }
  for (const std::int64_t shift : {0, 3, 40})
    all.push_back(make(OpKind::requantize, NumberFormat::int32, NumberFormat::int8, 1,
                       {{"shift", trace::ints({shift})}, {"zero_point", std::int64_t{-3}}}));
  return all;
}

TEST(VectorTwin, does_every_operator_that_it_has_as_the_reference_does) {
  const auto all = every_operator();
  for (const std::int64_t count : {1, 4}) {
    const auto config = lanes(Implementation::lockstep, count);
    const auto twin = make_vector_twin(config, {});
    std::uint64_t elements = 0;
    for (const Case& c : all) {
      Value value = c.golden;
      ASSERT_NO_THROW(apply(*twin, config, c, value)) << trace::name(c.op().kind);
      EXPECT_EQ(value, c.golden);
      elements += static_cast<std::uint64_t>(c.golden.elements());
    }
    EXPECT_EQ(twin->result().commands, all.size()) << "none was left out";
    EXPECT_EQ(twin->result().timed, all.size());
    EXPECT_EQ(twin->result().untimed, 0u);
    EXPECT_EQ(twin->result().compared, elements);
    EXPECT_EQ(twin->result().differing, 0u);
    EXPECT_GT(twin->result().cycles, elements / static_cast<std::uint64_t>(count));
  }
}

TEST(VectorTwin, is_as_wide_as_the_core_with_several_instances_side_by_side) {
  const auto config = lanes(Implementation::lockstep, 65);  // requantize has 64 at most
  const auto twin = make_vector_twin(config, {});
  const Case c = make(OpKind::requantize, NumberFormat::int32, NumberFormat::int8, 1,
                      {{"shift", trace::ints({9})}}, 11);  // 66 elements
  Value value = c.golden;
  apply(*twin, config, c, value);
  EXPECT_EQ(twin->result().compared, 66u);
  EXPECT_EQ(twin->result().cycles, 2u + 3u);  // two beats, three stages
}

TEST(VectorTwin, finds_a_single_wrong_bit_of_any_operator) {
  const auto config = lanes(Implementation::lockstep);
  const auto twin = make_vector_twin(config, {});
  for (const Case& c : every_operator()) {
    Value wrong = c.golden;
    wrong.data.back() ^= std::byte{1};
    try {
      apply(*twin, config, c, wrong);
      FAIL() << trace::name(c.op().kind);
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(),
                  testing::HasSubstr("'y' (" + std::string(trace::name(c.op().kind))));
      EXPECT_THAT(error.message(), testing::HasSubstr("read 'element "));
    }
  }
}

TEST(VectorTwin, in_place_of_the_model_gives_its_own_results_and_counts_what_differs) {
  const auto config = lanes(Implementation::rtl);
  const auto twin = make_vector_twin(config, {});
  const Case c = make(OpKind::add, NumberFormat::int32, NumberFormat::int32, 2);
  Value wrong = c.golden;
  wrong.data.front() ^= std::byte{1};
  apply(*twin, config, c, wrong);
  EXPECT_EQ(wrong, c.golden);
  EXPECT_EQ(twin->result().differing, 1u);
}

TEST(VectorTwin, leaves_alone_what_is_in_no_rtl) {
  const auto config = lanes(Implementation::rtl);
  const auto twin = make_vector_twin(config, {});
  for (const Case& c :
       {make(OpKind::add, NumberFormat::fp32, NumberFormat::fp32, 2, {{"alpha", 2.0}}),
        make(OpKind::add, NumberFormat::int64, NumberFormat::int64, 2),
        make(OpKind::tanh, NumberFormat::fp32, NumberFormat::fp32, 1),
        make(OpKind::requantize, NumberFormat::int32, NumberFormat::int16, 1)}) {
    Value value = c.golden;
    value.data.front() ^= std::byte{1};  // would be repaired
    const Value before = value;
    apply(*twin, config, c, value);
    EXPECT_EQ(value, before);
  }
  EXPECT_EQ(twin->result().commands, 0u);
  EXPECT_EQ(twin->result().cycles, 0u);
  EXPECT_EQ(twin->result().timed, 0u);
  EXPECT_EQ(twin->result().untimed, 4u);
  EXPECT_GT(twin->result().untimed_cycles, 4 * 12u);
}

// bias, relu, bias, relu, bias on int32: longer than the line of 4 stages.
struct Chain {
  Case add = make(OpKind::add, NumberFormat::int32, NumberFormat::int32, 2);
  Case relu = make(OpKind::relu, NumberFormat::int32, NumberFormat::int32, 1);
  static constexpr std::uint64_t steps = 5;
  void run(arch::VectorTwin& twin, const arch::VectorTime& time) const {
    twin.begin(time);
    for (std::uint64_t i = 0; i < steps; ++i) {
      const Case& c = i % 2 == 0 ? add : relu;
      Value value = c.golden;
      twin.apply(c.op(), c.inputs(), value);
    }
    twin.end();
  }
};

TEST(VectorTwin, clocks_all_passes_of_a_command_in_the_models_cycles) {
  const Chain chain;  // of 30 elements
  for (const auto& [count, stages] :
       {std::array{4, 4}, std::array{4, 1}, std::array{4, 2}, std::array{1, 3}}) {
    arch::VectorConfig config = lanes(Implementation::lockstep, count);
    config.stages = stages;
    const auto twin = make_vector_twin(config, {});
    const arch::VectorTime time = time_of(config, 30, Chain::steps);
    ASSERT_NO_THROW(chain.run(*twin, time)) << count << " lanes, " << stages << " stages";
    EXPECT_EQ(twin->result().timed, 1u);
    EXPECT_EQ(twin->result().timed_cycles, (time.written - time.first).value);
  }
}

TEST(VectorTwin, refuses_a_model_that_is_a_cycle_off) {
  const Chain chain;
  arch::VectorConfig config = lanes(Implementation::lockstep);
  config.stages = 2;
  const auto twin = make_vector_twin(config, {});
  for (const bool late : {false, true}) {
    arch::VectorTime time = time_of(config, 30, Chain::steps);
    time.written = late ? time.written + Cycles(1) : time.written - Cycles(1);
    try {
      chain.run(*twin, time);
      FAIL() << "no difference was found";
    } catch (const LockstepDiffers& error) {
      EXPECT_THAT(error.message(), testing::HasSubstr("the command's last result in cycle"));
    }
  }
  // Three passes that are said to be less deep than the line is.
  arch::VectorConfig shallow = config;
  shallow.latency = 2;
  EXPECT_THROW(chain.run(*twin, time_of(shallow, 30, Chain::steps)), LockstepDiffers);
}

TEST(VectorTwin, refuses_rtl_of_another_depth_than_the_models) {
  const WrongUnit wrong("vector_alu", "vector_alu.sv", "(Latency > 1) ? Latency - 1 : 1",
                        "(Latency > 1) ? Latency : 1");
  arch::VectorConfig config = lanes(Implementation::lockstep);
  config.rtl = wrong.folder();
  const Case c = make(OpKind::add, NumberFormat::int32, NumberFormat::int32, 2);
  const auto twin = make_vector_twin(config, {});
  Value value = c.golden;
  try {
    apply(*twin, config, c, value);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("valid_o = 0 in cycle 3 of the command"));
    EXPECT_EQ(error.alone.parameters.at("Latency"), config.latency);
  }
}

TEST(VectorTwin, takes_the_lanes_and_the_requantiser_of_somebody_else) {
  const WrongUnit wrong("vector_alu", "vector_alu_lane.sv", "Maximum: result_o = less ? b : a;",
                        "Maximum: result_o = less ? a : b;");
  const Case maximum = make(OpKind::maximum, NumberFormat::int32, NumberFormat::int32, 2);
  const Case add = make(OpKind::add, NumberFormat::int32, NumberFormat::int32, 2);
  Case narrow = make(OpKind::requantize, NumberFormat::int32, NumberFormat::int8, 1,
                     {{"shift", trace::ints({3})}});
  // 0 to 29, with ties at 4, 12, 20 and 28.
  std::vector<std::int64_t> sums(30);
  std::iota(sums.begin(), sums.end(), 0);
  narrow.values[0] = Value::of_integers(NumberFormat::int32, narrow.values[0].shape, sums);
  narrow.golden = numerics::evaluate(narrow.trace, narrow.op(), narrow.inputs(), {}).front();
  arch::VectorConfig config = lanes(Implementation::lockstep);
  const auto once = [&](arch::VectorTwin& twin, const Case& c) {
    Value value = c.golden;
    apply(twin, config, c, value);
  };
  config.rtl = wrong.folder();
  config.requantize_rtl = {MANTISSA_SOURCE_DIR "/examples/own_rtl"};
  config.requantize_rtl_top = "my_requantizer";
  const auto twin = make_vector_twin(config, {});
  EXPECT_EQ(twin->result().design, config.rtl.text + ", " MANTISSA_SOURCE_DIR "/examples/own_rtl");
  EXPECT_NO_THROW(once(*twin, add));
  EXPECT_NO_THROW(once(*twin, narrow));
  try {
    once(*twin, maximum);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_EQ(error.place().file, config.rtl.text);
    EXPECT_EQ(error.alone.sources.size(), find_unit("vector_alu")->sources().size());
  }

  config.requantize_rtl = {MANTISSA_SOURCE_DIR "/tests/rtl/requantize/rounds_half_up"};
  config.requantize_rtl_top.clear();
  EXPECT_THROW(once(*make_vector_twin(config, {}), narrow), LockstepDiffers)
      << "ties are rounded up there";
}

TEST(VectorTwin, follows_networks_through_a_whole_core) {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 7, t.name);
  };
  arch::ArchConfig config = arch::testing::cramped(4, 4);
  config.core.vector.lanes = 4;
  config.core.vector.implementation = Implementation::lockstep;
  for (const auto& trace :
       {arch::testing::small_convnet(8, 8), arch::testing::small_transformer(9, 12)}) {
    const arch::RunResult result = arch::testing::run(config, trace, options);
    ASSERT_EQ(result.twins.count("vector"), 1u);
    EXPECT_GT(result.twins.at("vector").compared, 0u);
    EXPECT_EQ(result.twins.at("vector").differing, 0u);
    EXPECT_GT(result.twins.at("vector").timed, 0u);
    EXPECT_GT(result.twins.at("vector").untimed, 0u) << "pooling, softmax";
  }
  EXPECT_THROW(arch::testing::run(config, arch::testing::small_convnet(8, 8)), Error)
      << "without values";
}

}  // namespace
}  // namespace mantissa::rtl
