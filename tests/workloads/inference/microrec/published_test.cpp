// SPDX-License-Identifier: Apache-2.0
// The published figures of MicroRec, from the cycle simulation.
#include "workloads/inference/microrec/published.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <map>

#include "tests/workloads/inference/microrec/presets.h"
#include "workloads/inference/microrec/load.h"

namespace mantissa::workloads::microrec {
namespace {

const std::vector<Row>& rows(const std::string& section) {
  static std::map<std::string, std::vector<Row>> known;
  if (known.count(section) == 0) known[section] = published_rows(shipped(), section);
  return known[section];
}

// `but`: rows that contain it do not count.
void expect_within(const std::string& section, const std::string& unit, double tolerance,
                   std::size_t count, const std::string& but = "nothing") {
  std::size_t seen = 0;
  for (const Row& row : rows(section)) {
    if (row.unit != unit || row.what.find(but) != std::string::npos) continue;
    EXPECT_LE(std::abs(row.difference()), tolerance) << row.what << ": " << row.ours;
    ++seen;
  }
  EXPECT_EQ(seen, count) << section << ", " << unit;
}

TEST(Published, tables_and_rounds_are_exact) {
  expect_within("heuristic", "tables", 0, 4);
  expect_within("heuristic", "on chip", 0, 4);
  expect_within("heuristic", "rounds", 0, 4);
  expect_within("tables", "rows", 0, 3);
  expect_within("tables", "dimensions", 0, 2);
}

// The row of 4 dimensions is the one that `lookup_port_latency` is calibrated on.
TEST(Published, lookups_of_rmc2_are_met_within_5_percent) {
  std::map<std::string, double> found;
  for (const Row& row : rows("lookup alone"))
    if (row.what.find("RMC2") != std::string::npos) found[row.what] = row.difference();
  ASSERT_EQ(found.size(), 5u);
  EXPECT_NEAR(found["DLRM-RMC2, 4 dimensions"], 0, .01);
  EXPECT_NEAR(found["DLRM-RMC2, 8 dimensions"], 0, .05);
  EXPECT_NEAR(found["DLRM-RMC2, 16 dimensions"], 0, .05);
  EXPECT_NEAR(found["DLRM-RMC2, 32 dimensions"], 0, .05);
  EXPECT_NEAR(found["DLRM-RMC2, 64 dimensions"], 0, .05);
}

// Where whole ranks are refreshed, a backlog with one read outstanding falls into step with it: the
// first read after a refresh starts when it ends, so that every interval holds as many reads.
TEST(Published, lookups_take_whole_fractions_of_the_refresh_interval_of_ranks) {
  const std::vector<std::string> ranks{"hbm.refresh.mode=all_bank"};
  const auto engine = shipped().engine(ranks);
  const double interval = 1e9 * static_cast<double>(engine.hbm->timing.REFI) /
                          static_cast<double>(engine.hbm->clock.value);
  for (const auto& [dim, reads] : {std::pair{8, 11}, std::pair{32, 8}, std::pair{64, 6}}) {
    EXPECT_NEAR(rmc2_lookup_ns(dim, shipped(), ranks) * reads / interval, 1, .001) << dim;
    const double never = rmc2_lookup_ns(dim, shipped(), {"hbm.refresh.mode=none"});
    EXPECT_GT(std::abs(never * reads / interval - 1), .01) << dim;
  }
}

TEST(Published, lookups_of_the_small_model_are_met_within_10_percent) {
  expect_within("lookup alone", "ns", .10, 2, "RMC2");
  expect_within("lookup alone", "x CPU, batch 2048", .10, 2);
}

// The control: without the calibrated latency of the port they are missed.
TEST(Published, lookups_need_the_latency_of_the_port) {
  auto engine = engine_of(builds[1], shipped());
  engine.lookup_port_latency = {};
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  const double ns = Bench(engine, deployed.set, deployed.layout, {}, true).backlog(500).interval_ns;
  EXPECT_LT(ns, .7 * 458);
}

// The published rate of the large model in fixed16 is 11 % below its own interval, unexplained.
TEST(Published, rates_are_met_within_3_percent_and_one_within_12) {
  expect_within("whole engine", "items/s", .03, 3, "large model, fixed16");
  expect_within("whole engine", "items/s", .12, 4);
  expect_within("whole engine", "GOP/s", .03, 2);
}

TEST(Published, latency_of_a_single_item_is_met_within_20_percent) {
  expect_within("whole engine", "us, one item", .20, 4);
}

TEST(Published, speed_ups_follow_from_latency_and_rate_within_a_third_of_a_percent) {
  std::size_t seen = 0;
  for (const Row& row : rows("speed-up")) {
    ASSERT_TRUE(row.formula);
    EXPECT_NEAR(*row.formula / row.published, 1, .0035) << row.what;
    ++seen;
  }
  EXPECT_EQ(seen, 12u);
}

// A batch of one is the latency of a single item, which is met less well.
TEST(Published, speed_ups_from_the_simulation_are_met_within_4_percent_from_64_items_on) {
  std::size_t seen = 0;
  for (const Row& row : rows("speed-up")) {
    const std::string single = "batch 1";
    const bool of_one =
        row.what.size() > single.size() &&
        row.what.compare(row.what.size() - single.size(), single.size(), single) == 0;
    if (of_one) continue;
    EXPECT_LE(std::abs(row.difference()), .04) << row.what << ": " << row.ours;
    ++seen;
  }
  EXPECT_EQ(seen, 10u);
}

TEST(Published, batch_formula_is_the_closed_loop_of_the_simulation) {
  const auto engine = engine_of(builds[1], shipped());
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  const Bench bench(engine, deployed.set, deployed.layout, {});
  const double single = bench.closed_loop(1, 100).mean;
  const double rate = bench.backlog(5000).items_per_second * 1e-9;
  for (const int batch : {64, 1024}) {
    const double simulated = bench.closed_loop(static_cast<std::uint64_t>(batch), 4).mean;
    EXPECT_NEAR(simulated / fitted_batch_latency(single, rate, batch), 1, .01) << batch;
  }
}

// Published: flat up to 6 lookups of every table (small) and 4 (large), then as 1 / rounds. Ours
// stays flat for one round more in the small model.
TEST(Published, rate_is_flat_over_rounds_and_then_falls_as_their_inverse) {
  const auto rate = [](Model model, std::uint64_t rounds) {
    return rate_at_rounds(model, rounds, shipped());
  };
  const double small = rate(Model::small, 1);
  EXPECT_NEAR(rate(Model::small, 6) / small, 1, .001);
  const double small_slow = rate(Model::small, 10);
  EXPECT_LT(small_slow, .8 * small);
  EXPECT_NEAR(rate(Model::small, 20) * 20 / (small_slow * 10), 1, .03);
  const double large = rate(Model::large, 1);
  EXPECT_NEAR(rate(Model::large, 4) / large, 1, .001);
  EXPECT_LT(rate(Model::large, 5), .95 * large);
  EXPECT_NEAR(rate(Model::large, 16) * 16 / (rate(Model::large, 8) * 8), 1, .05);
}

TEST(Fitted, formula_is_that_of_the_publications_rows) {
  EXPECT_NEAR(fitted_lookup_ns(1, 4, Hertz(200'000'000)), 335, .01);
  EXPECT_NEAR(fitted_lookup_ns(1, 16, Hertz(140'000'000)), 458, .01);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
