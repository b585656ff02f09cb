// SPDX-License-Identifier: Apache-2.0
#include "sim/sram/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "sim/presets/presets.h"
#include "sim/sram/sram_json.h"

namespace mantissa::sim {
namespace {

using faults::SupplyVoltage;

LoadedSram paper(std::vector<std::string> overrides = {}) {
  return load_sram("sram_512x64_14nm", overrides);
}
std::string message(const std::vector<std::string>& overrides, const SupplyVoltage& voltage) {
  try {
    tabulate(paper(overrides), {voltage});
    return "";
  } catch (const Error& e) {
    return e.message();
  }
}

TEST(SramTable, a_megabit_has_as_many_faulty_cells_as_the_published_rates_say) {
  const auto table = tabulate(paper(), measured_voltages());
  ASSERT_EQ(table.cells, 1u << 20);
  ASSERT_EQ(table.rows.size(), 7u);
  const double published[] = {0, 2, 72, 1353, 11692, 58437, 215587};
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    const auto& row = table.rows[i];
    EXPECT_NEAR(*row.expected_faults, published[i], 1) << i;
    EXPECT_NEAR(static_cast<double>(*row.counted_faults), published[i], 4 * std::sqrt(published[i]))
        << i;
    EXPECT_GE(*row.counted_faults, last);  // maps are nested
    last = *row.counted_faults;
    const double v = static_cast<double>(24 - i) / 24;
    const double energy = power::total(row.bank.read) / power::total(table.rows[0].bank.read);
    EXPECT_NEAR(row.ratio, v, 1e-12);
    EXPECT_NEAR(energy, v * v, 1e-6);
    EXPECT_NEAR(row.energy_ratio, v * v, 1e-6);
  }
}

TEST(SramTable, double_errors_are_those_of_the_closed_form) {
  const auto at = [](const char* rate) {
    return tabulate(paper({std::string("faults.rate=") + rate}), {SupplyVoltage::of_vmin(.9)})
        .rows[0];
  };
  EXPECT_NEAR(at("0.01").several_in_64, .135, .00135);
  EXPECT_NEAR(at("0.005").several_in_72, .0508, .000508);
  const auto row = at("0.01");
  const double none = std::pow(.99, 64), none72 = std::pow(.99, 72);
  EXPECT_NEAR(row.fates[0].silent, 1 - none, 1e-12);
  EXPECT_NEAR(row.fates[2].corrected, 72 * .01 * std::pow(.99, 71), 1e-12);
  EXPECT_NEAR(row.fates[2].clean, none72, 1e-12);
  EXPECT_NEAR(row.fates[2].detected + row.fates[2].silent, row.several_in_72, 1e-12);
  EXPECT_EQ(row.fates[2].silent, faults::word_outcome_rates(faults::Ecc::secded, .01).silent);
  EXPECT_GT(row.fates[2].silent, .1 * row.fates[2].detected);
  for (const auto& fate : row.fates)
    EXPECT_NEAR(fate.clean + fate.corrected + fate.detected + fate.silent, 1, 1e-12);
}

TEST(SramTable, published_savings_are_those_of_the_voltages_behind_the_rates) {
  // 0.1 % at 0.879 Vmin saves 22.7 %, 1 % at 0.836 Vmin saves 30.2 %.
  const auto table =
      tabulate(paper(), {SupplyVoltage::of_vmin(.879), SupplyVoltage::of_vmin(.836)});
  EXPECT_NEAR(table.rows[0].error_rate, .001, 2e-5);
  EXPECT_NEAR(table.rows[1].error_rate, .01, 3e-4);
  EXPECT_NEAR(1 - table.rows[0].energy_ratio, .227, 5e-4);
  EXPECT_NEAR(1 - table.rows[1].energy_ratio, .302, 1e-3);
}

TEST(SramTable, volts_need_a_vmin_and_three_quarters_of_it_are_the_least) {
  EXPECT_NE(message({}, SupplyVoltage::of_volts(Volts(.6))).find("vmin"), std::string::npos);
  EXPECT_EQ(message({"vmin=0.8 V"}, SupplyVoltage::of_volts(Volts(.6))), "");
  EXPECT_NE(message({"vmin=0.8 V"}, SupplyVoltage::of_volts(Volts(.5999))).find("faults.voltage"),
            std::string::npos);
  EXPECT_EQ(message({}, SupplyVoltage::of_vmin(.75)), "");
  EXPECT_NE(message({}, SupplyVoltage::of_vmin(.7499)), "");
}

TEST(SramTable, a_vmin_below_the_nominal_supply_costs_less_from_the_start) {
  const auto row = tabulate(paper({"vmin=0.6 V"}), {SupplyVoltage::of_vmin(1)}).rows[0];
  const auto nominal = tabulate(paper(), {SupplyVoltage::of_vmin(1)}).rows[0];
  EXPECT_NEAR(power::total(row.bank.read) / power::total(nominal.bank.read), .5625, 1e-12);
  EXPECT_GT(power::total(row.bank.access), power::total(nominal.bank.access));
  EXPECT_EQ(row.error_rate, 0);
}

TEST(SramTable, protection_adds_cells_and_scrubbing_adds_power) {
  const auto bare = tabulate(paper(), {});
  const auto secded = tabulate(paper({"ecc=secded", "scrub_interval=1 us"}), {});
  EXPECT_EQ(secded.cells * 64, bare.cells * 72);
  EXPECT_FALSE(bare.scrubbing);
  EXPECT_NEAR(secded.scrubbing->value, 32 * secded.bank.scrub() * 1e-12 / 1e-6, 1e-9);
}

TEST(SramTable, columns_of_a_published_chip_fail_less_often_than_at_random_where_they_saturate) {
  const auto table =
      tabulate(paper({"faults.map=column", "faults.chip=chip_2"}), {SupplyVoltage::of_vmin(.75)});
  const auto& row = table.rows[0];
  EXPECT_LT(row.error_rate, faults::error_rate(faults::ErrorLaw::measured, .75));
  EXPECT_EQ(*row.expected_faults, row.error_rate * static_cast<double>(table.cells));
  EXPECT_NEAR(static_cast<double>(*row.counted_faults) / *row.expected_faults, 1, .02);
}

TEST(SramTable, columns_are_expected_to_fail_as_the_map_stretches_them_over_check_bits) {
  for (const char* ecc : {"ecc=none", "ecc=parity", "ecc=secded"})
    for (const char* interleave : {"interleave=1", "interleave=4"}) {
      const auto row = tabulate(paper({"faults.map=column", "faults.chip=chip_2", "rows=128",
                                       "mux=4", ecc, interleave}),
                                {SupplyVoltage::of_vmin(.75)})
                           .rows[0];
      const double expected = *row.expected_faults;
      EXPECT_NEAR(static_cast<double>(*row.counted_faults), expected, 4 * std::sqrt(expected))
          << ecc << " " << interleave;
    }
}

TEST(SramTable, a_gigabyte_of_short_arrays_at_vmin_draws_no_column) {
  const auto row =
      tabulate(
          load_sram("sram_1m_7nm", {"capacity=1 GiB", "faults.map=column", "faults.array_rows=1"}),
          {SupplyVoltage::of_vmin(1)})
          .rows[0];
  EXPECT_EQ(*row.counted_faults, 0u);
}

TEST(SramTable, every_shipped_sram_is_tabulated_and_told_in_json) {
  int found = 0;
  for (const auto& preset : Presets::standard().list(PresetKind::memory)) {
    if (preset.sort != "sram") continue;
    ++found;
    EXPECT_FALSE(preset.description.empty()) << preset.name;
    const auto sram = load_sram(preset.name, {});
    const auto json = to_json(sram, tabulate(sram, measured_voltages()),
                              power::sram_against_published(sram.technology));
    EXPECT_EQ(json["voltages"].size(), 7u);
    EXPECT_EQ(json["published"].size(), 13u);
    EXPECT_GT(json["bank"]["read_pj"]["bit_lines"].get<double>(), 0);
    EXPECT_EQ(json["voltages"][0]["counted_faults"], 0);
    EXPECT_EQ(json["voltages"][0]["word"]["secded"]["silent"], 0);
  }
  EXPECT_GE(found, 3);
}

TEST(SramTable, a_memory_of_another_kind_is_refused) {
  const std::string path = testing::TempDir() + "/mantissa_other.yaml";
  std::ofstream(path) << "version: 1\nkind: dram\ncapacity: 1 KiB\ntechnology: 16nm\n";
  try {
    load_sram(path, {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(e.message().find("expected"), std::string::npos);
    EXPECT_NE(e.message().find("sram"), std::string::npos);
  }
}

}  // namespace
}  // namespace mantissa::sim
