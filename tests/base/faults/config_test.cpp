// SPDX-License-Identifier: Apache-2.0
#include "base/faults/config.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/config/node.h"

namespace mantissa::faults {
namespace {

FaultConfig parse(const std::string& yaml) {
  return FaultConfig::schema().parse(config::read_text(yaml, "faults.yaml"));
}

const CellLayout words{64, 1};

TEST(FaultConfig, takes_rates_from_the_voltage_unless_one_is_given) {
  EXPECT_NEAR(parse("{map: uniform}").rate_at(0.875), 0.00129, 1e-12);
  EXPECT_NEAR(parse("{law: normal}").rate_at(0.875), 0.00109, 1e-5);
  EXPECT_EQ(parse("{rate: 0.25}").rate_at(0.875), 0.25);
}

TEST(FaultConfig, takes_columns_and_directions_from_a_chip) {
  const auto chip = parse("{map: column, chip: chip_2, effect: directional, rate: 0.01}");
  EXPECT_NEAR(chip.profile().zero_to_one, 0.81, 0.005);
  EXPECT_TRUE(chip.profile().shuffled);
  const auto map = chip.map_of(1, 1 << 16, words, 1);
  double set = 0;
  for (const Fault& f : map.faults()) set += f.zero_to_one;
  EXPECT_NEAR(set / static_cast<double>(map.size()), 0.81, 0.03);
  const auto own = parse(
      "{map: column, column_weights: [0, 1], zero_to_one: 1, effect: directional, rate: 0.1}");
  const auto odd = own.map_of(1, 1 << 10, words, 1);
  for (const Fault& f : odd.faults()) {
    EXPECT_EQ(f.cell % 2, 1u);
    EXPECT_EQ(f.one_to_zero, 0);
  }
}

TEST(FaultConfig, keeps_bad_columns_columns_of_rows_with_check_bits) {
  const auto chip = parse("{map: column, chip: chip_2, rate: 0.02, array_rows: 100000}");
  for (const CellLayout layout : {CellLayout{72, 1}, CellLayout{72, 4}, CellLayout{64, 1}}) {
    const std::uint64_t columns = layout.bits == 64 ? 128 : layout.row_cells();
    std::vector<double> hits(columns);
    const auto map = chip.map_of(1, 1 << 18, layout, 1);
    for (const Fault& f : map.faults()) ++hits[f.cell % columns];
    double sound = 0;
    for (const double h : hits) sound += h == 0;
    EXPECT_NEAR(sound / static_cast<double>(columns), 87.0 / 128, 0.02);
    const double cells = static_cast<double>(layout.cells((1 << 18) / 8));
    EXPECT_NEAR(static_cast<double>(map.size()) / cells, 0.02, 0.001);
  }
}

TEST(FaultConfig, knows_the_mean_rate_of_the_columns_that_its_map_stretches) {
  const auto chip = parse("{map: column, chip: chip_2, rate: 0.2056, array_rows: 4096}");
  for (const CellLayout layout :
       {CellLayout{64, 1}, CellLayout{65, 1}, CellLayout{72, 1}, CellLayout{72, 4}}) {
    const double rate = chip.mean_rate(layout, 1);
    const auto cells = static_cast<double>(layout.cells((1 << 20) / 8));
    const auto map = chip.map_of(1, 1 << 20, layout, 1);
    EXPECT_LT(rate, 0.14);
    EXPECT_NEAR(static_cast<double>(map.size()), rate * cells, 4 * std::sqrt(rate * cells));
  }
  EXPECT_EQ(parse("{map: uniform, rate: 0.2056}").mean_rate(words, 1), 0.2056);
  EXPECT_EQ(parse("{map: none}").mean_rate(words, 0.8), 0);
}

TEST(FaultConfig, allows_as_many_upsets_as_a_run_can_follow) {
  EXPECT_EQ(parse("{upset_rate: 1e-7}").upset_objection(1'000'000), "");
  EXPECT_NE(parse("{upset_rate: 1.01e-7}").upset_objection(1'000'000), "");
  EXPECT_NE(parse("{upset_rate: 1e-7, upset_width: 2}").upset_objection(1'000'000), "");
  EXPECT_EQ(parse("{}").upset_objection(1ull << 40), "");
}

TEST(FaultConfig, has_no_failing_cells_at_vmin_or_without_a_map) {
  EXPECT_TRUE(parse("{map: uniform}").map_of(1, 1 << 16, words, 1).empty());
  EXPECT_FALSE(parse("{map: uniform}").map_of(1, 1 << 16, words, 0.8).empty());
  EXPECT_TRUE(parse("{map: none}").map_of(1, 1 << 16, words, 0.8).empty());
}

TEST(FaultConfig, refuses_parameters_that_do_not_go_together) {
  EXPECT_THROW(parse("{map: file}"), Error);
  EXPECT_THROW(parse("{map: none, rate: 0.1}"), Error);
  EXPECT_THROW(parse("{column_weights: [1]}"), Error);
  EXPECT_THROW(parse("{map: column, column_weights: [0, 0]}"), Error);
  EXPECT_THROW(parse("{rate: 1.5}"), Error);
}

TEST(FaultConfig, writes_what_it_reads) {
  for (const char* yaml : {"{map: uniform}", "{map: column, chip: chip_3, write_error: 0.5}"}) {
    const auto node = FaultConfig::schema().write(parse(yaml));
    EXPECT_EQ(FaultConfig::schema().write(FaultConfig::schema().parse(node)).yaml(), node.yaml());
  }
}

}  // namespace
}  // namespace mantissa::faults
