// SPDX-License-Identifier: Apache-2.0
#include "power/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "power/estimator.h"
#include "power/format_cost.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

const Component small_array{
    "matrix", "mac_array", {{"rows", 4}, {"columns", 4}}, {{"format", "int8"}}};
const Component buffer{"buffer", "sram", {{"capacity_bytes", 32768}}, {}};
const Component hbm{"hbm", "dram", {{"channels", 8}}, {{"standard", "HBM2"}}};

template <class Call>
const ErrorKind* thrown(Call call, const std::string& part = "") {
  try {
    call();
  } catch (const Error& e) {
    EXPECT_NE(e.message().find(part), std::string::npos) << e.message();
    return &e.kind();
  }
  return nullptr;
}

TEST(Estimate, an_int8_mac_at_45_nm_is_multiply_plus_add_plus_registers) {
  const Technology tech = shipped("45nm");
  const auto e = estimate({small_array}, {{"matrix", "mac", 1000, {}}}, 0, tech);
  const double bit = tech.energy("register_bit").value;
  EXPECT_NEAR(e.energy[0].energy.value, 1000 * (.2 + .1 + 40 * bit), 1e-9);
  EXPECT_EQ(e.energy[0].price.method, Method::derived);
}

TEST(Estimate, labels_of_an_action_win_over_the_components) {
  const Technology tech = shipped("45nm");
  const auto e = estimate({small_array}, {{"matrix", "mac", 1, {{"format", "bf16"}}}}, 0, tech);
  // bf16, p = 8: 1.1 + 2.6 (64 - 121) / (576 - 121); fp32 accumulation.
  const double multiply = 1.1 + 2.6 * (64. - 121) / (576 - 121);
  EXPECT_NEAR(e.energy[0].price.value, multiply + .9 + 48 * tech.energy("register_bit").value,
              1e-12);
}

TEST(Estimate, memory_and_dram_counts_are_bytes) {
  const auto e = estimate({buffer, hbm}, {{"buffer", "read", 64, {}}, {"hbm", "read", 64, {}}}, 0,
                          shipped("45nm"));
  EXPECT_DOUBLE_EQ(e.energy[0].energy.value, 8 * 20);         // 8 accesses of 64 bits
  EXPECT_DOUBLE_EQ(e.energy[1].energy.value, 64 * 8 * 3.92);  // pJ per bit
}

TEST(Estimate, static_rows_are_power_times_seconds_times_instances) {
  const Component idle{"chip", "fixed", {{"idle_power_w", 28}, {"area_um2", 331e6}}, {}, 2};
  const auto e = estimate({hbm, idle}, {}, .5, shipped("28nm"));
  ASSERT_EQ(e.energy.size(), 2u);
  EXPECT_EQ(e.energy[0].action, "background");
  EXPECT_DOUBLE_EQ(e.energy[0].energy.value, 8 * .0636 * .5 * 1e12);
  EXPECT_EQ(e.energy[1].action, "idle");
  EXPECT_DOUBLE_EQ(e.energy[1].energy.value, 28 * 2 * .5 * 1e12);
  EXPECT_DOUBLE_EQ(e.total_area.value, 2 * 331e6);
}

TEST(Estimate, leakage_of_logic_goes_with_its_cell_area) {
  const auto e = estimate({small_array}, {}, 1, shipped("28nm"));
  ASSERT_EQ(e.energy.size(), 1u);
  EXPECT_EQ(e.energy[0].action, "leakage");
  EXPECT_NEAR(e.energy[0].energy.value, e.total_area.value * .7 * 1.24e-8 * 1e12, 1);
}

TEST(Estimate, an_activation_counted_apart_sums_to_the_whole_at_the_published_locality) {
  // 909 pJ per row is 1.21 pJ/bit when a row serves 909 / 1.21 = 751 bits.
  const double bytes = 909 / 1.21 / 8;
  const auto e = estimate({hbm},
                          {{"hbm", "activate", 1000, {}},
                           {"hbm", "read_column", static_cast<std::uint64_t>(1000 * bytes), {}},
                           {"hbm", "read", static_cast<std::uint64_t>(1000 * bytes), {}}},
                          0, shipped("28nm"));
  EXPECT_NEAR((e.energy[0].energy + e.energy[1].energy) / e.energy[2].energy, 1, 1e-4);
}

