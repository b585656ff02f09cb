// SPDX-License-Identifier: Apache-2.0
// The dataflow against its recurrences written down plainly, and what they promise in closed form.
#include "arch/engines/embedding/accelerator.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "arch/engines/embedding/errors.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/engines/embedding/engines.h"

namespace mantissa::arch::embedding {
namespace {

std::uint64_t stage(const std::vector<Stage>& stages, const std::string& name) {
  for (const Stage& s : stages)
    if (s.name == name) return s.cycles;
  return 0;
}

// Initiation intervals of the published engine: max over layers of F/w + rows F/(2w).
TEST(DenseStages, have_the_initiation_intervals_of_the_published_builds) {
  const std::vector<std::int64_t> layers{1024, 512, 256};
  EmbeddingConfig config = shipped({"element=fixed16"});
  EXPECT_EQ(initiation_interval(dense_stages(config, 352, layers)), 384u);
  EXPECT_EQ(initiation_interval(dense_stages(config, 876, layers)), 550u);
  config.element = Element::fixed32;
  EXPECT_EQ(initiation_interval(dense_stages(config, 352, layers)), 768u);
  EXPECT_EQ(initiation_interval(dense_stages(config, 876, layers)), 1100u);
}

TEST(DenseStages, pad_their_inputs_to_whole_steps) {
  const EmbeddingConfig config = shipped({"element=fixed16"});
  const auto padded = dense_stages(config, 876, {1024});
  EXPECT_EQ(stage(padded, "layer1.broadcast"), 880u / 8);
  EXPECT_EQ(stage(padded, "layer1.multiply"), 880u / 8 + 8 * (880 / 16));
  EXPECT_EQ(stage(padded, "layer1.gather"), 1024u / 8);
  EXPECT_EQ(stage(padded, "join"), 876u / 4);
  EXPECT_EQ(stage(dense_stages(config, 881, {1024}), "layer1.broadcast"), 896u / 8);
}

TEST(DenseStages, are_none_without_layers) {
  EXPECT_TRUE(dense_stages(shipped(), 352, {}).empty());
}

TEST(Operations, are_those_of_the_published_models) {
  EXPECT_EQ(operations_per_item(352, {1024, 512, 256}), 2'032'128u);
  EXPECT_EQ(operations_per_item(876, {1024, 512, 256}), 3'105'280u);
}

// Items through banks of fixed latency and the stages behind, with all times kept.
class PlainDataflow {
 public:
  PlainDataflow(std::vector<std::uint64_t> lookup, std::vector<Stage> stages, std::size_t depth)
      : lookup_(std::move(lookup)), stages_(std::move(stages)), depth_(depth) {}

  // Each channel takes its share of an item's lookup; returns when the item is done.
  std::uint64_t push(std::uint64_t arrival) {
    const std::size_t i = begin_.size();
    std::uint64_t room = arrival;
    if (i >= depth_) room = std::max(room, begin_[i - depth_][0]);
    std::uint64_t ready = 0;
    for (std::size_t c = 0; c < lookup_.size(); ++c) {
      free_.resize(lookup_.size());
      free_[c] = std::max(room, free_[c]) + lookup_[c];
      ready = std::max(ready, free_[c]);
    }
    std::vector<std::uint64_t> begins, ends;
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      begins.push_back(std::max(ready, i == 0 ? 0 : end_[i - 1][s]));
      std::uint64_t end = begins[s] + stages_[s].cycles;
      if (i >= depth_ && s + 1 < stages_.size()) end = std::max(end, begin_[i - depth_][s + 1]);
      ends.push_back(end);
      ready = end;
    }
    begin_.push_back(begins);
    end_.push_back(ends);
    return ready;
  }

