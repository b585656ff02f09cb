// SPDX-License-Identifier: Apache-2.0
// Campaigns: their points, the outputs that they compare, their statistics.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>

#include "base/config/node.h"
#include "sim/run/output_error.h"
#include "sim/store/campaign.h"
#include "sim/sweep/plan.h"
#include "sim/sweep/simulate.h"
#include "sim/sweep/sweep.h"

namespace mantissa::sweep {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Sweep campaign_of(const std::string& body) {
  return parse_sweep(config::read_text("version: 1\nkind: sweep\n" + body, "s.yaml"), "s.yaml");
}

std::vector<std::string> points_of(const std::string& body) {
  std::vector<std::string> out;
  for (const auto& point : expand(campaign_of(body))) out.push_back(describe(point));
  return out;
}

TEST(Campaign, has_every_chip_at_every_voltage) {
  EXPECT_THAT(points_of("archs: [a]\nworkloads: [w]\nfidelity: data\n"
                        "campaign: {chips: 2, first_chip: 5, voltages: [0.9 Vmin, 0.8 Vmin]}\n"),
              ElementsAre("a on w with core.scratchpad.voltage=0.9 Vmin, core.chip_seed=5",
                          "a on w with core.scratchpad.voltage=0.9 Vmin, core.chip_seed=6",
                          "a on w with core.scratchpad.voltage=0.8 Vmin, core.chip_seed=5",
                          "a on w with core.scratchpad.voltage=0.8 Vmin, core.chip_seed=6"));
}

TEST(Campaign, multiplies_the_grid_and_may_leave_voltages_as_they_are) {
  EXPECT_THAT(
      points_of("archs: [a]\nworkloads: [w]\nfidelity: data\ngrid: {x: [1, 2]}\n"
                "campaign: {chips: 2}\n"),
      ElementsAre("a on w with x=1, core.chip_seed=0", "a on w with x=1, core.chip_seed=1",
                  "a on w with x=2, core.chip_seed=0", "a on w with x=2, core.chip_seed=1"));
}

TEST(Campaign, sets_all_its_memories_together) {
  EXPECT_THAT(points_of("archs: [a]\nworkloads: [w]\nfidelity: data\n"
                        "campaign: {chips: 1, voltages: [0.9 Vmin], memories: [m, n]}\n"),
              ElementsAre("a on w with m.voltage=0.9 Vmin, n.voltage=0.9 Vmin, core.chip_seed=0"));
}

TEST(Campaign, is_refused_beside_a_grid_over_the_same_parameter_and_in_shape_mode) {
  const auto refusal = [](const std::string& body) -> std::string {
    try {
      expand(campaign_of("archs: [a]\nworkloads: [w]\n" + body));
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("fidelity: data\ngrid: {core.chip_seed: [1, 2]}\n"
                      "campaign: {chips: 2, voltages: [0.9 Vmin]}\n"),
              HasSubstr("core.chip_seed"));
  EXPECT_THAT(refusal("campaign: {chips: 2}\n"), HasSubstr("fidelity: data"));
  EXPECT_THAT(refusal("fidelity: data\ncampaign: {chips: 2, voltages: [0.7 Vmin]}\n"),
              HasSubstr("0.75 Vmin"));
}

TEST(Campaign, is_refused_when_it_counts_chips_twice_however_a_voltage_is_written) {
  const auto refusal = [](const std::string& campaign) -> std::string {
    try {
      campaign_of("archs: [a]\nworkloads: [w]\nfidelity: data\ncampaign: {chips: 2, " + campaign +
                  "}\n");
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("voltages: [1 Vmin, 1 Vmin]"), HasSubstr("twice"));
  EXPECT_THAT(refusal("voltages: [0.9 Vmin, 0.90Vmin]"), HasSubstr("other than '0.9 Vmin'"));
  EXPECT_THAT(refusal("voltages: [0.6 V, 0.7 V, 600 mV]"), HasSubstr("read '600 mV'"));
  EXPECT_EQ(refusal("voltages: [0.9 Vmin, 0.9 V]"), "accepted");
  EXPECT_THAT(refusal("memories: []"), HasSubstr("at least one memory"));
}

arch::OutputTensor tensor(const std::vector<float>& values, std::int64_t width) {
  arch::OutputTensor t;
  t.tensor.name = "y";
  t.tensor.format = trace::NumberFormat::fp32;
  t.tensor.shape = {static_cast<std::int64_t>(values.size()) / width, width};
  t.bytes.resize(values.size() * 4);
  std::memcpy(t.bytes.data(), values.data(), t.bytes.size());
  return t;
}

TEST(OutputError, counts_changed_elements_their_distance_and_changed_winners) {
  const auto clean = tensor({1, 2, 3, 9, 5, 6}, 3);
  const auto e = sim::output_error({clean}, {tensor({1, 2, 3.5, 5, 9, 6}, 3)});
  EXPECT_DOUBLE_EQ(e.changed, 3.0 / 6);
  EXPECT_DOUBLE_EQ(e.difference, (0.5 + 4 + 4) / 6);
  EXPECT_DOUBLE_EQ(e.top1, 1.0 / 2);
  const auto none = sim::output_error({clean}, {clean});
  EXPECT_EQ(none.changed + none.difference + none.top1, 0);
}

TEST(OutputError, leaves_what_is_no_number_out_of_the_distance) {
  const auto e = sim::output_error({tensor({1, 2}, 2)}, {tensor({std::nanf(""), 2}, 2)});
  EXPECT_DOUBLE_EQ(e.changed, 0.5);
  EXPECT_EQ(e.difference, 0);
  EXPECT_EQ(e.top1, 0);  // 2 was and is the greatest number
}

store::Record record(const std::string& hash, double changed) {
  store::Record r;
  r.hash = hash;
  r.metrics["output_changed"] = changed;
  r.metrics["energy_pj"] = 10;
  return r;
}

TEST(Campaign, statistics_join_points_that_differ_in_the_chip_alone) {
  const auto path = (std::filesystem::temp_directory_path() /
                     ("mantissa_campaign_" + std::to_string(getpid()) + ".sqlite"))
                        .string();
  std::filesystem::remove(path);
  {
    auto results = store::Results::write(path);
    std::vector<store::PointRow> rows;
    const double changed[] = {0.1, 0.2, 0.6, 0.7};
    for (std::uint64_t i = 0; i < 5; ++i) {  // the last fails
      store::PointRow row;
      row.sweep = "s";
      row.position = i;
      row.arch = "a";
      row.workload = "w";
      row.overrides = {
          i < 2 ? "core.scratchpad.voltage=0.9 Vmin" : "core.scratchpad.voltage=0.8 Vmin",
          "core.chip_seed=" + std::to_string(i < 4 ? i % 2 : 2)};
      row.hash = "h" + std::to_string(i);
      rows.push_back(row);
    }
    rows[4].status = store::Status::failed;
    results.plan({"s", "", "", "", "", ""}, rows, {});
    for (std::size_t i = 0; i < 4; ++i) {
      rows[i].status = store::Status::ok;
      results.add_run(record(rows[i].hash, changed[i]), {rows[i]});
    }
    const auto statistics = store::campaign_rows(results);
    ASSERT_EQ(statistics.size(), 4u);  // two voltages, two quantities
    EXPECT_EQ(statistics[0].label.variant, "voltage=0.9 Vmin");
    EXPECT_STREQ(statistics[0].quantity->name, "output_changed");
    EXPECT_NEAR(statistics[0].over_chips.mean, 0.15, 1e-15);
    EXPECT_NEAR(statistics[0].over_chips.high - 0.15, 12.706 * 0.05, 1e-3);
    EXPECT_EQ(statistics[0].over_chips.low, 0);   // 0.15 - 0.64 is no part of anything
    EXPECT_EQ(statistics[2].over_chips.high, 1);  // nor is 0.65 + 0.64
    EXPECT_EQ(statistics[0].chips(), "2");
    EXPECT_EQ(statistics[2].chips(), "2 of 3");
    EXPECT_EQ(statistics[2].label.variant, "voltage=0.8 Vmin");
    EXPECT_NEAR(statistics[2].over_chips.mean, 0.65, 1e-15);
    EXPECT_EQ(statistics[3].over_chips.deviation, 0);
  }
  std::filesystem::remove(path);
}

TEST(Campaign, compares_real_outputs_and_finds_none_changed_at_vmin) {
  const auto functions = simulator();
  const auto changed = [&](const std::string& voltage, const std::string& ecc) {
    sim::PointRequest request;
    request.arch = "systolic_32x32";
    request.workload = std::string(MANTISSA_SOURCE_DIR) + "/examples/first_product.csv";
    request.fidelity = arch::Fidelity::data;
    request.overrides = {"core.scratchpad.voltage=" + voltage, "core.scratchpad.ecc=" + ecc,
                         "core.chip_seed=3"};
    return functions.run(request).metrics.at("output_changed");
  };
  EXPECT_EQ(changed("1 Vmin", "none"), 0);
  EXPECT_GT(changed("0.8 Vmin", "none"), 0.5);
  EXPECT_LT(changed("0.88 Vmin", "secded"), changed("0.88 Vmin", "none"));
}

}  // namespace
}  // namespace mantissa::sweep
