// SPDX-License-Identifier: Apache-2.0
// Energies of actions against figures worked out elsewhere from the same currents, and of a whole
// run against its parts.
#include "memory/dram/energy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/memory/dram/presets.h"

namespace mantissa::memory::dram {
namespace {

// HBM2, VDD 1.2 V: ACT + PRE .828 nJ, RD .804 nJ per 64 B, WR 1.068 nJ, REF 60.8 nJ; core only.
TEST(DramEnergy, of_hbm2_actions_is_what_the_currents_say) {
  const auto e = action_energies(preset("hbm2_8gb_x128"));
  EXPECT_NEAR(e.activate->value, 828, 1e-6);
  EXPECT_NEAR(e.read->value, 804, 1e-6);
  EXPECT_NEAR(e.write->value, 1068, 1e-6);
  EXPECT_NEAR(e.refresh->value, 60'840, 1e-6);
  EXPECT_NEAR(e.refresh_bank->value, 60'840. / 16, 1e-6);
  EXPECT_FALSE(e.io.has_value());
}

// DDR4-2400, a rank of eight x8: ACT 3.45 nJ, RD 2.93 nJ per 64 B, worked out at tCK .83 ns.
TEST(DramEnergy, of_ddr4_actions_counts_all_devices_of_the_rank) {
  const auto e = action_energies(preset("ddr4_2400"));
  EXPECT_NEAR(e.activate->value, 3450, .005 * 3450);
  EXPECT_NEAR(e.read->value, 2930, .005 * 2930);
  // The control: one device, an eighth.
  const auto one = action_energies(preset("ddr4_2400", {"organization.devices=1"}));
  EXPECT_NEAR(8 * one.activate->value, e.activate->value, 1e-6);
}

TEST(DramEnergy, per_bit_is_core_and_io_apart) {
  const auto e = action_energies(preset("hbm2_2000_pc"));
  EXPECT_NEAR(e.read->value, 1.91 * 256, 1e-9);
  EXPECT_NEAR(e.io->value, .80 * 256, 1e-9);
  EXPECT_NEAR(e.activate->value, 909, 1e-9);
  // 3.92 pJ/bit in all when a row serves 1.21 pJ/bit of its activation: 909 / 1.21 / 8 = 94 B.
  EXPECT_NEAR((e.read->value + e.io->value) / 256 + 1.21, 3.92, 1e-9);
}

ChannelStatistics some_work() {
  ChannelStatistics s;
  const auto count = [&](CommandKind kind) -> std::uint64_t& {
    return s.commands[static_cast<std::size_t>(kind)];
  };
  count(CommandKind::activate) = 10;
  count(CommandKind::read) = 100;
  count(CommandKind::read_a) = 20;
  count(CommandKind::write) = 30;
  count(CommandKind::write_a) = 5;
  count(CommandKind::refresh) = 2;
  count(CommandKind::refresh_bank) = 16;
  s.rank_time = {1000, 2000, 300, 400, 500};
  return s;
}

TEST(DramEnergy, of_a_run_is_counts_times_prices_and_the_parts_are_the_total) {
  const auto report = energy(preset("hbm2_8gb_x128"), some_work());
  const double v = 1.2;
  const std::map<std::string, double> expected = {{"activation", 10 * 828.},
                                                  {"read", 120 * 804.},
                                                  {"write", 35 * 1068.},
                                                  {"refresh", 2 * 60'840.},
                                                  {"refresh.bank", 60'840.},
                                                  {"background.active_standby", 1000 * v * 55},
                                                  {"background.precharge_standby", 2000 * v * 40},
                                                  {"background.active_power_down", 300 * v * 40},
                                                  {"background.precharge_power_down", 400 * v * 28},
                                                  {"background.self_refresh", 500 * v * 31}};
  double sum = 0;
  ASSERT_EQ(report.parts.size(), expected.size());
  for (const auto& part : report.parts) {
    EXPECT_NEAR(part.energy.value, expected.at(part.name), 1e-6) << part.name;
    EXPECT_NE(part.scope, "") << part.name;
    EXPECT_NE(part.source, "") << part.name;
    EXPECT_NE(part.formula.find("pJ"), std::string::npos) << part.formula;
    sum += part.energy.value;
  }
  EXPECT_DOUBLE_EQ(report.total.value, sum);
  EXPECT_THAT(report.missing, testing::Contains(testing::HasSubstr("I/O")));
}

TEST(DramEnergy, of_io_has_a_scope_and_a_source_of_its_own) {
  const auto report = energy(preset("hbm2_2000_pc"), some_work());
  ASSERT_FALSE(report.parts.empty());
  const auto& io = report.parts.back();
  EXPECT_EQ(io.name, "io");
  EXPECT_EQ(io.scope, "I/O");
  EXPECT_NEAR(io.energy.value, 155 * 256 * .80, 1e-6);
  EXPECT_THAT(report.missing, testing::Contains(testing::HasSubstr("background")));
}

TEST(DramEnergy, that_nobody_gave_is_not_known_rather_than_zero) {
  const auto report = energy(preset("lpddr5_6400"), some_work());
  EXPECT_FALSE(report.known());
  EXPECT_TRUE(report.parts.empty());
  EXPECT_FALSE(report.missing.empty());
}

TEST(DramEnergy, is_plausible_on_every_preset) {
  for (const auto& name : preset_names()) {
    const DramConfig config = preset(name);
    const auto e = action_energies(config);
    if (!config.energy) continue;
    // A read of a bit costs between LPDDR's best and DDR3's DIMM.
    const double per_bit =
        e.read->value / (8. * static_cast<double>(config.organization.burst_bytes()));
    EXPECT_GT(per_bit, 1) << name;
    EXPECT_LE(per_bit, 70) << name;
    if (e.activate) {
      EXPECT_GT(e.activate->value, 100) << name;
      EXPECT_LT(e.activate->value, 20'000) << name;
    }
  }
}

}  // namespace
}  // namespace mantissa::memory::dram