 private:
  const std::vector<std::uint64_t> lookup_;
  const std::vector<Stage> stages_;
  const std::size_t depth_;
  std::vector<std::uint64_t> free_;
  std::vector<std::vector<std::uint64_t>> begin_, end_;
};

TEST(Accelerator, follows_its_recurrences_item_by_item) {
  for (const std::int64_t depth : {1, 2, 8}) {
    EmbeddingConfig config = on_chip_only();
    config.item_fifo = depth;
    config.dense.pes = {4, 2};
    std::vector<std::uint64_t> done;
    Accelerator accelerator(config, {{"a", 100, 12, 1, 0}, {"b", 50, 20, 3, 1}}, {16, 8},
                            [&](const ItemTimes& times) { done.push_back(times.done.value); });
    // Channel 0: 5 + 12 cycles; channel 1: three times 5 + 20.
    PlainDataflow plain({17, 75}, accelerator.stages(), static_cast<std::size_t>(depth));
    const numerics::RandomStream random(1, "arrivals");
    std::uint64_t arrival = 0;
    std::vector<std::uint64_t> expected;
    for (std::uint64_t i = 0; i < 300; ++i) {
      arrival += static_cast<std::uint64_t>(random.integer(i, 0, 1)) *
                 static_cast<std::uint64_t>(random.integer(1000 + i, 0, 300));
      const std::uint64_t rows[] = {i % 100, 1, 2, 3};
      accelerator.push(Cycles(arrival), rows);
      expected.push_back(plain.push(arrival));
    }
    accelerator.drain();
    EXPECT_EQ(done, expected) << depth;
  }
}

TEST(Accelerator, finishes_an_item_per_initiation_interval) {
  std::vector<std::uint64_t> done;
  EmbeddingConfig config = shipped({"element=fixed16"});
  Accelerator accelerator(config, {{"a", 1000, 352, 1, 0}}, {1024, 512, 256},
                          [&](const ItemTimes& times) { done.push_back(times.done.value); });
  const std::uint64_t row = 7;
  for (int i = 0; i < 100; ++i) accelerator.push(Cycles(0), &row);
  accelerator.drain();
  // A row of 352 words and its latency take longer than 384 cycles: the lookup is the slowest.
  EXPECT_GT(done[99] - done[98], 384u);

  done.clear();
  config = shipped({"element=fixed16"});
  std::vector<PlacedTable> tables;
  for (std::size_t c = 0; c < 22; ++c) tables.push_back({"t", 1000, 16, 1, c});
  Accelerator spread(config, tables, {1024, 512, 256},
                     [&](const ItemTimes& times) { done.push_back(times.done.value); });
  const std::vector<std::uint64_t> rows(22, 5);
  for (int i = 0; i < 100; ++i) spread.push(Cycles(0), rows.data());
  spread.drain();
  for (std::size_t i = 60; i < 100; ++i) EXPECT_EQ(done[i] - done[i - 1], 384u) << i;
}

TEST(Accelerator, takes_a_single_item_as_long_as_its_lookup_and_all_stages) {
  std::vector<ItemTimes> seen;
  const EmbeddingConfig config = on_chip_only();
  Accelerator accelerator(config, {{"a", 10, 16, 1, 0}}, {64},
                          [&](const ItemTimes& times) { seen.push_back(times); });
  const std::uint64_t row = 3;
  accelerator.push(Cycles(1000), &row);
  accelerator.drain();
  std::uint64_t sum = 0;
  for (const Stage& s : accelerator.stages()) sum += s.cycles;
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].looked_up.value, 1000u + 5 + 16);
  EXPECT_EQ(seen[0].done.value, seen[0].looked_up.value + sum);
}

TEST(LookupEngine, accounts_for_every_lookup_byte_and_joule) {
  const EmbeddingConfig config = shipped();
  Accelerator accelerator(config, {{"a", 1000, 16, 2, 0}, {"b", 100, 8, 1, 32}, {"c", 9, 4, 1, 34}},
                          {}, nullptr);
  const std::uint64_t rows[] = {1, 2, 3, 4};
  for (int i = 0; i < 50; ++i) accelerator.push(Cycles(0), rows);
  accelerator.drain();
  const LookupTotals totals = accelerator.settle();
  EXPECT_EQ(totals.counts.lookups, 200u);
  EXPECT_EQ(totals.counts.bytes, 50u * (2 * 64 + 32 + 16));
  EXPECT_EQ(totals.channels[0].bursts, 50u * 4);  // 64 B in bursts of 32 B
  EXPECT_EQ(totals.channels[32].bursts, 50u);     // 32 B in a burst of 64 B
  EXPECT_EQ(totals.channels[34].bursts, 0u);
  ASSERT_TRUE(totals.hbm && totals.ddr);
  EXPECT_GT(totals.hbm->total.value, 0);
  EXPECT_GT(totals.ddr->total.value, 0);
}

