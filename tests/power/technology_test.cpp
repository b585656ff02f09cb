// SPDX-License-Identifier: Apache-2.0
#include "power/technology.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "power/technology_config.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

std::vector<Figure> two_anchors() {
  return {{"add.fp32", .9, "pJ", {}, Nanometres(45), Volts(.9), Method::recalled, "a"},
          {"add.fp32", .38, "pJ", {}, Nanometres(7), Volts(.75), Method::recalled, "b"},
          {"add.int8", .03, "pJ", {}, Nanometres(45), Volts(.9), Method::recalled, "a"}};
}
Technology at(double node, double volts, EnergyScaling scaling = EnergyScaling::anchors) {
  return Technology("t", Nanometres(node), Volts(volts), "test", two_anchors(), scaling);
}

TEST(Technology, every_anchor_is_returned_exactly_at_its_own_node_and_voltage) {
  const Technology tech = shipped("28nm");
  int checked = 0;
  for (const Figure& f : tech.figures()) {
    if (f.node.value == 0) continue;
    const Technology there = tech.at(f.node, f.voltage.value > 0 ? f.voltage : Volts(.9));
    const Price price = f.item == "sram"  ? there.sram_access(f.capacity)
                        : f.unit == "um2" ? there.area(f.item)
                                          : there.energy(f.item);
    EXPECT_EQ(price.value, f.value) << f.item << " " << f.node.value;
    EXPECT_EQ(price.method, f.method) << f.item;
    EXPECT_EQ(price.source, f.source) << f.item;
    ++checked;
  }
  EXPECT_EQ(checked, 29);  // 10 arithmetic energies, 1 flip-flop, 6 sram, 8 + 1 + 3 areas
}

TEST(Technology, the_shipped_figures_are_those_of_the_literature) {
  const Technology at45 = shipped("45nm"), at7 = shipped("7nm");
  const std::map<std::string, std::pair<double, double>> horowitz{
      {"add.int8", {.03, 36}},      {"add.int32", {.1, 137}},
      {"multiply.int8", {.2, 282}}, {"multiply.int32", {3.1, 3495}},
      {"add.fp16", {.4, 1360}},     {"multiply.fp16", {1.1, 1640}},
      {"add.fp32", {.9, 4184}},     {"multiply.fp32", {3.7, 7700}}};
  for (const auto& [item, printed] : horowitz) {
    EXPECT_EQ(at45.energy(item).value, printed.first) << item;
    EXPECT_EQ(at45.area(item).value, printed.second) << item;
  }
  EXPECT_EQ(at7.energy("add.fp32").value, .38);
  EXPECT_EQ(at7.energy("multiply.fp32").value, 1.31);
  const double kib[] = {8, 32, 1024}, e45[] = {10, 20, 100}, e7[] = {7.5, 8.5, 14};
  for (int i = 0; i < 3; ++i) {
    const Bytes capacity(static_cast<std::uint64_t>(kib[i] * 1024));
    EXPECT_EQ(at45.sram_access(capacity).value, e45[i]);
    EXPECT_EQ(at7.sram_access(capacity).value, e7[i]);
  }
  EXPECT_EQ(shipped("28nm").area("bitcell").value, .127);
  EXPECT_EQ(shipped("16nm").area("bitcell").value, .07);
  EXPECT_EQ(at7.area("bitcell").value, .027);
  const std::map<std::string, double> dram{{"DDR3", 70},   {"LPDDR4", 8},  {"GDDR5", 14},
                                           {"HBM2", 3.92}, {"HBM2E", 4.3}, {"HBM3E", 3.4}};
  for (const auto& [standard, pj] : dram)
    EXPECT_EQ(at45.parameter("dram." + standard).value, pj) << standard;
}

TEST(Technology, energy_between_two_anchors_lies_strictly_between_and_falls_with_the_node) {
  for (double n = 8; n < 45; ++n) {
    // At the voltage on the line between the anchors' voltages nothing but the node moves it.
    const double t = std::log(45 / n) / std::log(45 / 7.);
    const double v = std::pow(.9, 1 - t) * std::pow(.75, t);
    const double e = at(n, v).energy("add.fp32").value;
    EXPECT_LT(e, .9);
    EXPECT_GT(e, .38);
    EXPECT_NEAR(e, std::pow(.9, 1 - t) * std::pow(.38, t), 1e-12);
  }
}

TEST(Technology, voltage_acts_by_its_square) {
  EXPECT_NEAR(at(45, .45).energy("add.fp32").value, .9 / 4, 1e-15);
  EXPECT_NEAR(at(28, .8).energy("add.fp32").value / at(28, .4).energy("add.fp32").value, 4, 1e-12);
}

TEST(Technology, an_item_with_one_anchor_follows_its_reference) {
  const double k = at(28, .9).energy("add.fp32").value / .9;
  const Price price = at(28, .9).energy("add.int8");
  EXPECT_NEAR(price.value, .03 * k, 1e-15);
  EXPECT_EQ(price.method, Method::derived);
  EXPECT_NE(price.formula.find("add.fp32"), std::string::npos);
}

TEST(Technology, the_polynomials_can_be_chosen_and_say_so) {
  const Price price = at(7, .7, EnergyScaling::stillmaker).energy("add.int8");
  const double k = energy_ratio(Nanometres(45), Volts(.9), Nanometres(7), Volts(.7)).value;
  EXPECT_DOUBLE_EQ(price.value, .03 * k);
  EXPECT_NE(price.source.find("Stillmaker"), std::string::npos);
}

TEST(Technology, above_the_largest_anchor_the_polynomials_take_over) {
  const Price price = at(65, 1).energy("add.fp32");
  EXPECT_GT(price.value, .9);
  EXPECT_NE(price.formula.find("polynomials"), std::string::npos);
}

