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
    EXPECT_EQ(result.tables.at(0).rows.at(0).at(4), Cell(result.passed ? "yes" : "no"));
    EXPECT_EQ(result.tables.at(0).rows.at(0).at(5), Cell("yes"));
    EXPECT_EQ(result.warnings.size(), result.passed ? 0u : 1u);
    if (!result.passed) {
      EXPECT_THAT(result.warnings.at(0), HasSubstr("check 1 does not hold: a"));
    }
    return result.passed;
  };
  EXPECT_TRUE(passed([](Checks& c) { c.near(1, "a", 2, 2.5, 0.5); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, 2.51, 0.5); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, 2.1); }));
  EXPECT_FALSE(passed([](Checks& c) { c.near(1, "a", 2, std::nan("")); }));
  EXPECT_TRUE(passed([](Checks& c) { c.rising(1, "a", {{"x", 1}, {"y", 2}}); }));
  EXPECT_FALSE(passed([](Checks& c) { c.rising(1, "a", {{"x", 1}, {"y", 1}}); }));
}

TEST(Checks, ThatAreObservedAloneSayWhyAndFailNothing) {
  StudyResult result;
  Checks checks;
  checks.observed(8, "a", {{"x", 2}, {"y", 1}}, Checks::Step::below, "one draw");
  checks.near(4, "b", 11.8, 12, 0.4000001);
  checks.move_to(result);
  EXPECT_TRUE(result.passed);
  EXPECT_TRUE(result.warnings.empty());
  const auto& rows = result.tables.at(0).rows;
  EXPECT_EQ(rows[0], (std::vector<Cell>{std::int64_t{4}, "b", "11.8 +- 0.4", "12", "yes", "yes"}))
      << "by number, a tolerance of two digits";
  EXPECT_EQ(rows[1],
            (std::vector<Cell>{std::int64_t{8}, "a", "x < y", "2, 1", "no", "no: one draw"}));
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
  EXPECT_EQ(area("4/4/4/4"), 186186);
  EXPECT_EQ(area("4/4U/4/4"), 165608) << "without the bit of the sign";
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

TEST(VectorMacCost, OfAGatedVectorIsItsShareOfAnOpenOne) {
  const auto costs = vector_mac_costs(sources + "/rtl/vsq");
  const VectorMacCost& c = *find_cost(costs, *datapath_of(format("4/4/4/4")).mac);
  EXPECT_DOUBLE_EQ(c.energy(1), c.at_activity * c.gated_vector / c.open_vector / 32);
  EXPECT_GT(c.gated_vector, c.idle) << "the scales' product";
  EXPECT_LT(c.gated_vector, 1.2 * c.idle);
  EXPECT_EQ(find_cost(costs, *datapath_of(format("4/4/-/-")).mac)->gated_vector, 0);
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

// Digits of 4 bits: elements of up to 4 significant bits take one digit product, bf16 takes 4.
TEST(FormatCost, OnInnerProductUnitsIsThatOfTheDigitProductsOfItsElements) {
  FormatCosts costs(sources + "/rtl/vsq", sources + "/rtl/ipu");
  const auto units = ipu::synthesised_units(sources + "/rtl/ipu");
  const ipu::SynthesisedUnit unit = *ipu::find_unit(units, 16, 28);
  const auto cycles = [](const char* name, const ipu::SynthesisedUnit& u) {
    return *cycles_on_normal_data(numerics::block_format(name), u);
  };
  EXPECT_EQ(cycles("mxfp6_e2m3", unit), 1) << "exponents that never need a second partition";
  EXPECT_EQ(cycles("mxfp6_e3m2", unit), 1);
  for (const char* name : {"mxfp8_e4m3", "mxfp8_e5m2"}) {
    EXPECT_GE(cycles(name, unit), 1) << name;
    EXPECT_LT(cycles(name, unit), 1.1) << name;
  }
  EXPECT_GE(cycles("bf16", unit), 4);
  EXPECT_LT(cycles("bf16", unit), 4.1);
  ipu::SynthesisedUnit narrow = unit;
  narrow.window = 12;
  EXPECT_GT(cycles("mxfp8_e4m3", narrow), 1.5);
  EXPECT_FALSE(cycles_on_normal_data(numerics::block_format("mxint8"), unit).has_value());

  const FormatCost six = costs.of(format("mxfp6_e2m3"));
  EXPECT_DOUBLE_EQ(six.area, unit.area / 32);
  EXPECT_DOUBLE_EQ(six.energy, unit.energy_per_cycle / 32);
  EXPECT_THAT(six.scope, HasSubstr("scales are not counted"));
  EXPECT_THAT(costs.of(format("bf16")).scope, ::testing::Not(HasSubstr("scales")));
  EXPECT_THAT(FormatCosts("", "").of(format("bf16")).scope, HasSubstr("no inner-product unit"));
  EXPECT_FALSE(costs.of(format("4/4/f/f")).priced);
  EXPECT_FALSE(costs.of(format("fp32")).priced);
}

TEST(FormatCost, OfAFormatPerLayerIsTheMeanEnergyAndTheLargestArea) {
  FormatCosts costs(sources + "/rtl/vsq", sources + "/rtl/ipu");
  const FormatCost eight = costs.of(format("8/8U/-/-")), four = costs.of(format("4/4U/4/4"), 0.25);
  EXPECT_LT(four.gated_energy, four.energy);
  const FormatCost both = costs.of({{format("8/8U/-/-"), 100, 0}, {format("4/4U/4/4"), 300, 0.25}});
  EXPECT_TRUE(both.priced);
  EXPECT_DOUBLE_EQ(both.energy, 0.25 * eight.energy + 0.75 * four.energy);
  EXPECT_DOUBLE_EQ(both.gated_energy, 0.25 * eight.energy + 0.75 * four.gated_energy);
  EXPECT_DOUBLE_EQ(both.area, eight.area);
  EXPECT_EQ(both.source, "vsq/grid/w4_a4u_ws4_as4, vsq/grid/w8_a8u");
  const FormatCost none = costs.of({{format("8/8U/-/-"), 100, 0}, {format("4/4/f/f"), 1, 0}});
  EXPECT_FALSE(none.priced);
  EXPECT_THAT(none.scope, HasSubstr("4/4/f/f"));
}

// The published figures stand beside all that may be meant, whatever the study's schemes are.
TEST(Headlines, HaveEveryVariantAndNoGatingUnlessItIsNamed) {
  VsQuantConfig config;
  config.schemes = {format("8/8U/-/-"), format("4/4U/4/4", 4)};
  FormatCosts costs(sources + "/rtl/vsq", "");
  const auto run = [&](double gated) {
    StudyResult result;
    add_headlines(config,
                  {{config.schemes[0], {}, {}, {}, 0}, {config.schemes[1], {}, {}, {}, gated}},
                  costs, result);
    return result;
  };
  const StudyResult none = run(0), half = run(0.5);
  ASSERT_EQ(none.comparisons.size(), 16u);
  for (std::size_t i = 0; i < none.comparisons.size(); ++i)
    EXPECT_EQ(none.comparisons[i].ours, half.comparisons[i].ours) << none.comparisons[i].what;
  const auto& rows = half.tables.at(0).rows;
  ASSERT_EQ(rows.size(), 8u);
  int gated = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(none.tables.at(0).rows[i][5], Cell());
    if (!std::holds_alternative<double>(rows[i][5])) continue;
    ++gated;
    EXPECT_EQ(rows[i][3], Cell("4/4U/4/4, R = 4"));
    EXPECT_GT(std::get<double>(rows[i][5]), std::get<double>(rows[i][4]));
  }
  EXPECT_EQ(gated, 1);
  EXPECT_EQ(rows[6][3], Cell("4/8U/6/10"));
  EXPECT_EQ(rows[6][6], Cell(std::int64_t{0})) << "its products do not fit in 24 bits";
}

TEST(DrawnInput, IsOfIndicesWhereTheNetworkTakesThose) {
  const at::Tensor tokens = drawn_input({"gpt2_small", {4, 1000}}, 1);
  EXPECT_EQ(tokens.scalar_type(), at::kLong);
  EXPECT_GE(tokens.min().item<std::int64_t>(), 0);
  EXPECT_LT(tokens.max().item<std::int64_t>(), 50257);
  EXPECT_GT(tokens.max().item<std::int64_t>(), 50257 - 1000);
  EXPECT_EQ(drawn_input({"digits_cnn", {1, 1, 8, 8}}, 1).scalar_type(), at::kFloat);
}

TEST(VsQuantConfig, RefusesInputsOfOtherRanksAndChannelsAndFoldersWithoutResults) {
  const auto message = [](const std::string& yaml) {
    try {
      VsQuantConfig::schema().parse(
          config::read_text("schemes: [8/8U/-/-]\n" + yaml, "study.yaml"));
    } catch (const Error& error) {
      return error.message();
    }
    return std::string();
  };
  EXPECT_EQ(message("drawn: [{network: resnet18, input: [2, 3, 32, 48]}]\n"), "");
  EXPECT_THAT(message("drawn: [{network: resnet18, input: [1, 4, 32, 32]}]\n"),
              ::testing::AllOf(HasSubstr("study.yaml:2:"), HasSubstr("[1,3,224,224]"),
                               HasSubstr("[1,4,32,32]")));
  EXPECT_THAT(message("drawn: [{network: resnet18, input: [3, 32]}]\n"), HasSubstr("resnet18"));
  EXPECT_THAT(message("drawn: [{network: lstm, input: [1, 25]}]\n"), HasSubstr("[1,25,300]"));
  EXPECT_EQ(message("synthesis: " + sources + "/rtl/vsq\n"), "");
  EXPECT_THAT(message("synthesis: " + sources + "/rtl/ipu\n"), HasSubstr("unit vsq"));
  EXPECT_THAT(message("inner_products: " + sources + "/rtl\n"),
              ::testing::AllOf(HasSubstr("study.yaml:2:"), HasSubstr("unit ipu")));
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
  EXPECT_THAT(message("schemes: [8/8U/-/-]\ntrained: [mxfp4]\n"),
              ::testing::AllOf(HasSubstr("mxfp4"), HasSubstr("trained=[]")));
  EXPECT_THAT(message("schemes: []\n"), HasSubstr("at least one"));
}

}  // namespace
}  // namespace mantissa::workloads::vsquant