std::string refused(const EmbeddingConfig& config, const std::vector<PlacedTable>& tables,
                    const std::vector<std::uint64_t>& rows = {}) {
  try {
    LookupEngine engine(config, tables);
    engine.start(Cycles(0), rows.data());
  } catch (const Error& error) {
    return error.message();
  }
  return "taken";
}

TEST(LookupEngine, refuses_a_row_that_is_not_there_with_table_and_position) {
  const std::vector<PlacedTable> tables{{"users", 10, 4, 1, 0}, {"ads", 100, 4, 3, 1}};
  EXPECT_EQ(refused(on_chip_only(), tables, {9, 0, 99, 50}), "taken");
  EXPECT_EQ(
      refused(on_chip_only(), tables, {9, 0, 100, 50}),
      "error: item 0, table ads, position 1: there is no such row; read '100'; expected a row "
      "from 0 to 99 [embedding.index]");
}

TEST(LookupEngine, refuses_a_table_larger_than_its_channel_and_takes_one_that_just_fits) {
  EmbeddingConfig config = on_chip_only();
  EXPECT_EQ(refused(config, {{"t", (1 << 20) / 8, 4, 1, 0}}, {0}), "taken");
  EXPECT_NE(refused(config, {{"t", (1 << 20) / 8 + 1, 4, 1, 0}}, {0})
                .find("table t has 131073 rows of 8 B"),
            std::string::npos);
}

TEST(LookupEngine, says_by_how_much_a_channel_is_too_small_and_for_which_tables) {
  const std::string text = refused(
      on_chip_only(), {{"x", 100'000, 4, 1, 0}, {"y", 10, 4, 1, 1}, {"z", 40'000, 4, 1, 0}});
  EXPECT_NE(text.find("on_chip[0] holds 1048576 B and its tables need 1120000 B, 71424 B too many: "
                      "x, z"),
            std::string::npos)
      << text;
}

TEST(LookupEngine, refuses_a_channel_that_the_engine_does_not_have) {
  EXPECT_NE(refused(on_chip_only(), {{"t", 10, 4, 1, 2}}).find("[embedding.channel]"),
            std::string::npos);
}

TEST(EmbeddingConfig, numbers_hbm_then_ddr_then_banks) {
  const EmbeddingConfig config = shipped();
  ASSERT_EQ(config.channels(), 38u);
  EXPECT_EQ(config.channel_name(31), "hbm[31]");
  EXPECT_EQ(config.channel_name(32), "ddr[0]");
  EXPECT_EQ(config.channel_name(34), "on_chip[0]");
  EXPECT_EQ(config.channel_bytes(0), 256ull << 20);
  EXPECT_EQ(config.channel_bytes(33), 16ull << 30);
}

TEST(EmbeddingConfig, refuses_what_cannot_be) {
  const auto message = [](const std::vector<std::string>& overrides) {
    try {
      shipped(overrides);
      return std::string("taken");
    } catch (const Error& error) {
      return error.message();
    }
  };
  EXPECT_NE(message({"outstanding=0"}).find("from 1 to 256"), std::string::npos);
  EXPECT_NE(message({"element=int5"}).find("fixed16"), std::string::npos);
  EXPECT_NE(message({"row_cache={rows: 10, ways: 4, latency: 2 cycles}"}).find("multiple of ways"),
            std::string::npos);
  EXPECT_NE(message({"lookup_port_latencie=1 ns"}).find("lookup_port_latency"), std::string::npos);
}

}  // namespace
}  // namespace mantissa::arch::embedding
