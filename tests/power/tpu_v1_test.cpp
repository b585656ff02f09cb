// SPDX-License-Identifier: Apache-2.0
// The first TPU's die and power beside what the tables say. Nothing here is fitted to them.
#include <gtest/gtest.h>

#include <cstdio>

#include "power/estimate.h"
#include "power/estimators/synthesised.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

constexpr double mib = 1024. * 1024;
constexpr double published_die = 331;  // mm2, an upper bound: "at most"

Technology technology(bool synthesised) {
  Technology t = shipped("28nm");
  if (synthesised)
    t.prefer(read_synthesis_results(MANTISSA_SOURCE_DIR "/rtl", "rtl", units_that_price()));
  return t;
}

Estimate tpu(std::uint64_t macs, double seconds, bool synthesised = false) {
  return estimate({{"matrix", "mac_array", {{"rows", 256}, {"columns", 256}}, {{"format", "int8"}}},
                   {"unified_buffer", "sram", {{"capacity_bytes", 24 * mib}, {"banks", 256}}, {}},
                   {"accumulators", "sram", {{"capacity_bytes", 4 * mib}, {"banks", 256}}, {}}},
                  {{"matrix", "mac", macs, {}}}, seconds, technology(synthesised));
}

TEST(TpuV1, estimated_areas_lie_between_the_bare_cells_and_the_die) {
  const Estimate e = tpu(1, 1e-9);
  const double matrix = e.area_by_part.at("matrix").value / 1e6;
  const double buffer = e.area_by_part.at("unified_buffer").value / 1e6;
  const double accumulators = e.area_by_part.at("accumulators").value / 1e6;
  std::printf(
      "TPU v1, 28 nm, mm2: matrix %.2f (published 24 %% of 331: %.1f), unified buffer %.2f "
      "(29 %%: %.1f), accumulators %.2f (6 %%: %.1f)\n",
      matrix, .24 * published_die, buffer, .29 * published_die, accumulators, .06 * published_die);
  // Below: the storage cells alone. Above: the published block, which holds the wires, ports and
  // address logic that the tables leave out; an estimate of the parts cannot exceed the whole.
  EXPECT_GT(buffer, 24 * mib * 8 * .127 / 1e6);
  EXPECT_LT(buffer, .29 * published_die);
  EXPECT_GT(accumulators, 4 * mib * 8 * .127 / 1e6);
  EXPECT_LT(accumulators, .06 * published_die);
  // Arithmetic cells alone, moved by the published factor.
  const double cells = 65536 * (282 + 137) * area_ratio(Nanometres(45), Nanometres(28)).value / 1e6;
  EXPECT_GT(matrix, cells);
  EXPECT_LT(matrix, .24 * published_die);
}

// Cells of the RTL, moved over four nodes by published factors, and the block that was published.
TEST(TpuV1, the_synthesised_matrix_unit_is_within_a_factor_of_two_of_the_published_block) {
  const double published = .24 * published_die;
  const auto matrix = [](bool synthesised) {
    return tpu(1, 1e-9, synthesised).area_by_part.at("matrix").value / 1e6;
  };
  std::printf(
      "TPU v1, 28 nm, mm2: matrix %.1f synthesised (%+.0f %%), %.1f by the tables (%+.0f %%), "
      "published %.1f\n",
      matrix(true), 100 * (matrix(true) / published - 1), matrix(false),
      100 * (matrix(false) / published - 1), published);
  EXPECT_GT(matrix(true), published / 2);
  EXPECT_LT(matrix(true), published * 2);
  EXPECT_GT(matrix(true), matrix(false)) << "the tables leave out what synthesis has";
}

TEST(TpuV1, the_matrix_unit_at_peak_draws_less_than_the_published_thermal_power) {
  const std::uint64_t macs = 65536ull * 700'000'000ull;  // one second, every cell busy
  const Estimate e = tpu(macs, 1);
  const double watts = e.energy[0].energy.value * 1e-12;
  double leakage = 0;
  for (const auto& row : e.energy)
    if (row.action == "leakage") leakage += row.energy.value * 1e-12;
  std::printf(
      "TPU v1 at peak: matrix %.1f W, %.3f pJ per MAC, leakage %.2f W (published: 75 W "
      "thermal, 40 W busy, 28 W idle)\n",
      watts, e.energy[0].price.value, leakage);
  EXPECT_LT(watts + leakage, 75);
  EXPECT_GT(watts, 1);
  EXPECT_LT(leakage, 28);
}

}  // namespace
}  // namespace mantissa::power
