// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "base/config/document.h"
#include "base/numerics/minifloat.h"
#include "power/synthesis_result.h"
#include "workloads/precision/vsquant/study_parts.h"
#include "workloads/precision/vsquant/unit_cost.h"

namespace mantissa::workloads::vsquant {
namespace {

using ::testing::HasSubstr;

const std::string sources = MANTISSA_SOURCE_DIR;

LayerFormat format(const std::string& text, std::int64_t product_bits = 0) {
  LayerFormat f;
  f.scheme = scheme(text);
  f.product_bits = product_bits;
  return f;
}

TEST(Checks, FailTheStudyThatDoesNotHoldThem) {
  const auto passed = [](const std::function<void(Checks&)>& f) {
    StudyResult result;
    Checks checks;
    f(checks);
    checks.move_to(result);
    EXPECT_EQ(std::get<std::string>(result.tables.at(0).rows.at(0).back()),
              result.passed ? "yes" : "no");
    return result.passed;
  };
  EXPECT_TRUE(passed([](Checks& c) { c.near(1, "a", 2, 2.5, 0.5); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, 2.51, 0.5); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, 2.1); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, std::nan("")); }));
  EXPECT_TRUE(passed([](Checks& c) { c.rising(1, "a", {{"x", 1}, {"y", 2}}); }));
  EXPECT_FALSE(passed([](Checks& c) { c.rising(1, "a", {{"x", 1}, {"y", 1}}); }));
}

TEST(Datapath, OfNarrowFloatsIsThatOfTwiceTheirElements) {
  const auto& e2m1 = numerics::minifloat_format(trace::NumberFormat::fp4_e2m1);
  const auto datapath = datapath_of(format("nvfp4"));
  const int limit = 1 << (datapath.mac->weight_bits - 1);
  double most = 0;
  for (std::uint32_t a = 0; a < 16; ++a) {
    const double twice = 2 * double{numerics::decode(e2m1, a)};
    EXPECT_EQ(twice, std::nearbyint(twice));
    EXPECT_TRUE(twice >= -limit && twice < limit);
    most = std::max(most, twice);
  }
  EXPECT_GE(most, limit / 2) << "a bit less would do";
  EXPECT_THAT(datapath.scope, HasSubstr("exponents"));
  EXPECT_EQ(datapath_of(format("mxfp4")).mac->full_product_bits(), 0);
  EXPECT_FALSE(datapath_of(format("mxfp8_e4m3")).mac.has_value());
  EXPECT_FALSE(datapath_of(format("4/4/f/f")).mac.has_value());
  EXPECT_EQ(datapath_of(format("4/8U/6/10", 6)).mac->product_bits, 6);
  EXPECT_EQ(datapath_of(format("4/8U/6/10", 6)).scope, "");
}

TEST(VectorMacCost, IsFoundByItsWidths) {
  const auto costs = vector_mac_costs(sources + "/rtl/vsq");
  ASSERT_GE(costs.size(), 8u);
  const auto area = [&](const std::string& text, std::int64_t product_bits = 0) {
    const VectorMacCost* c = find_cost(costs, *datapath_of(format(text, product_bits)).mac);
    EXPECT_NE(c, nullptr) << text;
    return c == nullptr ? 0 : c->area;
  };
  EXPECT_EQ(area("4/4U/4/4"), 186186);
  EXPECT_EQ(area("4/4/4/4", 8), area("4/4/4/4")) << "all bits of the product";
  EXPECT_EQ(find_cost(costs, *datapath_of(format("4/4/4/4", 5)).mac), nullptr);
  LayerFormat wide = format("4/4/4/4");
  wide.vector = 32;
  EXPECT_EQ(find_cost(costs, wide.mac(true)), nullptr);
  // Check 5 of the facts: the order of areas.
  const std::vector<double> areas = {area("4/4/-/-"), area("4/4/4/4", 4), area("4/4/4/4", 6),
                                     area("4/4/4/4"), area("4/8/-/-"),    area("8/8/-/-")};
  EXPECT_TRUE(std::is_sorted(areas.begin(), areas.end()));
  EXPECT_THAT(vector_mac_costs(sources + "/rtl/ipu"), ::testing::IsEmpty());
}

