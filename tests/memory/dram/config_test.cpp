// SPDX-License-Identifier: Apache-2.0
// Every shipped DRAM loads, is what it says it is, and refuses what cannot be.
#include "memory/dram/config.h"

#include <gtest/gtest.h>

#include <map>

#include "memory/dram/controller.h"
#include "memory/dram/energy.h"
#include "tests/memory/dram/presets.h"

namespace mantissa::memory::dram {
namespace {

struct Expected {
  const char* standard;
  double peak;             // GB/s
  std::uint64_t capacity;  // MiB
};

// Peak: width / 8 x transfers per second x channels, as the standards and the boards name it.
const std::map<std::string, Expected> expected = {
    {"hbm2_8gb_x128", {"HBM2", 32, 512}},    {"hbm2_2000_pc", {"HBM2", 16, 512}},
    {"hbm3_6400", {"HBM3", 25.6, 512}},      {"hbm4_8000", {"HBM4", 32, 512}},
    {"ddr4_2400", {"DDR4", 19.2, 16384}},    {"lpddr4_3200", {"LPDDR4", 6.4, 1024}},
    {"lpddr5_6400", {"LPDDR5", 12.8, 1024}}, {"ddr3_2133", {"DDR3", 34.133, 8192}},
    {"u280_hbm", {"HBM2", 460.8, 8192}},     {"u280_ddr4", {"DDR4", 38.4, 32768}},
};

TEST(DramPresets, are_all_expected_and_there) {
  std::vector<std::string> names;
  for (const auto& [name, figures] : expected) names.push_back(name);
  EXPECT_EQ(preset_names(), names);
}

class DramPreset : public testing::TestWithParam<std::string> {};

TEST_P(DramPreset, has_the_bandwidth_and_capacity_of_its_standard) {
  const DramConfig config = preset(GetParam());
  const Expected& e = expected.at(GetParam());
  EXPECT_EQ(config.name, GetParam());
  EXPECT_EQ(config.standard, e.standard);
  EXPECT_NEAR(config.peak_bytes_per_second() / 1e9, e.peak, 1e-3 * e.peak);
  EXPECT_EQ(config.organization.bytes() >> 20, e.capacity);
  EXPECT_FALSE(config.description.empty());
}

TEST_P(DramPreset, has_the_queues_and_the_policy_of_all) {
  const auto& c = preset(GetParam()).controller;
  EXPECT_EQ(c.transaction_queue, 32);
  EXPECT_EQ(c.bank_queue, 8);
  EXPECT_EQ(c.page_policy, PagePolicy::open);
  EXPECT_EQ(c.scheduling, Scheduling::fr_fcfs);
}

TEST_P(DramPreset, fits_together_within_itself) {
  const DramConfig config = preset(GetParam());
  const Timing& t = config.timing;
  // Widths and beats: single, double or quadruple data rate, or 4:1 WCK, in `burst` cycles.
  const double rate =
      static_cast<double>(config.organization.burst_length) / static_cast<double>(t.burst);
  EXPECT_TRUE(rate == 2 || rate == 4 || rate == 8) << rate;
  // Where a figure is rounded up to cycles on its own, the sum may be off by one or two.
  EXPECT_NEAR(static_cast<double>(t.RAS + t.RP), static_cast<double>(t.RC), 3);
  EXPECT_GE(t.FAW, 3 * t.RRDS);
  EXPECT_GT(t.XS, t.RFC);
  EXPECT_EQ(config.controller.separate_buses, config.standard.rfind("HBM", 0) == 0);
}

TEST_P(DramPreset, reads_back_from_its_own_resolved_text) {
  const auto loaded = config::load<DramConfig>(GetParam(), config::preset_folders({preset_folder}));
  const auto again = DramConfig::schema().parse([&] {
    auto node = config::read_text(loaded.yaml, "resolved.yaml");
    node.erase("version");
    return node;
  }());
  EXPECT_EQ(config::resolved_yaml(again), loaded.yaml);
}

TEST_P(DramPreset, says_scope_and_source_of_every_energy_figure) {
  const DramConfig config = preset(GetParam());
  if (!config.energy) return;
  EXPECT_FALSE(config.energy->scope.empty());
  EXPECT_FALSE(config.energy->source.empty());
  EXPECT_EQ(config.energy->io_pj_per_bit.has_value(), !config.energy->io_source.empty());
}

INSTANTIATE_TEST_SUITE_P(All, DramPreset, testing::ValuesIn(preset_names()),
                         [](const auto& info) { return info.param; });

TEST(DramPresets, of_the_two_named_parts_have_the_mappings_and_ranks_that_they_are_known_for) {
  const DramConfig hbm = preset("hbm2_8gb_x128"), ddr = preset("ddr4_2400");
  EXPECT_EQ(hbm.controller.mapping, "row-rank-bankgroup-bank-channel-column");
  EXPECT_EQ(ddr.controller.mapping, "row-channel-rank-bank-bankgroup-column");
  EXPECT_EQ(hbm.organization.ranks, 1);
  EXPECT_EQ(ddr.organization.ranks, 2);
  for (const auto* config : {&hbm, &ddr}) EXPECT_EQ(config->organization.channels, 1);
}

// What the loader says to one override of a good preset.
std::string override_refusal(const std::string& override,
                             const std::string& name = "hbm2_8gb_x128") {
  try {
    preset(name, {override});
  } catch (const Error& error) {
    return error.message();
  }
  return "accepted";
}

TEST(DramConfig, refuses_what_cannot_be_and_names_the_reason) {
  const auto expect = [](const std::string& override, const std::string& part) {
    const std::string message = override_refusal(override);
    EXPECT_NE(message.find(part), std::string::npos) << override << ": " << message;
  };
  expect("timing.RCDR=14", "did you mean 'RCDRD'?");
  expect("organization.rows=1000", "rows must be a power of two");
  expect("organization.columns=2", "a row holds at least one burst");
  expect("organization.ranks=8", "at most 64 banks");
  expect("timing.CCDL=0", "CCDL");
  expect("timing.RRDL=3", "RRDL is at least RRDS");
  expect("timing.REFI=300", "refreshes leave no time for requests");
  expect("controller.write_high=33", "the write queue never holds so many");
  expect("controller.write_low=32", "write_low lies below write_high");
  expect("controller.mapping=row-bank-bankgroup-column-bank", "address bits overlap");
  expect("controller.page_policy=opne", "did you mean 'open'?");
  expect("energy.vdd=12 V", "0.3 V");
  expect("energy.vdd=0 V", "0.3 V");
  expect("energy.currents.IDD4R=50", "at least IDD3N");
  expect("energy.currents.IDD0=50", "IDD0 is at least IDD3N");
  expect("energy.pj_per_bit=3", "currents say what pj_per_bit");
  expect("kind=sram", "this is of kind sram, not dram");
}

TEST(DramConfig, accepts_the_limits_themselves) {
  for (const char* override : {"controller.write_high=31", "controller.write_low=31",
                               "organization.columns=4", "organization.ranks=4", "energy.vdd=0.3 V",
                               "energy.vdd=3.6 V", "energy.currents.IDD4R=55", "timing.RRDL=4"})
    EXPECT_EQ(override_refusal(override), "accepted");
}

TEST(DramConfig, of_per_bank_refresh_must_leave_time_for_it) {
  EXPECT_EQ(override_refusal("refresh.mode=per_bank"), "accepted");
  EXPECT_NE(
      override_refusal("refresh.mode=per_bank", "hbm4_8000").find("must be refreshed every 487"),
      std::string::npos);
  EXPECT_NE(override_refusal("refresh.mode=per_bank", "ddr4_2400").find("needs timing.RFCpb"),
            std::string::npos);
}

}  // namespace
}  // namespace mantissa::memory::dram
