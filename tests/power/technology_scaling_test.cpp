// SPDX-License-Identifier: Apache-2.0
#include "power/technology_scaling.h"

#include <gtest/gtest.h>

namespace mantissa::power {
namespace {

constexpr Nanometres nm(double v) { return Nanometres(v); }

TEST(TechnologyScaling, the_authors_worked_example_is_reproduced) {
  // Erratum of the publication: 32 nm at 0.9 V, 65 nm at 1.3 V, and 1 pJ moved between them.
  EXPECT_NEAR(energy_factor(nm(32), Volts(.9)).value, .4571, 5e-5);
  EXPECT_NEAR(energy_factor(nm(65), Volts(1.3)).value, 2.604, 5e-4);
  // The authors divide the rounded factors: 0.4571 / 2.604 = 0.17554, printed as 0.1755.
  EXPECT_NEAR(.4571 / 2.604, .1755, 5e-5);
  EXPECT_NEAR(energy_ratio(nm(65), Volts(1.3), nm(32), Volts(.9)).value, .457137 / 2.60355, 1e-9);
}

TEST(TechnologyScaling, listed_area_factors_are_returned_as_printed) {
  const double printed[] = {1, .34, .15, .08, .053, .025, .011, .01, .0093, .0055, .0032};
  ASSERT_EQ(listed_nodes().size(), std::size(printed));
  for (std::size_t i = 0; i < std::size(printed); ++i) {
    EXPECT_EQ(relative_area(nm(listed_nodes()[i])).value, printed[i]);
    EXPECT_EQ(relative_area(nm(listed_nodes()[i])).note, "");
  }
}

TEST(TechnologyScaling, area_falls_with_the_node_everywhere) {
  for (double n = 7; n < 180; n += .5)
    EXPECT_LT(relative_area(nm(n)).value, relative_area(nm(n + .5)).value) << n;
}

TEST(TechnologyScaling, energy_falls_with_the_node_and_with_the_voltage) {
  for (double n = 7; n < 45; n += .5)
    EXPECT_LT(energy_factor(nm(n), Volts(.9)).value, energy_factor(nm(n + .5), Volts(.9)).value);
  for (double v = .6; v < 1; v += .05)
    EXPECT_LT(energy_factor(nm(28), Volts(v)).value, energy_factor(nm(28), Volts(v + .05)).value);
}

TEST(TechnologyScaling, delay_falls_from_45_to_7_nm_at_nominal_voltages) {
  EXPECT_LT(delay_ratio(nm(45), Volts(.9), nm(7), Volts(.7)).value, 1);
  EXPECT_GT(delay_ratio(nm(7), Volts(.7), nm(45), Volts(.9)).value, 1);
}

TEST(TechnologyScaling, node_28_lies_strictly_between_32_and_20_and_says_interpolated) {
  const Factor f = relative_area(nm(28));
  EXPECT_LT(f.value, relative_area(nm(32)).value);
  EXPECT_GT(f.value, relative_area(nm(20)).value);
  EXPECT_EQ(f.note, "28 nm interpolated between 32 nm and 20 nm");
}

TEST(TechnologyScaling, there_and_back_is_one) {
  for (double n : {180., 65., 28., 7.}) {
    EXPECT_NEAR(area_ratio(nm(45), nm(n)).value * area_ratio(nm(n), nm(45)).value, 1, 1e-14);
    EXPECT_NEAR(energy_ratio(nm(45), Volts(.9), nm(n), Volts(1)).value *
                    energy_ratio(nm(n), Volts(1), nm(45), Volts(.9)).value,
                1, 1e-14);
  }
  EXPECT_EQ(energy_ratio(nm(28), Volts(.9), nm(28), Volts(.9)).value, 1);
}

TEST(TechnologyScaling, nodes_and_voltages_outside_the_publication_are_refused) {
  EXPECT_NO_THROW(relative_area(nm(7)));
  EXPECT_THROW(relative_area(nm(6.9)), Error);
  EXPECT_NO_THROW(relative_area(nm(180)));
  EXPECT_THROW(relative_area(nm(181)), Error);
  // 65 nm: the parabola's vertex is at 4.398 / (2 x 3.755) = 0.5856 V.
  EXPECT_THROW(energy_factor(nm(65), Volts(.585)), Error);
  EXPECT_NO_THROW(energy_factor(nm(65), Volts(.587)));
  EXPECT_THROW(delay_factor(nm(45), Volts(0)), Error);
}

}  // namespace
}  // namespace mantissa::power
