// SPDX-License-Identifier: Apache-2.0
#include "base/faults/cell_sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "base/faults/draw.h"
#include "base/faults/error_rate.h"

namespace mantissa::faults {
namespace {

using Cells = std::vector<std::uint64_t>;

Cells failing(std::uint64_t key, double p, std::uint64_t first, std::uint64_t last) {
  Cells out;
  CellSampler(key).append_failing(p, first, last, out);
  return out;
}

constexpr std::uint64_t megacell = 1ull << 20;

TEST(CellSampler, finds_the_published_numbers_of_failing_cells_at_the_seven_voltages) {
  const double expected[] = {215587, 58437, 11692, 1353, 72, 2, 0};
  for (std::uint64_t chip = 0; chip < 5; ++chip)
    for (std::size_t i = 0; i < 7; ++i) {
      const double v = measured_points()[i].voltage_ratio;
      const auto cells = failing(derived(7, chip), error_rate(ErrorLaw::measured, v), 0, megacell);
      EXPECT_NEAR(static_cast<double>(cells.size()), expected[i], 4 * std::sqrt(expected[i])) << v;
    }
}

TEST(CellSampler, gives_nested_sets_without_a_single_exception) {
  Cells above;
  for (double v = 0.75; v < 1.0; v += 0.004) {
    auto cells = failing(3, error_rate(ErrorLaw::measured, v), 0, megacell);
    ASSERT_TRUE(std::is_sorted(cells.begin(), cells.end()));
    ASSERT_EQ(std::adjacent_find(cells.begin(), cells.end()), cells.end()) << "a cell twice";
    if (v > 0.75) {
      EXPECT_TRUE(std::includes(above.begin(), above.end(), cells.begin(), cells.end())) << v;
    }
    above = std::move(cells);
  }
  // Negative control: another chip's map is not nested in this one.
  const auto one = failing(3, 0.2, 0, megacell), other = failing(4, 0.01, 0, megacell);
  EXPECT_FALSE(std::includes(one.begin(), one.end(), other.begin(), other.end()));
}

TEST(CellSampler, fails_a_cell_exactly_from_its_own_u_on) {
  for (const std::uint64_t cell : Cells{0, 1, 4711, cells_per_block - 1, cells_per_block}) {
    const double u = CellSampler(11).u(cell);
    EXPECT_EQ(failing(11, u, cell, cell + 1), Cells{cell});
    EXPECT_EQ(failing(11, std::nextafter(u, 0.0), cell, cell + 1), Cells{});
  }
  EXPECT_EQ(failing(11, 1.0, 0, 1000).size(), 1000u);
  EXPECT_EQ(failing(11, 0.0, 0, megacell).size(), 0u);
}

// Number of failing cells at p in `n` cells, over many chips: mean n p, variance n p (1 - p).
TEST(CellSampler, draws_binomial_counts_at_rates_between_and_at_the_octaves) {
  constexpr std::uint64_t n = 3000;
  constexpr int chips = 4000;
  for (const double p : {0.5, 0.3, 0.25, 0.2500001, 0.1, 0.0078125, 0.003}) {
    double sum = 0, squares = 0;
    for (int chip = 0; chip < chips; ++chip) {
      const auto count = static_cast<double>(
          failing(derived(99, static_cast<std::uint64_t>(chip)), p, 0, n).size());
      sum += count;
      squares += count * count;
    }
    const double mean = sum / chips, variance = squares / chips - mean * mean;
    const double expected = static_cast<double>(n) * p * (1 - p);
    EXPECT_NEAR(mean, static_cast<double>(n) * p, 4 * std::sqrt(expected / chips)) << p;
    EXPECT_NEAR(variance / expected, 1, 4 * std::sqrt(2.0 / chips)) << p;
  }
}

TEST(CellSampler, draws_neighbours_independently) {
  // Pairs of neighbours that both fail: n p^2.
  const double p = 0.03;
  const auto cells = failing(5, p, 0, 16 * megacell);
  double pairs = 0;
  for (std::size_t i = 1; i < cells.size(); ++i) pairs += cells[i] == cells[i - 1] + 1;
  const double expected = 16.0 * megacell * p * p;
  EXPECT_NEAR(pairs, expected, 4.5 * std::sqrt(expected));
}

TEST(CellSampler, spreads_u_uniformly) {
  // Of those that fail at p, each tenth of p has a tenth.
  const double p = 0.02;
  const auto all = static_cast<double>(failing(8, p, 0, 8 * megacell).size());
  for (int tenth = 1; tenth < 10; ++tenth) {
    const auto part = static_cast<double>(failing(8, p * tenth / 10, 0, 8 * megacell).size());
    EXPECT_NEAR(part, all * tenth / 10, 4.5 * std::sqrt(all * tenth * (10 - tenth) / 100));
  }
}

TEST(CellSampler, gives_the_same_cells_in_any_parts_and_on_any_number_of_threads) {
  constexpr std::uint64_t cells = 5 * cells_per_block + 12345;
  const auto whole = failing(21, 0.004, 0, cells);
  for (const std::uint64_t threads : {2u, 3u, 7u}) {
    std::vector<Cells> parts(threads);
    std::vector<std::thread> workers;
    for (std::uint64_t t = 0; t < threads; ++t)
      workers.emplace_back([&, t] {
        parts[t] = failing(21, 0.004, cells * t / threads, cells * (t + 1) / threads);
      });
    for (auto& worker : workers) worker.join();
    Cells joined;
    for (const auto& part : parts) joined.insert(joined.end(), part.begin(), part.end());
    EXPECT_EQ(joined, whole);
  }
}

// The same bits with every compiler and on every machine.
TEST(CellSampler, gives_the_recorded_map) {
  const auto cells = failing(derived(1, 0), 1e-4, 0, megacell);
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const std::uint64_t cell : cells) hash = (hash ^ cell) * 0x100000001B3ull;
  EXPECT_EQ(cells.size(), 118u);
  EXPECT_EQ(hash, 0xFFADD493B1B565E2ull);
}

TEST(CellSampler, averages_the_published_number_of_flips_of_simplenet) {
  // W m p = 5,498,378 x 8 x 1 % = 439,870 with a standard deviation of 660.
  constexpr std::uint64_t bits = 5'498'378ull * 8;
  double sum = 0;
  constexpr int chips = 20;
  for (std::uint64_t chip = 0; chip < chips; ++chip) {
    const auto count = static_cast<double>(failing(derived(2006, chip), 0.01, 0, bits).size());
    EXPECT_NEAR(count, 439'870, 4 * 660.0);
    sum += count;
  }
  EXPECT_NEAR(sum / chips, 439'870, 4 * 660 / std::sqrt(chips));
}

}  // namespace
}  // namespace mantissa::faults