TEST(VectorMacCost, OfAGatedVectorIsThatOfAnIdleCycle) {
  const auto costs = vector_mac_costs(sources + "/rtl/vsq");
  const VectorMacCost& c = *find_cost(costs, *datapath_of(format("4/4/4/4")).mac);
  EXPECT_DOUBLE_EQ(c.energy(1), c.idle / 32);
  EXPECT_DOUBLE_EQ(c.energy(0), c.at_activity / 32);
  EXPECT_LT(c.energy(1), c.energy(0));
  EXPECT_DOUBLE_EQ(c.energy(0.5), (c.energy(0) + c.energy(1)) / 2);
}

StudyContext context_of_presets() {
  const auto folder = [](const char* kind) {
    return config::preset_folders({sources + "/configs/" + kind});
  };
  StudyContext context;
  context.chip = [folder](const std::string& arch, const std::vector<std::string>& overrides) {
    auto chip = config::load<arch::ArchConfig>(arch, folder("arch"), overrides,
                                               {{"memory.dram", folder("memory"), "dram"}})
                    .value;
    auto technology = power::Technology::load(sources + "/configs/tech/7nm.yaml");
    return StudyChip{std::move(chip), std::move(technology)};
  };
  context.workload = [folder](const std::string& name, const std::vector<std::string>& overrides) {
    LoadOptions options;
    options.overrides = overrides;
    return load_workload(sources + "/configs/workload/" + name + ".yaml", folder("workload"),
                         options);
  };
  return context;
}

TEST(FollowUp, HasThePublishedPeaksAndOursOfAreaAndEnergyBeside) {
  const auto found = [](const std::vector<std::string>& overrides) {
    VsQuantConfig config;
    config.follow_up = "vsq_5nm";
    config.follow_up_overrides = overrides;
    StudyContext context = context_of_presets();
    StudyResult result;
    add_follow_up(
        config, context, [](double, const std::string&) {}, result);
    std::map<std::string, Comparison> all;
    for (const auto& c : result.comparisons) all.emplace(c.what.substr(c.what.find(": ") + 2), c);
    return all;
  };
  const auto chip = found({});
  EXPECT_EQ(chip.at("products of 4 bits per cycle").ours, 1024);
  EXPECT_EQ(chip.at("products of 8 bits per cycle").ours, 512);
  const Comparison& peak = chip.at("peak at the highest clock");
  EXPECT_NEAR(peak.ours, *peak.published, 0.005);
  const Comparison& density = chip.at("peak per area");
  EXPECT_NEAR(density.ours, peak.ours / chip.at("area").ours, 1e-9);
  EXPECT_NEAR(*density.published, *peak.published / *chip.at("area").published, 0.1);
  EXPECT_GT(chip.at("operations per energy on bert_base").ours,
            chip.at("operations per energy on resnet50").ours);
  // Another clock is another chip.
  const auto slow = found({"core.clock=880 MHz"});
  EXPECT_NEAR(slow.at("peak at the highest clock").ours, peak.ours / 2, 1e-9);
}

TEST(VsQuantConfig, RefusesSchemesThatStandThereTwiceAndBaselinesThatAreNone) {
  const auto message = [](const std::string& yaml) {
    try {
      VsQuantConfig::schema().parse(config::read_text(yaml, "study.yaml"));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string();
  };
  EXPECT_EQ(message("schemes: [8/8U/-/-, {scheme: 8/8U/-/-, calibration: mse}]\n"), "");
  EXPECT_THAT(message("schemes: [8/8U/-/-, 8/8U/-/-]\n"), HasSubstr("twice"));
  EXPECT_THAT(message("schemes: [8/8U/-/-]\nbaseline: 8/8/-/-\n"), HasSubstr("none of the"));
  EXPECT_THAT(message("schemes: [8/8U/-/-]\ntrained: [mxfp4]\n"), HasSubstr("mxfp4"));
  EXPECT_THAT(message("schemes: []\n"), HasSubstr("at least one"));
}

}  // namespace
}  // namespace mantissa::workloads::vsquant
