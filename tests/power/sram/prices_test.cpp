// SPDX-License-Identifier: Apache-2.0
#include "power/sram/prices.h"

#include <gtest/gtest.h>

#include <fstream>

#include "power/estimate.h"
#include "power/sram/macro.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

Component buffer(std::map<std::string, double> more = {}, const std::string& ecc = "") {
  Component c{"buffer", "sram", {{"capacity_bytes", 131072}, {"banks", 4}}, {}};
  for (const auto& [key, value] : more) c.attributes[key] = value;
  if (!ecc.empty()) c.labels["ecc"] = ecc;
  return c;
}
Estimate priced(const Component& c, const Technology& tech) {
  return estimate({c}, {{"buffer", "read", 8, {}}, {"buffer", "write", 8, {}}}, 1e-3, tech);
}
Technology analytic(const std::string& node) {
  const std::string path = testing::TempDir() + "/mantissa_analytic_" + node + ".yaml";
  std::ofstream(path) << "base: " << MANTISSA_SOURCE_DIR << "/configs/tech/" << node
                      << ".yaml\nname: mine\nsram_model: analytic\n";
  return Technology::load(path);
}
const ErrorKind* refused(const Component& c) {
  try {
    priced(c, shipped("16nm"));
  } catch (const Error& e) {
    return &e.kind();
  }
  return nullptr;
}

TEST(SramPrices, the_printed_figures_hold_by_default) {
  const auto e = priced(buffer(), shipped("45nm"));
  EXPECT_DOUBLE_EQ(e.energy[0].energy.value, 20);  // 64 bits of a bank of 32 KiB
  EXPECT_EQ(e.energy[0].price.voltage.value, .9);
  EXPECT_EQ(e.energy[0].price.formula.find("V /"), std::string::npos);
}

TEST(SramPrices, the_nominal_supply_and_no_code_change_nothing) {
  for (const auto& tech : {shipped("28nm"), analytic("28nm")}) {
    const auto bare = priced(buffer(), tech),
               said = priced(buffer({{"supply_v", .9}}, "none"), tech);
    EXPECT_EQ(bare.total_energy.value, said.total_energy.value);
    EXPECT_EQ(bare.total_area.value, said.total_area.value);
    EXPECT_EQ(bare.energy[0].price.formula, said.energy[0].price.formula);
  }
}

TEST(SramPrices, energy_goes_with_the_square_of_the_supply_and_says_so) {
  for (const auto& tech : {shipped("16nm"), analytic("16nm")}) {
    const auto full = priced(buffer(), tech), low = priced(buffer({{"supply_v", .6}}), tech);
    for (int i : {0, 1})
      EXPECT_NEAR(low.energy[i].energy / full.energy[i].energy, .75 * .75, 1e-12);
    EXPECT_NEAR(low.energy[2].energy / full.energy[2].energy, .75, 1e-12);  // leakage
    EXPECT_EQ(low.total_area.value, full.total_area.value);
    EXPECT_NE(low.energy[0].price.formula.find("(0.6 V / 0.8 V)^2"), std::string::npos)
        << low.energy[0].price.formula;
    EXPECT_EQ(low.energy[0].price.voltage.value, .6);
  }
}

TEST(SramPrices, a_code_widens_the_words_and_adds_its_gates) {
  const Technology tech = shipped("45nm");
  const auto bare = priced(buffer(), tech), parity = priced(buffer({}, "parity"), tech),
             secded = priced(buffer({}, "secded"), tech);
  const double gate = .03 / 24;
  EXPECT_NEAR(secded.energy[0].energy.value, 20 * 72. / 64 + 735 * gate, 1e-9);
  EXPECT_NEAR(secded.energy[1].energy.value, 20 * 72. / 64 + 200 * gate, 1e-9);
  EXPECT_NEAR(parity.energy[0].energy.value, 20 * 65. / 64 + 64 * gate, 1e-9);
  EXPECT_NEAR(secded.total_area.value, bare.total_area.value * 72 / 64 + 4 * 935 * 1.5, 1e-6);
  EXPECT_NEAR(secded.energy[2].energy / bare.energy[2].energy, 72. / 64, 1e-12);
  EXPECT_NE(secded.energy[0].price.formula.find("72 bits stored for 64"), std::string::npos);
}

TEST(SramPrices, the_technology_can_ask_for_the_analytic_model) {
  const Technology tech = analytic("16nm");
  MacroConfig bank;
  bank.capacity = Bytes(32768);
  bank.word_bits = 128;
  bank.ecc = Ecc::secded;
  const Macro m = sram_macro(bank, tech);
  const auto e = priced(buffer({{"width_bits", 128}}, "secded"), tech);
  EXPECT_NEAR(e.energy[0].energy.value, total(m.read) / 2, 1e-12);  // 8 of 16 bytes
  EXPECT_NEAR(e.energy[1].energy.value, total(m.write) / 2, 1e-12);
  EXPECT_NEAR(e.total_area.value, 4 * total(m.area), 1e-6);
  EXPECT_NEAR(e.energy[2].energy.value, 4 * total(m.leakage) * 1e-3 * 1e12, 1e-3);
  EXPECT_NE(e.energy[0].price.formula.find("analytic SRAM model"), std::string::npos);
  EXPECT_NE(e.energy[0].price.source.find("CACTI"), std::string::npos);
}

TEST(SramPrices, supplies_and_codes_are_refused_on_either_side_of_what_is_legal) {
  EXPECT_EQ(refused(buffer({{"supply_v", .3}})), nullptr);
  EXPECT_EQ(refused(buffer({{"supply_v", 2}})), nullptr);
  EXPECT_EQ(refused(buffer({{"supply_v", .2999}})), &bad_attribute);
  EXPECT_EQ(refused(buffer({{"supply_v", 2.001}})), &bad_attribute);
  EXPECT_EQ(refused(buffer({}, "hamming")), &bad_sram);
  EXPECT_EQ(refused(buffer({{"width_bits", 96}}, "secded")), &bad_sram);
  EXPECT_EQ(refused(buffer({{"width_bits", 128}}, "secded")), nullptr);
}

}  // namespace
}  // namespace mantissa::power
