// SPDX-License-Identifier: Apache-2.0
#include "base/faults/fault_map.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/faults/cell_layout.h"
#include "base/faults/draw.h"

namespace mantissa::faults {
namespace {

bool contains(const FaultMap& outer, const FaultMap& inner) {
  return std::all_of(inner.faults().begin(), inner.faults().end(), [&](const Fault& f) {
    const auto span = outer.between(f.cell, f.cell + 1);
    return !span.empty() && *span.begin() == f;
  });
}

std::vector<double> shares_by_column(const FaultMap& map, std::uint64_t columns) {
  std::vector<double> hits(columns);
  for (const Fault& f : map.faults()) ++hits[f.cell % columns];
  std::sort(hits.rbegin(), hits.rend());
  for (double& h : hits) h /= static_cast<double>(map.size());
  return hits;
}

double sum(const std::vector<double>& v, std::size_t n) {
  return std::accumulate(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(n), 0.0);
}

constexpr std::uint64_t cells = 1 << 20;

TEST(FaultMap, of_the_same_chip_and_another_voltage_is_nested_effects_included) {
  const FaultEffect directional{Effect::directional, 0.7, 1};
  const auto profile = profile_of(Chip::chip_2);
  const auto many = FaultMap::uniform(1, cells, 0.02, directional);
  const auto few = FaultMap::uniform(1, cells, 0.005, directional);
  EXPECT_TRUE(contains(many, few));
  EXPECT_FALSE(contains(few, many));
  EXPECT_TRUE(contains(FaultMap::by_column(1, cells, 512, 0.04, profile, directional),
                       FaultMap::by_column(1, cells, 512, 0.001, profile, directional)));
  EXPECT_FALSE(contains(many, FaultMap::uniform(2, cells, 0.005, directional)));  // another chip
}

TEST(FaultMap, effects_are_what_they_are_called) {
  const auto all_are = [](const FaultEffect& effect, double zero_to_one, double one_to_zero) {
    const auto map = FaultMap::uniform(1, cells, 0.001, effect);
    return std::all_of(map.faults().begin(), map.faults().end(), [&](const Fault& f) {
      return f.zero_to_one == zero_to_one && f.one_to_zero == one_to_zero;
    });
  };
  EXPECT_TRUE(all_are({Effect::flip, 0, 0.25}, 0.25, 0.25));
  EXPECT_TRUE(all_are({Effect::stuck_at_0, 0.5, 1}, 0, 1));
  EXPECT_TRUE(all_are({Effect::stuck_at_1, 0.5, 1}, 1, 0));
  EXPECT_FALSE(all_are({Effect::stuck_at_1, 0.5, 1}, 0, 1));
}

TEST(FaultMap, directional_shares_are_the_published_ones) {
  for (const auto& [chip, share] : {std::pair{Chip::chip_1, 0.46}, std::pair{Chip::chip_2, 0.81}}) {
    const auto profile = profile_of(chip);
    EXPECT_NEAR(profile.zero_to_one, share, 0.005);
    const auto map =
        FaultMap::uniform(3, cells, 0.02, {Effect::directional, profile.zero_to_one, 1});
    double set = 0;
    for (const Fault& f : map.faults()) {
      EXPECT_EQ(f.zero_to_one + f.one_to_zero, 1);
      set += f.zero_to_one;
    }
    const auto n = static_cast<double>(map.size());
    EXPECT_NEAR(set / n, profile.zero_to_one, 4 * 0.5 / std::sqrt(n));
  }
}

TEST(FaultMap, of_chip_2_hits_the_published_parts_of_its_columns) {
  const auto profile = profile_of(Chip::chip_2);
  auto weights = profile.weights;
  std::sort(weights.rbegin(), weights.rend());
  EXPECT_NEAR(sum(weights, 128), 128, 1e-9);
  EXPECT_NEAR(sum(weights, 5) / 128, 0.52, 1e-12);
  EXPECT_NEAR(sum(weights, 10) / 128, 0.74, 1e-12);
  EXPECT_EQ(std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; }), 41);

  // One array, so that columns do not mix; p as published.
  const auto map = FaultMap::by_column(4, 128 * 4096, 4096, 0.0101, profile, {});
  EXPECT_NEAR(static_cast<double>(map.size()), 0.0101 * 128 * 4096,
              4 * std::sqrt(0.0101 * 128 * 4096));
  const auto shares = shares_by_column(map, 128);
  EXPECT_NEAR(sum(shares, 5), 0.52, 0.03);
  EXPECT_NEAR(sum(shares, 10), 0.74, 0.03);
  EXPECT_EQ(std::count_if(shares.begin(), shares.end(), [](double s) { return s > 0; }), 41);
  // Negative control: a uniform map has no such columns.
  const auto even = shares_by_column(FaultMap::uniform(4, 128 * 4096, 0.0101, {}), 128);
  EXPECT_LT(sum(even, 5), 0.1);
}

