// SPDX-License-Identifier: Apache-2.0
// Prices from synthesis results: where they fit, how they move, and what stays with the tables.
#include "power/estimators/synthesised.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "power/estimate.h"
#include "power/estimators/parts.h"
#include "power/technology_scaling.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string result_text(const std::string& unit, const std::string& parameters,
                        const std::string& action) {
  return "version: 1\nunit: \"" + unit + "\"\nparameters:\n" + parameters +
         "library:\n  name: \"cells\"\n  node_nm: 180.0\n  voltage_v: 1.8\ntools: \"a tool\"\n"
         "area_um2: 1000.0\naction: \"" +
         action + "\"\nenergy_pj_per_action:\n  total: 64.0\n";
}

class SynthesisedPrices : public testing::Test {
 protected:
  SynthesisedPrices() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-prices-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    write("vector_alu", result_text("vector_alu", "  Lanes: 4\n", "element"));
    write("mac", result_text("mac", "  Format: 0\n", "mac"));
  }
  ~SynthesisedPrices() override { fs::remove_all(root_); }

  void write(const std::string& unit, const std::string& text) const {
    fs::create_directories(root_ / unit);
    std::ofstream(root_ / unit / "synthesis.yaml") << text;
  }
  std::vector<SynthesisResult> results() const {
    return read_synthesis_results(root_.string(), "shown");
  }
  Technology preferring(Technology technology) const {
    technology.prefer(results());
    return technology;
  }
  std::string refusal() const {
    try {
      results();
    } catch (const Error& error) {
      EXPECT_EQ(&error.kind(), &bad_synthesis);
      return error.message();
    }
    return "accepted";
  }
  fs::path root_;
};

const Component vector{"vector", "vector_alu", {{"lanes", 32}}, {{"format", "int32"}}};
const Component matrix{"matrix", "mac_array", {{"rows", 8}, {"columns", 4}}, {{"format", "int8"}}};

Estimate priced(const Component& c, const std::string& action, const Technology& technology) {
  return estimate({c}, {{c.name, action, 1, {}}}, 1e-6, technology);
}
Price energy(const Component& c, const std::string& action, const Technology& technology) {
  return priced(c, action, technology).energy[0].price;
}
Price area(const Component& c, const Technology& technology) {
  return priced(c, c.kind == "mac_array" ? "mac" : "add", technology).area[0].price;
}

