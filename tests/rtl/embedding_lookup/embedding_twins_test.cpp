// SPDX-License-Identifier: Apache-2.0
// Whole embedding engines beside verilated lookup units and PE groups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "arch/engines/embedding/accelerator.h"
#include "base/numerics/random_fill.h"
#include "rtl/cosim/lockstep.h"
#include "rtl/folders.h"
#include "rtl/unit.h"
#include "tests/arch/engines/embedding/engines.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using namespace arch::embedding;
using arch::Implementation;

// A pseudo-channel with refresh, and two banks.
EmbeddingConfig engine(Implementation implementation) {
  EmbeddingConfig config = shipped({"hbm.organization.channels=1", "element=fixed16"});
  config.ddr.reset();
  config.on_chip->banks = 2;
  config.dense.pes = {6, 4};
  config.lookup.implementation = implementation;
  config.dense.implementation = implementation;
  return config;
}

EmbeddingConfig summing(Implementation implementation) {
  EmbeddingConfig config = engine(implementation);
  config.pooling = Pooling::sum;
  config.outstanding = 4;
  config.port_bits = 64;
  config.fraction = 15;  // so that sums overflow
  config.row_cache = RowCacheConfig{64, 4, Latency{true, {}, Cycles(2)}};
  return config;
}

// Rows that do not fill whole words, one longer than a burst, several of one table.
const std::vector<PlacedTable> tables = {
    {"a", 1000, 24, 3, 0}, {"b", 5000, 7, 2, 0}, {"c", 100, 16, 1, 1}, {"d", 9, 4, 4, 2}};
constexpr std::uint64_t lookups = 10, reads = 120, items = 12;

struct Seen {
  std::vector<std::uint64_t> done;
  std::vector<std::vector<std::int32_t>> outputs;
  LookupTotals totals;
};

Seen run(const EmbeddingConfig& config, const std::vector<std::int64_t>& layers = {20, 9}) {
  Seen out;
  Accelerator accelerator(config, tables, layers, [&](const ItemTimes& times) {
    out.done.push_back(times.done.value);
    out.outputs.push_back(times.outputs);
  });
  const numerics::RandomStream random(5, "rows");
  std::uint64_t drawn = 0, arrival = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    std::vector<std::uint64_t> rows;
    for (const PlacedTable& table : tables)
      for (std::uint64_t n = 0; n < table.lookups; ++n)
        rows.push_back(static_cast<std::uint64_t>(
            random.integer(drawn++, 0, static_cast<std::int64_t>(table.rows) - 1)));
    // A backlog, then gaps in which the units have nothing to do.
    arrival += i < 6 ? 0 : 900;
    accelerator.push(Cycles(arrival), rows.data());
    if (i == 7) {
      accelerator.drain();
      arrival = accelerator.latest().value;
    }
  }
  accelerator.drain();
  out.totals = accelerator.settle();
  return out;
}

TEST(EmbeddingTwins, move_every_element_of_an_engine_in_the_cycle_in_which_the_model_does) {
  for (const auto& make : {engine, summing}) {
    const Seen alone = run(make(Implementation::model));
    EXPECT_TRUE(alone.totals.twins.empty());
    const Seen together = run(make(Implementation::lockstep));
    EXPECT_EQ(together.done, alone.done);
    ASSERT_EQ(together.totals.twins.size(), 2u);
    const auto& lookup = together.totals.twins.at("lookup");
    EXPECT_EQ(lookup.commands, reads);
    // Every address; every element that left, and with every sum the count of overflows.
    const std::uint64_t elements = make == summing ? 24 + 7 + 16 + 4 : 3 * 24 + 2 * 7 + 16 + 4 * 4;
    const std::uint64_t sums = make == summing ? tables.size() : lookups;
    EXPECT_EQ(lookup.compared, reads + items * (elements + sums));
    EXPECT_EQ(lookup.differing, 0u);
    const auto& dense = together.totals.twins.at("dense");
    EXPECT_EQ(dense.compared, items * (20 + 9 + 1));
    EXPECT_EQ(dense.differing, 0u);
    // The RTL's own numbers are the model's.
    const Seen rtl = run(make(Implementation::rtl));
    EXPECT_EQ(rtl.outputs, together.outputs);
    EXPECT_EQ(rtl.totals.twins.at("lookup").differing, 0u);
    EXPECT_EQ(rtl.totals.twins.at("dense").differing, 0u);
    std::set<std::vector<std::int32_t>> distinct(rtl.outputs.begin(), rtl.outputs.end());
    EXPECT_GT(distinct.size(), 1u);
  }
}