TEST(FaultMap, by_column_puts_bad_columns_elsewhere_in_every_array) {
  const auto profile = profile_of(Chip::chip_2);
  EXPECT_NE(positions(profile, 1, 0), positions(profile, 1, 1));
  auto at = positions(profile, 1, 0);
  std::sort(at.begin(), at.end());
  for (std::uint32_t c = 0; c < 128; ++c) EXPECT_EQ(at[c], c);
  auto written = ColumnProfile::of_weights({0, 3, 1, 0});
  written.shuffled = false;
  const auto map = FaultMap::by_column(1, 4000, 100, 0.1, written, {});
  for (const Fault& f : map.faults()) EXPECT_TRUE(f.cell % 4 == 1 || f.cell % 4 == 2);
}

TEST(ColumnProfile, says_how_much_fails_where_a_column_cannot_fail_more_than_always) {
  const auto profile = profile_of(Chip::chip_2);
  EXPECT_NEAR(profile.mean_rate(0.01), 0.01, 1e-15);
  EXPECT_NEAR(profile.mean_rate(1 / (0.104 * 128)), 1 / (0.104 * 128), 1e-12);  // 7.5 %: the limit
  EXPECT_LT(profile.mean_rate(0.2056), 0.14);
  const auto map = FaultMap::by_column(9, 128 * 8192, 8192, 0.2056, profile, {});
  EXPECT_NEAR(static_cast<double>(map.size()) / (128 * 8192), profile.mean_rate(0.2056), 0.002);
}

// Mean |dw| of 8-bit codes of step 1 whose bits lie linearly in rows of 128 cells.
double mean_change(const FaultMap& map, std::uint64_t codes, std::uint64_t offset = 0) {
  const CellLayout layout{8, 1, offset};
  std::vector<int> flips(codes);
  for (const Fault& f : map.faults()) {
    if (f.cell < offset) continue;
    const CodeBit b = layout.at(f.cell);
    if (b.code < codes) flips[b.code] ^= 1 << b.bit;
  }
  double total = 0;
  for (std::uint64_t i = 0; i < codes; ++i) {
    const int code = static_cast<int>(derived(77, i) & 255);
    total += std::abs((code ^ flips[i]) - code);
  }
  return total / static_cast<double>(codes);
}

TEST(FaultMap, uniform_changes_codes_by_p_times_their_range) {
  // Mean |dw| of single flips = p (2^m - 1) D.
  const double p = 0.001;
  constexpr std::uint64_t codes = 1 << 20;
  EXPECT_NEAR(mean_change(FaultMap::uniform(6, codes * 8, p, {}), codes), p * 255, 0.02 * p * 255);
}

TEST(FaultMap, by_column_hurts_more_than_a_uniform_one_where_high_bits_share_a_column) {
  const double p = 0.01;
  constexpr std::uint64_t codes = 1 << 18;
  const double uniform = mean_change(FaultMap::uniform(6, codes * 8, p, {}), codes);
  // Bad columns at the cells 7 mod 8, where the highest bits lie; and at 0 mod 8.
  std::vector<double> high(128, 0), low(128, 0);
  for (std::size_t c = 0; c < 128; c += 8) high[c + 7] = low[c] = 1;
  const auto at = [&](const std::vector<double>& weights) {
    auto profile = ColumnProfile::of_weights(weights);
    profile.shuffled = false;
    return mean_change(FaultMap::by_column(6, codes * 8, 512, p, profile, {}), codes);
  };
  EXPECT_NEAR(at(high) / uniform, 8 * 128 / 255.0, 0.15);
  EXPECT_NEAR(at(low) / uniform, 8 * 1 / 255.0, 0.005);
}

TEST(FaultMap, by_column_varies_more_from_chip_to_chip_than_a_uniform_one) {
  // The profile of chip 2: equal on average, worse on chips whose high bits share a bad column.
  constexpr std::uint64_t codes = 1 << 13;
  constexpr int chips = 40;
  const auto profile = profile_of(Chip::chip_2);
  double worst_uniform = 0, worst_column = 0, sum_uniform = 0, sum_column = 0;
  for (std::uint64_t chip = 0; chip < chips; ++chip) {
    const double u = mean_change(FaultMap::uniform(derived(5, chip), codes * 8, 0.01, {}), codes);
    const double c = mean_change(
        FaultMap::by_column(derived(5, chip), codes * 8, 512, 0.01, profile, {}), codes);
    worst_uniform = std::max(worst_uniform, u);
    worst_column = std::max(worst_column, c);
    sum_uniform += u;
    sum_column += c;
  }
  EXPECT_NEAR(sum_column / sum_uniform, 1, 0.25);
  EXPECT_GT(worst_column, 1.3 * worst_uniform);
}

TEST(FaultMap, between_gives_exactly_the_cells_asked_for) {
  const FaultMap map({{7, 1, 1}, {3, 1, 0}, {9, 0, 1}});
  const auto span = map.between(3, 9);
  ASSERT_EQ(span.end() - span.begin(), 2);
  EXPECT_EQ(span.begin()->cell, 3u);
  EXPECT_EQ((span.begin() + 1)->cell, 7u);
  EXPECT_TRUE(map.between(4, 7).empty());
  EXPECT_TRUE(FaultMap().between(0, 100).empty());
}

}  // namespace
}  // namespace mantissa::faults
