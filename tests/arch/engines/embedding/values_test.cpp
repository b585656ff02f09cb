// SPDX-License-Identifier: Apache-2.0
// What tables and layers hold, and the cycles of single words.
#include "arch/engines/embedding/values.h"

#include <gtest/gtest.h>

#include "arch/engines/embedding/channel.h"
#include "base/numerics/float_bits.h"
#include "tests/arch/engines/embedding/engines.h"

namespace mantissa::arch::embedding {
namespace {

TEST(Values, are_a_function_of_the_seed_and_the_place_and_lie_below_one) {
  EmbeddingConfig config = on_chip_only();
  const Values one(config, {"a", "b"}, 32, {16}), same(config, {"a", "b"}, 32, {16});
  config.seed = 2;
  const Values other(config, {"a", "b"}, 32, {16});
  const std::int32_t unit = 1 << one.format().fraction;
  std::uint64_t equal = 0, across = 0;
  std::int32_t least = 0, most = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const std::int32_t x = one.element(0, i);
    EXPECT_EQ(x, same.element(0, i));
    equal += x == other.element(0, i) ? 1 : 0;
    across += x == one.element(1, i) ? 1 : 0;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  EXPECT_LT(equal, 40u);
  EXPECT_LT(across, 40u);
  EXPECT_GE(least, -unit);
  EXPECT_LT(least, -unit + unit / 50);
  EXPECT_LT(most, unit);
  EXPECT_GT(most, unit - unit / 50);
}

TEST(Values, of_layers_are_as_many_as_the_stages_take_and_padding_weighs_nothing) {
  EmbeddingConfig config = on_chip_only();
  config.dense.pes = {4, 2};
  const Values values(config, {"a"}, 20, {10, 6});
  ASSERT_EQ(values.layers().size(), 3u);
  const DenseLayer& first = values.layers()[0];
  EXPECT_EQ(first.inputs, 20u);
  EXPECT_EQ(first.padded, 32u);  // steps of 2 x 8 elements
  EXPECT_EQ(first.rows(), 3u);
  EXPECT_EQ(values.layers()[1].inputs, 10u);
  EXPECT_EQ(values.layers()[2].outputs, 1u);
  EXPECT_FALSE(values.layers()[2].relu);
  for (std::uint64_t f = 20; f < 32; ++f) EXPECT_EQ(values.weight(first, 0, f), 0);
  EXPECT_EQ(values.weight(first, 10, 0), 0);
  bool any = false;
  for (std::uint64_t f = 0; f < 20; ++f) any = any || values.weight(first, 9, f) != 0;
  EXPECT_TRUE(any);
}

TEST(Values, of_a_layer_are_its_dot_products_and_relu_leaves_none_below_zero) {
  EmbeddingConfig config = on_chip_only();
  for (const bool relu : {true, false}) {
    config.dense.relu = relu;
    const Values values(config, {"a"}, 20, {30});
    std::vector<std::int32_t> inputs;
    for (std::uint64_t i = 0; i < 20; ++i) inputs.push_back(values.element(0, i));
    std::uint64_t overflows = 0;
    const auto outputs = values.outputs(values.layers()[0], inputs, overflows);
    ASSERT_EQ(outputs.size(), 30u);
    bool negative = false;
    for (std::uint64_t n = 0; n < 30; ++n) {
      std::int64_t sum = 0;
      for (std::uint64_t f = 0; f < 20; ++f)
        sum += std::int64_t{inputs[f]} * values.weight(values.layers()[0], n, f);
      negative = negative || outputs[n] < 0;
      if (relu && sum < 0) {
        EXPECT_EQ(outputs[n], 0);
      } else {
        EXPECT_LE(std::abs(outputs[n] * 256 - sum), 128);
      }
    }
    EXPECT_EQ(negative, !relu);
    EXPECT_EQ(overflows, 0u);
  }
}

TEST(Values, of_sums_end_at_the_bound_or_wrap) {
  EmbeddingConfig config = on_chip_only();
  std::uint64_t overflows = 0;
  EXPECT_EQ(Values(config, {}, 0, {}).sum(30'000, 3'000, overflows), 32'767);
  config.overflow = numerics::Overflow::wrap;
  EXPECT_EQ(Values(config, {}, 0, {}).sum(30'000, 3'000, overflows), 33'000 - 65'536);
  EXPECT_EQ(Values(config, {}, 0, {}).sum(30'000, -3'000, overflows), 27'000);
  EXPECT_EQ(overflows, 2u);
}

TEST(Values, of_fp32_are_rows_of_numbers_below_one_and_no_layers) {
  EmbeddingConfig config = on_chip_only();
  config.element = Element::fp32;
  const Values values(config, {"a"}, 20, {10});
  EXPECT_TRUE(values.layers().empty());
  for (std::uint64_t i = 0; i < 100; ++i) {
    const float x = numerics::float_from_bits(static_cast<std::uint32_t>(values.element(0, i)));
    EXPECT_GE(x, -1);
    EXPECT_LT(x, 1);
  }
}

// The first word when its burst is there, a word per cycle, the last one at the end.
TEST(WordTimes, follow_their_bursts_and_each_other) {
  EmbeddingConfig bank = on_chip_only();
  bank.outstanding = 2;
  const auto channel = make_channel(bank, 0, 8);
  channel->keep_word_times();
  for (int i = 0; i < 2; ++i) channel->read(Cycles(10), 0, 6, 3);
  channel->finished(1);
  EXPECT_EQ(channel->take_word_times(), (std::vector<Cycles>{Cycles(15), Cycles(16), Cycles(17)}));
  EXPECT_EQ(channel->take_word_times(), (std::vector<Cycles>{Cycles(18), Cycles(19), Cycles(20)}));

  const auto dram = make_channel(one_channel(), 0, 8);
  dram->keep_word_times();
  for (int i = 0; i < 20; ++i) {
    const auto read = static_cast<std::uint64_t>(i);
    const Cycles issue = dram->read(Cycles(0), read * 70'000, 128, 32);
    const Cycles end = dram->finished(read);
    const auto times = dram->take_word_times();
    ASSERT_EQ(times.size(), 32u);
    EXPECT_GT(times.front(), issue);
    EXPECT_EQ(times.back() + Cycles(1), end);
    for (std::size_t w = 1; w < times.size(); ++w) EXPECT_GE(times[w], times[w - 1] + Cycles(1));
  }
}

TEST(EmbeddingConfig, refuses_what_its_rtl_does_not_do) {
  const auto message = [](const std::vector<std::string>& overrides) {
    try {
      shipped(overrides);
      return std::string("taken");
    } catch (const Error& error) {
      return error.message();
    }
  };
  EXPECT_EQ(message({"lookup.implementation=lockstep", "dense.implementation=rtl"}), "taken");
  EXPECT_NE(message({"lookup.implementation=lockstep", "element=fp32", "pooling=sum"})
                .find("sums fixed-point elements only"),
            std::string::npos);
  EXPECT_EQ(message({"lookup.implementation=lockstep", "element=fp32"}), "taken");
  EXPECT_NE(message({"lookup.implementation=rtl", "port_bits=48"}).find("whole elements"),
            std::string::npos);
  EXPECT_NE(message({"dense.implementation=rtl", "element=fp32"}).find("fixed point only"),
            std::string::npos);
  EXPECT_NE(message({"fraction=32"}).find("from -1 to 31"), std::string::npos);
  EXPECT_NE(message({"element=int8", "fraction=8"}).find("an element has 8 bits"),
            std::string::npos);
  EXPECT_NE(message({"lookup.rtl_top=mine"}).find("only the implementations"), std::string::npos);
}

}  // namespace
}  // namespace mantissa::arch::embedding