// Features against the tables' contents, gathered plainly.
TEST(EmbeddingTwins, hand_over_the_rows_that_the_tables_hold) {
  EmbeddingConfig config = engine(Implementation::rtl);
  const Seen lookup_alone = run(config, {});
  const Values values(config, {"a", "b", "c", "d"}, 0, {});
  const numerics::RandomStream random(5, "rows");
  std::uint64_t drawn = 0;
  ASSERT_EQ(lookup_alone.outputs.size(), items);
  for (const auto& features : lookup_alone.outputs) {
    std::vector<std::int32_t> expected;
    for (std::size_t t = 0; t < tables.size(); ++t)
      for (std::uint64_t n = 0; n < tables[t].lookups; ++n) {
        const auto row = static_cast<std::uint64_t>(
            random.integer(drawn++, 0, static_cast<std::int64_t>(tables[t].rows) - 1));
        for (std::uint64_t d = 0; d < tables[t].dim; ++d)
          expected.push_back(values.element(t, row * tables[t].dim + d));
      }
    EXPECT_EQ(features, expected);
  }
  EXPECT_EQ(drawn, items * lookups);
}

// A unit with one mistake in it.
class WrongUnit {
 public:
  WrongUnit(const char* unit, const std::string& file, const std::string& from,
            const std::string& to) {
    for (const auto& source : find_unit(unit)->sources()) {
      const std::string name = source.substr(source.find('/') + 1);
      const std::string text = read_text(rtl_folder() + "/" + source);
      write_text(folder_.file(name), name == file ? replaced(text, from, to) : text);
    }
  }
  config::FolderPath path() const { return {folder_.path()}; }

 private:
  ScratchFolder folder_;
};

void expect_found(const EmbeddingConfig& config, const char* message) {
  try {
    run(config);
    FAIL() << "no difference was found";
  } catch (const LockstepDiffers& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr(message));
    ASSERT_TRUE(error.alone.replay);
    const CosimResult result = cosimulate(error.alone);
    ASSERT_TRUE(result.failure);
    EXPECT_LE(result.failure->run.commands.size(), 2u);
  }
}

TEST(EmbeddingTwins, find_a_lookup_unit_that_reads_too_early_and_show_it_alone) {
  const WrongUnit wrong("embedding_lookup", "embedding_lookup.sv",
                        "flight_q != FlightWidth'(Outstanding)", "1'b1");
  for (const Implementation implementation : {Implementation::lockstep, Implementation::rtl}) {
    EmbeddingConfig config = engine(implementation);
    config.dense.implementation = Implementation::model;
    config.lookup.rtl = wrong.path();
    expect_found(config, "= 1'; expected 0");
  }
}

TEST(EmbeddingTwins, count_the_elements_of_a_lookup_unit_that_limits_to_the_wrong_bound) {
  const WrongUnit wrong("embedding_lookup", "embedding_lookup_add.sv", "{Top{!old_i[Top]}}",
                        "{Top{old_i[Top]}}");
  EmbeddingConfig config = summing(Implementation::rtl);
  config.lookup.rtl = wrong.path();
  config.dense.implementation = Implementation::model;
  const Seen result = run(config, {});
  const auto& lookup = result.totals.twins.at("lookup");
  EXPECT_GT(lookup.differing, 0u);
  EXPECT_LT(lookup.differing, lookup.compared);
  EXPECT_NE(result.outputs, run(summing(Implementation::rtl), {}).outputs);
  config.lookup.implementation = Implementation::lockstep;
  expect_found(config, "element ");
}

TEST(EmbeddingTwins, find_a_pe_group_that_rounds_halves_up_and_count_its_results) {
  const WrongUnit wrong("pe_group", "pe_group_round.sv", "half && (more || floor[0])",
                        "half && !floor[0]");
  EmbeddingConfig config = engine(Implementation::lockstep);
  config.lookup.implementation = Implementation::model;
  config.dense.rtl = wrong.path();
  expect_found(config, "layer 1, neuron ");
  config.dense.implementation = Implementation::rtl;
  const Seen result = run(config);
  EXPECT_GT(result.totals.twins.at("dense").differing, 0u);
  EXPECT_NE(result.outputs, run(engine(Implementation::rtl)).outputs);
}

TEST(EmbeddingTwins, find_a_pe_group_with_another_initiation_interval) {
  const WrongUnit wrong("pe_group", "pe_group.sv", "row_ends && (row_q == rows_q - RowsWidth'(1))",
                        "row_ends && (row_q == rows_q)");
  EmbeddingConfig config = engine(Implementation::lockstep);
  config.lookup.implementation = Implementation::model;
  config.dense.rtl = wrong.path();
  expect_found(config, "cycle ");
}

}  // namespace
}  // namespace mantissa::rtl
