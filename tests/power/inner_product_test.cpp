// SPDX-License-Identifier: Apache-2.0
// Prices of inner-product units: from a synthesis result that fits, from tables otherwise.
#include "power/estimators/inner_product.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "power/estimate.h"
#include "power/estimators/parts.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

using testing::HasSubstr;

const Component units{"matrix",
                      "inner_product",
                      {{"rows", 8}, {"columns", 4}, {"units", 2}, {"window", 16}, {"ehu_share", 4}},
                      {{"format", "fp16"}}};

// Eight lanes; 10 pJ per product, two cycles for each operation of the run.
SynthesisResult result() {
  SynthesisResult r;
  r.file = "rtl/ipu/synthesis.yaml";
  r.unit = "ipu";
  r.action = "product";
  r.parameters = {{"Lanes", 8}, {"Width", 16}, {"MultiCycle", 1}};
  r.library = "cells";
  r.tools = "a tool";
  r.node = Nanometres(180);
  r.voltage = Volts(1.8);
  r.area = 1000;
  r.energy = 10;
  r.blocks = {{"u_ehu", 400}, {"u_tree", 600}};
  r.actions = 80;
  r.cycles = 20;
  return r;
}

Technology at_180(bool preferring, SynthesisResult r = result()) {
  Technology t = shipped("45nm").at(Nanometres(180), Volts(1.8));
  if (preferring) t.prefer({std::move(r)});
  return t;
}

Estimate priced(const Component& c, const Technology& t, const char* action = "cycle") {
  return estimate({c}, {{c.name, action, 1, {}}}, 0, t);
}

TEST(InnerProduct, takes_energy_per_cycle_and_area_of_a_result_that_fits) {
  const Technology t = at_180(true);
  const Estimate e = priced(units, t);
  EXPECT_DOUBLE_EQ(e.energy[0].price.value, 10 * 80 / 20.0);
  EXPECT_EQ(e.energy[0].price.method, Method::synthesised);
  EXPECT_THAT(e.energy[0].price.source, HasSubstr("rtl/ipu/synthesis.yaml"));
  // Eight units; a fourth of an exponent handling unit each.
  EXPECT_DOUBLE_EQ(e.area[0].price.value, placed(t, {(1000 - 400 + 100) * 8.0, "um2", t.node(),
                                                     t.voltage(), Method::synthesised, "", ""})
                                              .value);
  EXPECT_TRUE(e.warnings.empty());
}

TEST(InnerProduct, has_table_prices_where_no_result_fits_and_says_so) {
  const Technology tables = at_180(false);
  const Estimate table = priced(units, tables);
  EXPECT_THAT(table.warnings, testing::ElementsAre(HasSubstr("no synthesis result")));
  // Of 8 lanes nine iterations make 8 products.
  Component cells = units;
  cells.kind = "mac_array";
  for (const char* key : {"window", "ehu_share"}) cells.attributes.erase(key);
  EXPECT_NEAR(table.energy[0].price.value * 9 / 8,
              estimate({cells}, {{"matrix", "mac", 1, {}}}, 0, tables).energy[0].price.value, 1e-9);
  const auto misfit = [&](const Component& other, const std::string& key) {
    const Estimate e = priced(other, at_180(true));
    EXPECT_EQ(text(e.energy[0].price), text(priced(other, tables).energy[0].price)) << key;
    EXPECT_EQ(e.warnings.size(), 1u) << key;
  };
  for (const char* key : {"window", "rows", "digit_b"}) {
    Component other = units;
    other.attributes[key] = 12;
    misfit(other, key);
  }
  for (const char* key : {"formats", "software_precision", "multi_cycle"}) {
    Component other = units;
    other.attributes[key] = 2;
    misfit(other, key);
  }
  SynthesisResult old = result();
  old.cycles = 0;
  EXPECT_EQ(priced(units, at_180(true, old)).warnings.size(), 1u);
}

TEST(InnerProduct, moves_to_another_node_by_the_published_factors) {
  Technology t = shipped("45nm");
  t.prefer({result()});
  const Estimate e = priced(units, t);
  EXPECT_LT(e.energy[0].price.value, 40);
  EXPECT_EQ(e.energy[0].price.method, Method::derived);
  EXPECT_THAT(e.energy[0].price.formula, HasSubstr("180 nm, 1.8 V to 45 nm"));
}

TEST(InnerProduct, refuses_formats_that_no_unit_multiplies) {
  Component other = units;
  other.labels["format"] = "fp32";
  EXPECT_THROW(priced(other, at_180(false)), Error);
}

}  // namespace
}  // namespace mantissa::power
