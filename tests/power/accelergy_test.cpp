// SPDX-License-Identifier: Apache-2.0
#include "power/accelergy.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "power/report.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

Estimate sample() {
  return estimate({{"matrix", "mac_array", {{"rows", 8}, {"columns", 8}}, {{"format", "int8"}}, 2},
                   {"buffer", "sram", {{"capacity_bytes", 65536}}, {}}},
                  {{"matrix", "mac", 1000, {}},
                   {"matrix", "mac", 500, {{"format", "bf16"}}},
                   {"buffer", "read", 4096, {}},
                   {"buffer", "read", 4096, {}}},
                  1e-6, shipped("28nm"));
}

TEST(Accelergy, counts_times_energies_is_the_total) {
  const Estimate e = sample();
  const auto files = to_accelergy(e);
  const YAML::Node ert = YAML::Load(files.ert)["ERT"];
  const YAML::Node counts = YAML::Load(files.action_counts)["action_counts"];
  EXPECT_EQ(ert["version"].as<std::string>(), "0.4");
  EXPECT_EQ(counts["version"].as<std::string>(), "0.4");
  ASSERT_EQ(ert["tables"].size(), counts["local"].size());
  double total = 0;
  for (std::size_t c = 0; c < ert["tables"].size(); ++c) {
    const auto actions = ert["tables"][c]["actions"];
    const auto used = counts["local"][c]["action_counts"];
    EXPECT_EQ(ert["tables"][c]["name"].as<std::string>(),
              counts["local"][c]["name"].as<std::string>());
    ASSERT_EQ(actions.size(), used.size());
    for (std::size_t a = 0; a < actions.size(); ++a) {
      EXPECT_EQ(actions[a]["name"].as<std::string>(), used[a]["name"].as<std::string>());
      ASSERT_TRUE(actions[a]["arguments"].IsDefined());
      total += actions[a]["energy"].as<double>() * used[a]["counts"].as<double>();
    }
  }
  EXPECT_NEAR(total / e.total_energy.value, 1, 1e-12);
}

TEST(Accelergy, areas_sum_to_the_total_and_repeated_actions_are_merged) {
  const Estimate e = sample();
  const auto files = to_accelergy(e);
  double area = 0;
  for (const auto& table : YAML::Load(files.art)["ART"]["tables"])
    area += table["area"].as<double>();
  EXPECT_NEAR(area / e.total_area.value, 1, 1e-12);
  const auto local = YAML::Load(files.action_counts)["action_counts"]["local"];
  EXPECT_EQ(local[0]["action_counts"][1]["arguments"]["format"].as<std::string>(), "bf16");
  EXPECT_EQ(local[1]["action_counts"][0]["counts"].as<int>(), 8192);
}

TEST(PriceReport, lists_every_figure_and_every_price_used_once) {
  const Technology tech = shipped("28nm");
  EXPECT_EQ(published_prices(tech).size(), tech.figures().size());
  const Estimate e = sample();
  // mac int8, mac bf16, read (twice, one price), leakage x 2, area x 2.
  const auto used = used_prices(e);
  EXPECT_EQ(used.size(), 7u);
  for (const auto& p : used) {
    EXPECT_FALSE(p.price.source.empty()) << p.name;
    EXPECT_NE(text(used).find(p.price.formula), std::string::npos) << p.name;
  }
  EXPECT_EQ(text(published_prices(tech)).find("69 prices"), 0u);
}

TEST(PriceReport, a_price_prints_node_voltage_method_and_source) {
  const Price price = shipped("45nm").energy("multiply.int8");
  EXPECT_EQ(text(price),
            "0.2 pJ at 45 nm, 0.9 V (recalled; M. Horowitz, Computing's energy problem, ISSCC "
            "2014): multiply.int8");
}

}  // namespace
}  // namespace mantissa::power
