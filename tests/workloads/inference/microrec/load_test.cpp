// SPDX-License-Identifier: Apache-2.0
// Streams of rows, arrivals, and what queues do with them.
#include "workloads/inference/microrec/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>

#include "tests/workloads/inference/microrec/presets.h"

namespace mantissa::workloads::microrec {
namespace {

const TableSet one = tables({{"t", 1000, 8}});

std::vector<std::uint64_t> rows_of(const StreamConfig& config, const TableSet& set,
                                   std::size_t items) {
  const auto stream = make_stream(config, set);
  std::vector<std::uint64_t> rows(items * set.lookups());
  for (std::size_t i = 0; i < items; ++i) stream->next(rows.data() + i * set.lookups());
  return rows;
}

StreamConfig of_kind(StreamKind kind, std::int64_t seed = 1) {
  StreamConfig config;
  config.kind = kind;
  config.seed = seed;
  return config;
}

TEST(Streams, depend_on_the_seed_alone_and_stay_within_the_table) {
  for (const StreamKind kind : {StreamKind::uniform, StreamKind::zipf, StreamKind::production}) {
    const auto rows = rows_of(of_kind(kind), one, 2000);
    EXPECT_EQ(rows, rows_of(of_kind(kind), one, 2000));
    EXPECT_NE(rows, rows_of(of_kind(kind, 2), one, 2000));
    for (const std::uint64_t row : rows) ASSERT_LT(row, 1000u);
  }
}

// Frequencies by rank against 1 / r^s over the sum of them all.
TEST(Streams, zipf_has_the_frequencies_of_its_law) {
  StreamConfig config = of_kind(StreamKind::zipf);
  config.exponent = 1.1;
  constexpr std::size_t draws = 400'000;
  std::map<std::uint64_t, std::size_t> counts;
  for (const std::uint64_t row : rows_of(config, one, draws)) ++counts[row];
  std::vector<std::size_t> by_rank;
  for (const auto& [row, count] : counts) by_rank.push_back(count);
  std::sort(by_rank.rbegin(), by_rank.rend());
  double sum = 0;
  for (int r = 1; r <= 1000; ++r) sum += std::pow(r, -1.1);
  for (const std::size_t rank : {1u, 2u, 3u, 8u, 20u})
    EXPECT_NEAR(static_cast<double>(by_rank[rank - 1]) / draws,
                std::pow(static_cast<double>(rank), -1.1) / sum,
                .05 * std::pow(static_cast<double>(rank), -1.1) / sum)
        << rank;
}

TEST(Streams, production_has_the_published_shares_of_reuse) {
  StreamConfig config = of_kind(StreamKind::production);
  config.accesses = 1 << 20;
  const TableSet large = tables({{"t", 10'000'000, 8}});
  std::map<std::uint64_t, std::uint64_t> uses;
  std::uint64_t total = 0;
  for (const std::uint64_t row : rows_of(config, large, (1 << 20) - 16)) {
    ++uses[row];
    ++total;
  }
  std::array<double, production_reuse.size()> shares{};
  for (const auto& [row, count] : uses) {
    std::size_t bin = 0;
    while (bin + 1 < shares.size() && count > (1ull << bin)) ++bin;
    shares[bin] += static_cast<double>(count) / static_cast<double>(total);
  }
  // A bin's last row takes what is left and may fall into a lower bin.
  for (std::size_t bin = 0; bin + 2 < shares.size(); ++bin)
    EXPECT_NEAR(shares[bin], production_reuse[bin], .008) << bin;
}

class StreamFile : public testing::Test {
 protected:
  StreamConfig write(const std::string& text) {
    path_ = testing::TempDir() + "/rows.txt";
    std::ofstream(path_) << text;
    StreamConfig config = of_kind(StreamKind::file);
    config.path = path_;
    return config;
  }
  std::string message(const std::string& text, std::size_t items = 1) {
    const StreamConfig config = write(text);
    return message_of([&] { rows_of(config, set_, items); });
  }
  const TableSet set_ = tables({{"a", 10, 4}, {"b", 100, 4, 2}});
  std::string path_;
};

TEST_F(StreamFile, is_read_line_by_line_and_from_the_start_again) {
  EXPECT_EQ(rows_of(write("1 2 3\n\n4, 99, 0\n"), set_, 3),
            (std::vector<std::uint64_t>{1, 2, 3, 4, 99, 0, 1, 2, 3}));
}

TEST_F(StreamFile, refuses_a_row_that_is_not_there_with_table_and_position) {
  const std::string text = message("1 2 3\n4 5 100\n", 2);
  EXPECT_NE(
      text.find("rows.txt:2:5: error: item 1, table b, position 1: there is no such row; read "
                "'100'; expected a row from 0 to 99 [embedding.index]"),
      std::string::npos)
      << text;
}

TEST_F(StreamFile, refuses_what_is_no_line_of_an_item) {
  EXPECT_NE(message("1 2\n").find("expected a row of table b; an item has 3 row numbers"),
            std::string::npos);
  EXPECT_NE(message("1 x 3\n").find("rows.txt:1:3: error: read 'x 3'"), std::string::npos);
  EXPECT_NE(message("1 2 3 4\n").find("goes on behind"), std::string::npos);
  EXPECT_NE(message("").find("there is no item"), std::string::npos);
  StreamConfig none = of_kind(StreamKind::file);
  none.path = "/no/such/file";
  EXPECT_NE(message_of([&] { make_stream(none, set_); }).find("cannot be opened"),
            std::string::npos);
}

TEST(ArrivalTimes, of_both_processes_have_the_rate_that_was_asked) {
  for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::bursty}) {
    OpenLoop load;
    load.items_per_second = 1e5;
    load.arrivals = arrivals;
    ArrivalTimes times(load);
    double last = 0;
    constexpr int count = 400'000;
    for (int i = 0; i < count; ++i) {
      const double next = times.next();
      ASSERT_GE(next, last);
      last = next;
    }
    EXPECT_NEAR(count / last, 1e5, .04e5);
  }
}

