// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/voltage/voltage.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/faults/error_rate.h"

namespace mantissa::workloads {
namespace {

VoltageConfig with(std::int64_t cells, std::int64_t maps, std::int64_t seed = 1) {
  VoltageConfig config;
  config.cells = cells;
  config.maps = maps;
  config.seed = seed;
  return config;
}

TEST(Voltage, reproduces_the_published_counts_within_four_deviations) {
  const double published[] = {215587, 58437, 11692, 1353, 72, 2, 0};
  StudyContext context;
  const auto sampled = sample(with(1 << 20, 2), context);
  ASSERT_EQ(sampled.counts.size(), 7u);
  for (std::size_t v = 0; v < 7; ++v)
    for (const double count : sampled.counts[v])
      EXPECT_LE(std::abs(count - published[v]), 4 * std::sqrt(published[v])) << v;
  EXPECT_EQ(sampled.not_nested, 0u);
  EXPECT_TRUE(judge(with(1 << 20, 2), sampled).passed);
}

TEST(Voltage, counts_the_cells_whose_u_is_at_most_p) {
  StudyContext context;
  const auto sampled = sample(with(500, 2, 7), context);
  for (std::uint64_t map = 0; map < 2; ++map) {
    const faults::CellSampler cells(faults::derived(7, map));
    for (std::size_t v = 0; v < 7; ++v) {
      double count = 0;
      for (std::uint64_t cell = 0; cell < 500; ++cell)
        count += cells.u(cell) <= faults::measured_points()[v].error_rate;
      EXPECT_EQ(sampled.counts[v][map], count) << v;
    }
  }
}

TEST(Voltage, is_the_same_for_the_same_seed_alone) {
  StudyContext context;
  const auto first = sample(with(10000, 3), context).counts;
  EXPECT_EQ(sample(with(10000, 3), context).counts, first);
  EXPECT_NE(sample(with(10000, 3, 2), context).counts, first);
}

TEST(Voltage, compares_counts_energies_and_savings) {
  StudyContext context;
  const auto result = voltage(with(1 << 16, 3), context);
  EXPECT_NO_THROW(check(result));
  ASSERT_EQ(result.comparisons.size(), 7u + 7u + 2u);
  EXPECT_NEAR(*result.comparisons[0].published, 20.56, 1e-9);
  EXPECT_EQ(result.comparisons[6].ours, 0) << "nothing fails at Vmin";
  for (std::size_t i = 7; i < 14; ++i)
    EXPECT_LE(std::abs(*result.comparisons[i].difference()), 5e-6) << result.comparisons[i].what;
  EXPECT_NEAR(result.comparisons[14].ours, 22.7, 0.05) << "at p = 0.1 %";
  EXPECT_NEAR(result.comparisons[15].ours, 30.2, 0.05) << "at p = 1 %";
  EXPECT_EQ(result.tables.at(0).rows.size(), 7u);
}

TEST(Voltage, has_no_interval_of_a_single_map) {
  StudyContext context;
  EXPECT_FALSE(voltage(with(1000, 1), context).comparisons[0].deviation);
  EXPECT_TRUE(voltage(with(1000, 2), context).comparisons[0].deviation);
}

// One map of 10^6 cells at 0.875 Vmin: 1290 are expected, and 4 sqrt(1290) = 143.66.
TEST(Voltage, fails_beyond_four_deviations_and_not_within) {
  const auto config = with(1000000, 1);
  FailingCells exact;
  for (const auto& point : faults::measured_points())
    exact.counts.push_back({1e6 * point.error_rate});
  EXPECT_TRUE(judge(config, exact).passed);
  for (const auto& [off, passes] :
       {std::pair<double, bool>{143, true}, {-143, true}, {144, false}, {-144, false}}) {
    auto sampled = exact;
    sampled.counts[3][0] += off;
    const auto result = judge(config, sampled);
    EXPECT_EQ(result.passed, passes) << off;
    EXPECT_EQ(result.warnings.size(), passes ? 0u : 1u);
  }
  auto at_vmin = exact;
  at_vmin.counts[6][0] = 1;
  EXPECT_FALSE(judge(config, at_vmin).passed) << "nothing may fail at Vmin";
  auto torn = exact;
  torn.not_nested = 1;
  EXPECT_FALSE(judge(config, torn).passed);
}

TEST(Voltage, stops_between_maps_when_asked_to) {
  StudyContext context;
  int asked = 0;
  context.interrupted = [&] { return ++asked > 2; };
  try {
    voltage(with(100, 10), context);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &experiment_interrupted);
  }
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace mantissa::workloads
