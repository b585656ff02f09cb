// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/constraint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/config/node.h"
#include "sim/store/pareto.h"
#include "sim/sweep/plan.h"

namespace mantissa::sweep {
namespace {

const std::map<std::string, double> metrics{{"area_um2", 50e6},
                                            {"latency_s", 0.005},
                                            {"energy_pj", 3e9},
                                            {"macs", 1e9},
                                            {"dram_bandwidth_bytes_per_s", 34e9},
                                            {"power_w", 0.6},
                                            {"utilization", 0.25}};

std::optional<bool> holds(const std::string& text) {
  static const auto resolved = config::read_text(
      "arch:\n  core:\n    matrix:\n      rows: 64\n      columns: 32\n    clock: 700 MHz\n", "c");
  return Constraint(text, {"s.yaml", 9, 3, {}}).holds(lookup(metrics, resolved));
}

std::string refusal(const std::string& text) {
  try {
    holds(text);
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

using ::testing::HasSubstr;

TEST(Constraint, a_bound_is_exact_from_both_sides) {
  EXPECT_EQ(holds("area < 50 mm2"), false);
  EXPECT_EQ(holds("area <= 50 mm2"), true);
  EXPECT_EQ(holds("area == 50 mm2"), true);
  EXPECT_EQ(holds("area != 50 mm2"), false);
  EXPECT_EQ(holds("area < 50.000001 mm2"), true);
  EXPECT_EQ(holds("latency <= 5 ms"), true);
  EXPECT_EQ(holds("latency < 5 ms"), false);
  EXPECT_EQ(holds("latency >= 5000 us"), true);
  EXPECT_EQ(holds("latency > 4.999 ms"), true);
}

TEST(Constraint, quantities_combine_with_their_units) {
  EXPECT_EQ(holds("energy / latency <= 600 mW"), true);
  EXPECT_EQ(holds("energy / latency < 0.6 W"), false);
  EXPECT_EQ(holds("energy / macs == 3 pJ"), true);
  EXPECT_EQ(holds("dram.bandwidth < 35 GB/s"), true);
  EXPECT_EQ(holds("utilization > 20 %"), true);
  EXPECT_EQ(holds("power < 1 W"), true);
  EXPECT_EQ(holds("(area + 1 mm2) * 2 < 103 mm2"), true);
  EXPECT_EQ(holds("50 mm2 - area >= -1 um2"), true);
}

TEST(Constraint, parameters_of_the_configuration_are_names_too) {
  EXPECT_EQ(holds("core.matrix.rows * core.matrix.columns <= 2048"), true);
  EXPECT_EQ(holds("core.matrix.rows * core.matrix.columns < 2048"), false);
  EXPECT_EQ(holds("core.clock >= 700 MHz"), true);
}

TEST(Constraint, a_name_without_a_value_leaves_it_open) {
  EXPECT_EQ(holds("cycles < 5 cycles"), std::nullopt);
  EXPECT_EQ(holds("core.matrix.units < 5"), std::nullopt);
}

TEST(Constraint, a_ratio_by_zero_satisfies_nothing) {
  EXPECT_EQ(holds("area / (macs - macs) < 1 um2"), false);
  EXPECT_EQ(holds("area / (macs - macs) > 1 um2"), false);
}

TEST(Constraint, mistakes_are_named_with_their_place) {
  EXPECT_EQ(
      refusal("aera < 50 mm2"),
      "s.yaml:9:3: error: in 'aera < 50 mm2'; read 'aera'; expected a quantity that every run "
      "yields, or a dotted parameter; did you mean 'area'?; see 'mantissa sweep --quantities' "
      "[sweep.quantity]");
  EXPECT_EQ(
      refusal("area < 50 mm3"),
      "s.yaml:9:3: error: in 'area < 50 mm3'; read 'mm3'; expected a unit such as ms, mJ, mm2, "
      "GB/s or TOPS; did you mean 'mm2'? [sweep.unit]");
  EXPECT_THAT(refusal("area < 50 ms"), HasSubstr("um2 meets s; expected both sides in one unit"));
  EXPECT_THAT(refusal("area < 50"), HasSubstr("um2 meets 1"));
  EXPECT_THAT(refusal("area + latency < 5 ms"), HasSubstr("um2 meets s"));
  EXPECT_THAT(refusal("area"), HasSubstr("read 'the end'; expected <, <=, >, >=, == or !="));
  EXPECT_THAT(refusal("area <"), HasSubstr("expected a quantity, a number or '('"));
  EXPECT_THAT(refusal("(area < 5 mm2"), HasSubstr("expected ')'"));
  EXPECT_THAT(refusal("1 < 2"), HasSubstr("expected a quantity such as area"));
  EXPECT_THAT(refusal("area < 5 mm2 latency"), HasSubstr("the end of the constraint"));
  EXPECT_THAT(refusal(""), HasSubstr("[sweep.constraint]"));
  EXPECT_THAT(refusal(std::string(100, '(') + "area"), HasSubstr("64 nested"));
}

TEST(Pareto, only_points_that_none_beats_everywhere_are_on_the_front) {
  EXPECT_EQ(store::pareto_front({{1, 5}, {2, 2}, {3, 3}, {5, 1}, {2, 2}, {1, 6}}),
            (std::vector<bool>{true, true, false, true, true, false}));
  EXPECT_TRUE(store::pareto_front({}).empty());
}

TEST(Measure, units_are_read_exactly) {
  EXPECT_EQ(parse_measure("12.3 TOPS")->value, 12.3e12);
  EXPECT_EQ(parse_measure("256 KiB")->value, 262144);
  EXPECT_EQ(parse_measure("5 ms")->value, 0.005);
  EXPECT_EQ(parse_measure("7")->value, 7);
  EXPECT_FALSE(parse_measure("7 parsec"));
  EXPECT_FALSE(parse_measure("fast"));
}

}  // namespace
}  // namespace mantissa::sweep