TEST(Technology, a_28_nm_price_lies_between_its_neighbours_and_area_says_interpolated) {
  const Technology tech = shipped("28nm");
  const Price area = tech.area("multiply.int8");
  EXPECT_LT(area.value, tech.at(Nanometres(32), Volts(.9)).area("multiply.int8").value);
  EXPECT_GT(area.value, tech.at(Nanometres(20), Volts(.9)).area("multiply.int8").value);
  EXPECT_NE(area.formula.find("interpolated between 32 nm and 20 nm"), std::string::npos);
  for (const char* item : {"multiply.int8", "multiply.fp32", "add.int32", "register_bit"})
    EXPECT_LT(shipped("7nm").energy(item).value, tech.energy(item).value) << item;
}

TEST(Technology, memory_energy_grows_with_capacity_at_every_node) {
  for (const char* node : {"45nm", "28nm", "16nm", "7nm"}) {
    const Technology tech = shipped(node);
    double last = 0;
    for (std::uint64_t kib = 8; kib <= 4096; kib *= 2) {
      const double e = tech.sram_access(Bytes(kib * 1024)).value;
      EXPECT_GT(e, last) << node << " " << kib;
      last = e;
    }
  }
}

TEST(Technology, memories_outside_the_printed_capacities_are_labelled) {
  const Technology tech = shipped("45nm");
  EXPECT_EQ(tech.sram_access(Bytes(4096)).value, 10);
  EXPECT_EQ(tech.sram_access(Bytes(4096)).method, Method::derived);
  const Price large = tech.sram_access(Bytes(2 << 20));
  EXPECT_NE(large.formula.find("extrapolated"), std::string::npos);
  EXPECT_NEAR(large.value, 100 * std::pow(2, std::log(5.) / std::log(32.)), 1e-9);
}

TEST(Technology, smaller_nodes_never_cost_more_energy_for_a_memory) {
  for (std::uint64_t kib = 1; kib <= 4096; kib *= 2)
    EXPECT_LT(shipped("7nm").sram_access(Bytes(kib * 1024)).value,
              shipped("45nm").sram_access(Bytes(kib * 1024)).value)
        << kib;
}

TEST(Technology, unknown_items_are_refused_with_the_nearest_name) {
  try {
    shipped("28nm").energy("multiply.imt8");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &unknown_figure);
    EXPECT_NE(e.message().find("multiply.int8"), std::string::npos);
  }
  EXPECT_THROW(shipped("28nm").parameter("no.such"), Error);
  EXPECT_THROW(shipped("28nm").parameter("multiply.int8"), Error);  // tied to a node
}

TEST(Technology, inconsistent_figures_are_refused) {
  const auto build = [](Figure f) {
    auto figures = two_anchors();
    figures.push_back(f);
    return Technology("t", Nanometres(45), Volts(.9), "test", figures);
  };
  const Figure good{"x", 1, "um2", {}, Nanometres(45), Volts(.9), Method::recalled, "a"};
  EXPECT_NO_THROW(build(good));
  Figure f = good;
  f.value = 0;
  EXPECT_THROW(build(f), Error);
  f.value = std::nan("");
  EXPECT_THROW(build(f), Error);
  f = good;
  f.source = "";
  EXPECT_THROW(build(f), Error);
  f = good;
  f.unit = "pJ";
  EXPECT_NO_THROW(build(f));
  f.voltage = Volts(0);
  EXPECT_THROW(build(f), Error);
  EXPECT_THROW(build(two_anchors()[0]), Error);  // twice the same
}

TEST(TechnologyConfig, figure_values_carry_their_unit) {
  EXPECT_EQ(figure_value("0.2 pJ"), std::make_pair(.2, std::string("pJ")));
  EXPECT_EQ(figure_value("3.92 pJ/bit"), std::make_pair(3.92, std::string("pJ/bit")));
  EXPECT_EQ(figure_value("0.6"), std::make_pair(.6, std::string("1")));
  EXPECT_EQ(figure_value("0.2 nJ").second, "");
  EXPECT_EQ(figure_value("pJ").second, "");
}

TEST(TechnologyConfig, every_shipped_technology_loads_and_names_its_sources) {
  for (const char* node : {"45nm", "28nm", "16nm", "7nm"}) {
    const Technology tech = shipped(node);
    EXPECT_EQ(tech.name(), std::string("generic_") + node);
    EXPECT_FALSE(tech.voltage_source().empty());
    EXPECT_GT(tech.figures().size(), 60u);
  }
}

TEST(TechnologyConfig, overrides_replace_and_join_the_base) {
  const std::string path = testing::TempDir() + "/mantissa_override.yaml";
  std::ofstream(path)
      << "base: " << MANTISSA_SOURCE_DIR
      << "/configs/tech/45nm.yaml\nname: mine\noverrides:\n"
         "  - {item: link, value: 2 pJ/bit, method: published, source: data sheet}\n"
         "  - {item: mine.own, value: 3, method: assumed, source: me}\n";
  const Technology tech = Technology::load(path);
  EXPECT_EQ(tech.name(), "mine");
  EXPECT_EQ(tech.parameter("link").value, 2);
  EXPECT_EQ(tech.parameter("link").method, Method::published);
  EXPECT_EQ(tech.parameter("mine.own").value, 3);
  EXPECT_EQ(tech.figures().size(), shipped("45nm").figures().size() + 1);
}

TEST(TechnologyConfig, a_base_that_names_itself_is_refused) {
  const std::string path = testing::TempDir() + "/mantissa_loop.yaml";
  std::ofstream(path) << "base: mantissa_loop.yaml\nname: loop\n";
  try {
    Technology::load(path);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &bad_technology);
  }
}

}  // namespace
}  // namespace mantissa::power