TEST(Estimate, unknown_names_are_refused_with_the_nearest_one) {
  const Technology tech = shipped("28nm");
  const auto run = [&](Component c, ActionCount a) { return [=] { estimate({c}, {a}, 1, tech); }; };
  EXPECT_EQ(thrown(run(small_array, {"matrix", "mak", 1, {}}), "'mac'"), &unknown_action);
  EXPECT_EQ(thrown(run(small_array, {"matrx", "mac", 1, {}}), "'matrix'"), &unknown_component);
  EXPECT_EQ(thrown(run({"a", "srm", {}, {}}, {}), "'sram'"), &unknown_kind);
  EXPECT_EQ(thrown(run({"a", "sram", {{"capacity_byte", 1}}, {}}, {}), "'capacity_bytes'"),
            &bad_attribute);
  EXPECT_EQ(thrown(run({"a", "sram", {}, {}}, {}), "capacity_bytes"), &bad_attribute);
  EXPECT_EQ(thrown(run(small_array, {"matrix", "mac", 1, {{"format", "int9"}}})), &bad_attribute);
  EXPECT_EQ(thrown(run(small_array, {"matrix", "mac", 1, {{"fromat", "int8"}}}), "'format'"),
            &bad_attribute);
  EXPECT_EQ(thrown(run({"d", "dram", {}, {{"standard", "HBM9"}}}, {"d", "read", 1, {}})),
            &bad_attribute);
  EXPECT_EQ(thrown(run({"d", "dram", {}, {{"standard", "DDR4"}}}, {"d", "activate", 1, {}})),
            &unknown_action);
}

TEST(Estimate, two_components_of_one_name_are_refused) {
  const auto run = [] { estimate({buffer, buffer}, {}, 1, shipped("28nm")); };
  EXPECT_EQ(thrown(run), &duplicate_component);
}

TEST(Estimate, implausible_figures_are_refused_from_both_sides) {
  EXPECT_NO_THROW(check_area(1e10, "x"));
  for (double area : {0., -1., 1.0000001e10, std::nan("")})
    EXPECT_EQ(thrown([=] { check_area(area, "x"); }), &implausible_figure) << area;
  const double infinity = std::numeric_limits<double>::infinity();
  for (double value : {0., -1., std::nan(""), infinity})
    EXPECT_EQ(thrown([=] {
                check_energy_price({value, "pJ", {}, {}, Method::assumed, "", ""}, "x");
              }),
              &implausible_figure)
        << value;
  const Technology tech = shipped("28nm");
  for (double seconds : {-1e-9, std::nan(""), infinity})
    EXPECT_EQ(thrown([&] { estimate({buffer}, {}, seconds, tech); }), &implausible_figure);
  const Component huge{"huge", "fixed", {{"area_um2", 3.8e14}}, {}};
  EXPECT_EQ(thrown([&] { estimate({huge}, {}, 1, tech); }, "3.8e+14"), &implausible_figure);
}

TEST(Estimate, attributes_must_be_finite_and_positive) {
  for (double value : {0., -4., std::nan("")}) {
    Component c = buffer;
    c.attributes["capacity_bytes"] = value;
    EXPECT_EQ(thrown([&] { estimate({c}, {}, 1, shipped("28nm")); }), &bad_attribute);
  }
}

TEST(Estimate, a_broken_sum_is_caught) {
  auto e = estimate({small_array, buffer}, {{"matrix", "mac", 7, {}}, {"buffer", "read", 9, {}}},
                    1e-3, shipped("28nm"));
  EXPECT_NO_THROW(check_conservation(e));
  auto broken = e;
  broken.total_energy = broken.total_energy * 1.000001;
  EXPECT_THROW(check_conservation(broken), InternalError);
  broken = e;
  broken.energy_by_part["matrix"] += Picojoules(1);
  EXPECT_THROW(check_conservation(broken), InternalError);
  broken = e;
  broken.area_by_part.erase("buffer");
  EXPECT_THROW(check_conservation(broken), InternalError);
  broken = e;
  broken.energy[0].energy = Picojoules(std::nan(""));
  EXPECT_THROW(check_conservation(broken), InternalError);
}

TEST(Estimate, what_is_not_counted_is_said) {
  const auto e = estimate({{"l", "link", {}, {}}}, {{"l", "byte", 1, {}}}, 1, shipped("28nm"));
  EXPECT_TRUE(e.area.empty());
  ASSERT_EQ(e.warnings.size(), 1u);
  EXPECT_NE(e.warnings[0].find("PHY"), std::string::npos);
}