// Counts in windows of ten mean intervals: the variance is the mean for Poisson, far more in
// bursts.
TEST(ArrivalTimes, of_bursts_vary_more_than_poisson) {
  const auto dispersion = [](Arrivals arrivals) {
    OpenLoop load;
    load.items_per_second = 1;
    load.arrivals = arrivals;
    ArrivalTimes times(load);
    std::map<std::uint64_t, double> windows;
    double last = 0;
    for (int i = 0; i < 100'000; ++i)
      ++windows[static_cast<std::uint64_t>((last = times.next()) / 10)];
    const auto count = static_cast<std::uint64_t>(last / 10);
    double variance = 0;
    for (std::uint64_t w = 0; w < count; ++w) variance += (windows[w] - 10) * (windows[w] - 10);
    return variance / static_cast<double>(count) / 10;
  };
  EXPECT_NEAR(dispersion(Arrivals::poisson), 1, .1);
  EXPECT_GT(dispersion(Arrivals::bursty), 5);
}

// A stage of fixed time under Poisson arrivals waits rho s / (2 (1 - rho)) on average (M/D/1,
// Pollaczek and Khinchine).
TEST(OpenLoop, waits_as_long_as_the_queue_of_the_slowest_stage) {
  arch::embedding::EmbeddingConfig engine = shipped().engine({"element=fixed16", "clock=120 MHz"});
  engine.item_fifo = 512;  // no stage waits for room
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  const Bench bench(engine, deployed.set, deployed.layout, {});
  const double single = bench.closed_loop(1, 100).mean;
  const double service = 384 / .12;  // ns
  for (const double rho : {.5, .8}) {
    OpenLoop load;
    load.items_per_second = rho * 1e9 / service;
    const double wait = rho * service / (2 * (1 - rho));
    EXPECT_NEAR(bench.open_loop(load, 30'000).mean - single, wait, .12 * wait) << rho;
  }
}

TEST(OpenLoop, latency_rises_with_load_and_bursts_up_to_saturation) {
  const auto engine = engine_of(builds[0], shipped());
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  const Bench bench(engine, deployed.set, deployed.layout, {});
  const double saturation = bench.backlog(5000).items_per_second;
  double before = 0;
  for (const double share : {.3, .7, .95}) {
    OpenLoop load;
    load.items_per_second = share * saturation;
    const LoadResult calm = bench.open_loop(load, 8000);
    EXPECT_GE(calm.p99, before);
    EXPECT_LE(calm.p50, calm.p95);
    EXPECT_LE(calm.p99, calm.p999);
    EXPECT_LE(calm.p999, calm.most);
    EXPECT_NEAR(calm.items_per_second / load.items_per_second, 1, .05);
    before = calm.p99;
    load.arrivals = Arrivals::bursty;
    EXPECT_GT(bench.open_loop(load, 8000).p99, calm.p99);
  }
  OpenLoop over;
  over.items_per_second = 2 * saturation;
  EXPECT_NEAR(bench.open_loop(over, 8000).items_per_second / saturation, 1, .02);
}

TEST(Bench, gives_the_same_bits_twice) {
  const auto engine = engine_of(builds[1], shipped());
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  const Bench bench(engine, deployed.set, deployed.layout, of_kind(StreamKind::zipf));
  const LoadResult a = bench.backlog(500), b = bench.backlog(500);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.dram_pj_per_item, b.dram_pj_per_item);
  EXPECT_GT(a.dram_pj_per_item, 0);
}

// Hot rows: a cache helps a skewed stream and hardly a uniform one.
TEST(Bench, a_row_cache_helps_skewed_streams) {
  auto engine = engine_of(builds[1], shipped());
  const auto deployed = deployed_of(Model::small, shipped(), LookupCosts(engine));
  engine.row_cache = arch::embedding::RowCacheConfig{1024, 4, Latency{true, {}, Cycles(2)}};
  const auto hit_rate = [&](StreamKind kind) {
    const auto totals = Bench(engine, deployed.set, deployed.layout, of_kind(kind), true)
                            .backlog(3000)
                            .totals.counts;
    return static_cast<double>(totals.cache_hits) / static_cast<double>(totals.lookups);
  };
  EXPECT_GT(hit_rate(StreamKind::zipf), hit_rate(StreamKind::uniform) + .2);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