TEST_F(SynthesisedPrices, at_the_node_of_the_library_are_those_of_the_result) {
  const Technology t = preferring(shipped("45nm").at(Nanometres(180), Volts(1.8)));
  const Price mac = energy(matrix, "mac", t), add = energy(vector, "add", t);
  EXPECT_EQ(mac.value, 64);
  EXPECT_EQ(add.value, 64);
  EXPECT_EQ(mac.method, Method::synthesised);
  EXPECT_THAT(mac.source, HasSubstr("shown/mac/synthesis.yaml: a tool, cells at 180 nm, 1.8 V"));
  EXPECT_THAT(mac.source, testing::Not(HasSubstr("Stillmaker")));
  EXPECT_DOUBLE_EQ(area(matrix, t).value, placed(t, {32'000, "um2", {}, {}, {}, "", ""}).value);
  EXPECT_DOUBLE_EQ(area(vector, t).value, placed(t, {8'000, "um2", {}, {}, {}, "", ""}).value);
}

TEST_F(SynthesisedPrices, move_by_the_published_factors_and_say_so) {
  const Technology tables = shipped("28nm"), t = preferring(tables);
  const double k = energy_ratio(Nanometres(180), Volts(1.8), t.node(), t.voltage()).value;
  ASSERT_LT(k, 0.1);
  const Price mac = energy(matrix, "mac", t);
  EXPECT_DOUBLE_EQ(mac.value, 64 * k);
  EXPECT_EQ(mac.method, Method::derived) << "from a synthesised and published figures";
  EXPECT_EQ(mac.node, Nanometres(28));
  EXPECT_THAT(mac.source, HasSubstr("Stillmaker and Baas"));
  EXPECT_THAT(mac.formula, HasSubstr("from 180 nm, 1.8 V to 28 nm, 0.9 V"));
  EXPECT_THAT(mac.formula, HasSubstr("the tables say " +
                                     short_number(energy(matrix, "mac", tables).value) + " pJ"));
  const double shrunk = 32'000 * area_ratio(Nanometres(180), Nanometres(28)).value;
  EXPECT_DOUBLE_EQ(area(matrix, t).value, placed(t, {shrunk, "um2", {}, {}, {}, "", ""}).value);
  // The same node at another voltage is another point for energy, not for area.
  const Technology low = preferring(shipped("45nm").at(Nanometres(180), Volts(1.5)));
  EXPECT_LT(energy(matrix, "mac", low).value, 64);
  EXPECT_THAT(area(matrix, low).source, testing::Not(HasSubstr("Stillmaker")));
}

TEST_F(SynthesisedPrices, leave_everything_else_to_the_tables) {
  const Technology tables = shipped("28nm"), t = preferring(tables);
  const auto same = [&](const Component& c, const std::string& action) {
    return text(energy(c, action, t)) == text(energy(c, action, tables));
  };
  EXPECT_FALSE(same(matrix, "mac"));
  EXPECT_FALSE(same(vector, "add"));
  EXPECT_TRUE(same(matrix, "load_weight"));
  EXPECT_TRUE(same(matrix, "gated_mac"));
  EXPECT_TRUE(same(vector, "exp"));
  EXPECT_TRUE(same({"s", "sram", {{"capacity_bytes", 65536}}, {}}, "read"));
  for (const char* format : {"bf16", "int4", "fp32"}) {
    Component other = matrix;
    other.labels["format"] = format;
    EXPECT_TRUE(same(other, "mac")) << format;
    EXPECT_EQ(text(area(other, t)), text(area(other, tables))) << format;
  }
  Component floats = vector;
  floats.labels["format"] = "fp32";
  EXPECT_TRUE(same(floats, "add"));
}

TEST_F(SynthesisedPrices, know_the_format_by_the_parameter_and_the_label_of_the_action) {
  write("mac", result_text("mac", "  Format: 1\n", "mac"));
  const Technology t = preferring(shipped("45nm").at(Nanometres(180), Volts(1.8)));
  Component floats = matrix;
  floats.labels["format"] = "bf16";
  EXPECT_EQ(energy(floats, "mac", t).value, 64);
  EXPECT_NE(energy(matrix, "mac", t).value, 64);
  const auto both = estimate({floats}, {{"matrix", "mac", 1, {{"format", "int8"}}}}, 0, t);
  EXPECT_NE(both.energy[0].price.value, 64);
}

TEST_F(SynthesisedPrices, of_several_results_of_a_unit_are_those_of_the_one_that_fits) {
  std::string bf16 = result_text("mac", "  Format: 1\n", "mac");
  bf16.replace(bf16.find("total: 64.0"), 11, "total: 80.0");
  write("mac/bf16", bf16);
  ASSERT_EQ(results().size(), 3u);
  EXPECT_EQ(results()[0].file, "shown/mac/synthesis.yaml") << "a unit's own comes first";
  EXPECT_EQ(results()[1].file, "shown/mac/bf16/synthesis.yaml");
  const Technology t = preferring(shipped("45nm").at(Nanometres(180), Volts(1.8)));
  Component floats = matrix;
  floats.labels["format"] = "bf16";
  EXPECT_EQ(energy(matrix, "mac", t).value, 64);
  EXPECT_EQ(energy(floats, "mac", t).value, 80);
}

TEST_F(SynthesisedPrices, are_those_of_the_operation_where_the_result_knows_it) {
  write("vector_alu", result_text("vector_alu", "  Lanes: 4\n", "element") +
                          "operations:\n"
                          "  -\n    name: \"add\"\n    energy_pj_per_action:\n      total: 20.0\n"
                          "  -\n    name: \"mul\"\n    energy_pj_per_action:\n      total: 70.0\n");
  const Technology t = preferring(shipped("45nm").at(Nanometres(180), Volts(1.8)));
  EXPECT_EQ(energy(vector, "add", t).value, 20);
  EXPECT_EQ(energy(vector, "multiply", t).value, 70);
  EXPECT_EQ(energy(vector, "multiply_add", t).value, 90) << "one behind the other";
  EXPECT_THAT(energy(vector, "add", t).formula, HasSubstr("20 pJ per element (add) of vector_alu"));
  EXPECT_EQ(energy(vector, "max", t).value, 64);
  EXPECT_THAT(energy(vector, "max", t).formula, HasSubstr("a mean over operations"));
}

TEST_F(SynthesisedPrices, add_up_to_a_vector_unit_that_requantises) {
  const Technology t = shipped("45nm").at(Nanometres(180), Volts(1.8)), without = preferring(t);
  EXPECT_EQ(text(energy(vector, "requantize", without)), text(energy(vector, "requantize", t)));
  std::string lanes = result_text("requantize", "  Lanes: 2\n  OutputWidth: 8\n", "element");
  lanes.replace(lanes.find("total: 64.0"), 11, "total: 90.0");
  write("requantize", lanes);
  const Technology with = preferring(t);
  EXPECT_EQ(energy(vector, "requantize", with).value, 90);
  EXPECT_EQ(energy(vector, "add", with).value, 64);
  EXPECT_DOUBLE_EQ(area(vector, with).value,
                   placed(t, {8'000 + 16'000, "um2", {}, {}, {}, "", ""}).value);
  Component floats = vector;
  floats.labels["format"] = "fp32";
  EXPECT_EQ(text(area(floats, with)), text(area(floats, t)));
  // Leakage follows the area.
  const auto leakage = [&](const Technology& technology) {
    return priced(vector, "add", technology).energy.back().price;
  };
  EXPECT_DOUBLE_EQ(leakage(with).value / leakage(without).value, 3);
}

TEST_F(SynthesisedPrices, of_what_the_tables_leave_out_stand_beside_theirs) {
  write("dma_agu", result_text("dma_agu", "  AddressWidth: 32\n", "address"));
  const Technology tables = shipped("45nm").at(Nanometres(180), Volts(1.8)), t = preferring(tables);
  const Component dma{"dma", "dma", {{"channels", 3}, {"buffer_bytes", 4096}}, {}};
  const auto area_of = [&](const Technology& technology) {
    return priced(dma, "byte", technology).area[0].price.value;
  };
  EXPECT_DOUBLE_EQ(energy(dma, "descriptor", t).value,
                   energy(dma, "descriptor", tables).value + 64);
  EXPECT_EQ(text(energy(dma, "byte", t)), text(energy(dma, "byte", tables)));
  EXPECT_DOUBLE_EQ(area_of(t),
                   area_of(tables) + placed(t, {3'000, "um2", {}, {}, {}, "", ""}).value);
}

TEST_F(SynthesisedPrices, are_not_taken_unless_preferred) {
  for (const char* node : {"7nm", "14nm", "16nm", "28nm", "45nm"}) {
    const Technology t = shipped(node);
    EXPECT_TRUE(t.synthesised().empty());
    const auto chain = EstimatorChain::standard();
    const auto e = estimate({matrix}, {{"matrix", "mac", 1, {}}}, 0, t, chain);
    EXPECT_EQ(text(energy(matrix, "mac", t)), text(e.energy[0].price));
  }
}

TEST_F(SynthesisedPrices, survive_a_change_of_node) {
  EXPECT_EQ(preferring(shipped("28nm")).at(Nanometres(45), Volts(1)).synthesised().size(), 2u);
}

TEST_F(SynthesisedPrices, come_from_results_that_are_whole) {
  const std::string good = result_text("mac", "  Format: 0\n", "mac");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    EXPECT_EQ(text.find(from), text.rfind(from));
    text.replace(text.find(from), from.size(), to);
    write("mac", text);
    return refusal();
  };
  EXPECT_EQ(with("version: 1", "version: 1 "), "accepted");
  EXPECT_THAT(with("  node_nm: 180.0\n", ""), HasSubstr("key 'library.node_nm'"));
  EXPECT_THAT(with("area_um2: 1000.0", "area_um2: 0"), HasSubstr("area_um2: 0"));
  EXPECT_THAT(with("total: 64.0", "total: 64 pJ"), HasSubstr("a finite number above zero"));
  EXPECT_THAT(with("Format: 0", "Format: int8"), HasSubstr("mac/synthesis.yaml:4"));
  fs::remove_all(root_ / "mac");
  fs::remove_all(root_ / "vector_alu");
  EXPECT_THAT(refusal(), HasSubstr("UNIT/synthesis.yaml"));
}

TEST(ShippedSynthesis, is_read_whole) {
  const auto results = read_synthesis_results(MANTISSA_SOURCE_DIR "/rtl", "rtl");
  EXPECT_GE(results.size(), 6u);
  for (const auto& r : results) {
    EXPECT_THAT(r.file, testing::StartsWith("rtl/" + r.unit + "/"));
    EXPECT_EQ(r.node, Nanometres(180)) << r.unit;
  }
}

TEST(ShippedSynthesis, prices_the_arithmetic_of_every_preset_core) {
  const auto results =
      read_synthesis_results(MANTISSA_SOURCE_DIR "/rtl", "rtl", units_that_price());
  for (const auto& r : results)
    EXPECT_THAT(units_that_price(), testing::Contains(r.unit)) << "nothing else is read";
  Technology t = shipped("28nm");
  t.prefer(results);
  const auto synthesised_ones = [&](const Component& c, const std::vector<std::string>& actions) {
    for (const auto& action : actions)
      EXPECT_THAT(energy(c, action, t).source, HasSubstr("synthesis.yaml: yosys"))
          << c.kind << " " << action;
    EXPECT_THAT(priced(c, actions.front(), t).area[0].price.source, HasSubstr("synthesis.yaml"));
  };
  for (const char* format : {"int8", "bf16"})
    synthesised_ones({"m", "mac_array", {{"rows", 8}, {"columns", 8}}, {{"format", format}}},
                     {"mac"});
  const std::vector<std::string> lane{"add",    "subtract", "compare",  "max",          "min",
                                      "select", "move",     "multiply", "multiply_add", "shift"};
  for (const char* format : {"int32", "fp32"}) {
    const Component c{"v", "vector_alu", {{"lanes", 8}}, {{"format", format}}};
    synthesised_ones(c, lane);
    // Idle arithmetic stands still: what a selection takes is far from what a product takes.
    EXPECT_LT(2 * energy(c, "select", t).value, energy(c, "multiply", t).value) << format;
    for (const auto& action : lane)
      EXPECT_THAT(energy(c, action, t).formula, testing::Not(HasSubstr("a mean"))) << action;
  }
  synthesised_ones({"v", "vector_alu", {{"lanes", 8}}, {{"format", "int32"}}}, {"requantize"});
  synthesised_ones({"d", "dma", {{"channels", 3}}, {}}, {"descriptor"});
}

}  // namespace
}  // namespace mantissa::power