TEST(Estimate, every_registered_kind_prices_each_of_its_actions) {
  const Technology tech = shipped("16nm");
  const std::map<std::string, Component> sample{
      {"mac_array", small_array},
      {"inner_product",
       {"i", "inner_product", {{"rows", 8}, {"columns", 4}}, {{"format", "fp16"}}}},
      {"sram", buffer},
      {"dram", hbm},
      {"register_file", {"r", "register_file", {{"capacity_bytes", 64}}, {}}},
      {"vector_alu", {"v", "vector_alu", {{"lanes", 8}}, {{"format", "bf16"}}}},
      {"dma", {"d", "dma", {}, {}}},
      {"control", {"c", "control", {}, {}}},
      {"noc", {"n", "noc", {{"routers", 4}, {"width_bits", 128}}, {}}},
      {"link", {"l", "link", {}, {}}},
      {"fixed", {"f", "fixed", {{"area_um2", 1}}, {}}},
      {"vector_mac",
       {"m",
        "vector_mac",
        {{"vector_length", 16},
         {"lanes", 1},
         {"weight_bits", 4},
         {"activation_bits", 4},
         {"accumulator_bits", 24}},
        {}}},
      {"post_processor",
       {"p",
        "post_processor",
        {{"vector_length", 16}, {"accumulator_bits", 24}, {"output_bits", 4}, {"scale_bits", 4}},
        {}}}};
  // Of these a standard has no figure of its own: the memory brings it.
  Component own = hbm;
  for (const char* key : {"refresh_pj", "refresh_bank_pj", "io_pj_per_byte"})
    own.attributes[key] = 1;
  own.labels["source"] = "a data sheet";
  EXPECT_EQ(sample.size(), table_estimators().size());
  for (const auto& [kind, estimator] : table_estimators()) {
    const Component& c = kind == "dram" ? own : sample.at(kind);
    for (const auto& action : estimator->actions(tech)) {
      const auto e = estimate({c}, {{c.name, action, 10, {}}}, 1e-6, tech);
      EXPECT_GT(e.energy[0].energy.value, 0) << kind << " " << action;
      EXPECT_FALSE(e.energy[0].price.source.empty()) << kind << " " << action;
      EXPECT_FALSE(e.energy[0].price.formula.empty()) << kind << " " << action;
    }
  }
}

TEST(EstimatorChain, a_preferred_source_wins_and_others_fall_through) {
  class Synthesised final : public Estimator {
   public:
    std::string kind() const override { return "mac_array"; }
    std::vector<std::string> attributes() const override { return {"rows", "columns"}; }
    std::vector<std::string> labels() const override { return {"format"}; }
    std::vector<std::string> actions(const Technology&) const override { return {"mac"}; }
    Price energy(const Query&, const std::string&) const override {
      return {.5, "pJ", {}, {}, Method::synthesised, "netlist", "toggles"};
    }
    std::optional<Price> area(const Query&) const override { return std::nullopt; }
    std::optional<Price> static_power(const Query&) const override { return std::nullopt; }
  };
  auto chain = EstimatorChain::standard();
  chain.prefer([](const Component& c) -> std::shared_ptr<const Estimator> {
    return c.kind == "mac_array" ? std::make_shared<Synthesised>() : nullptr;
  });
  const auto e =
      estimate({small_array, buffer}, {{"matrix", "mac", 2, {}}, {"buffer", "read", 8, {}}}, 0,
               shipped("45nm"), chain);
  EXPECT_EQ(e.energy[0].energy.value, 1);
  EXPECT_EQ(e.energy[0].price.method, Method::synthesised);
  EXPECT_EQ(e.energy[1].energy.value, 20);
}

TEST(FormatCost, unlisted_formats_grow_with_their_width) {
  const Technology tech = shipped("45nm");
  const auto multiply = [&](const char* f) {
    return arithmetic_energy(tech, Arithmetic::multiply, f).value;
  };
  EXPECT_EQ(multiply("int8"), .2);
  EXPECT_EQ(multiply("uint8"), .2);
  EXPECT_EQ(multiply("fp32"), 3.7);
  EXPECT_LT(multiply("binary"), multiply("int4"));
  EXPECT_LT(multiply("int4"), multiply("int8"));
  EXPECT_LT(multiply("fp8_e5m2"), multiply("fp8_e4m3"));
  EXPECT_LT(multiply("fp8_e4m3"), multiply("bf16"));
  EXPECT_LT(multiply("bf16"), multiply("fp16"));
  EXPECT_EQ(multiply("tf32"), multiply("fp16"));
  EXPECT_GT(multiply("fp64"), multiply("fp32"));
  EXPECT_EQ(arithmetic_energy(tech, Arithmetic::multiply, "bf16").method, Method::derived);
  EXPECT_THROW(multiply("boolean"), Error);
  EXPECT_GT(arithmetic_area(tech, Arithmetic::add, "fp4_e2m1").value, 0);
}

}  // namespace
}  // namespace mantissa::power
