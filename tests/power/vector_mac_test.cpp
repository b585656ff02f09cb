// SPDX-License-Identifier: Apache-2.0
// Prices of vector MACs and post-processing units.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "power/estimate.h"
#include "power/estimators/parts.h"
#include "power/estimators/synthesised.h"
#include "power/format_cost.h"
#include "power/synthesis_result.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

Component lanes(double weights, double activations, double scales, double product = 0) {
  Component c{"matrix",
              "vector_mac",
              {{"vector_length", 16},
               {"lanes", 16},
               {"units", 2},
               {"weight_bits", weights},
               {"activation_bits", activations},
               {"accumulator_bits", 24},
               {"weight_scale_bits", scales},
               {"activation_scale_bits", scales},
               {"product_bits", product}},
              {},
              1};
  return c;
}

const Component post{"post",
                     "post_processor",
                     {{"vector_length", 16},
                      {"units", 2},
                      {"accumulator_bits", 24},
                      {"output_bits", 4},
                      {"scale_bits", 4}},
                     {},
                     1};

Estimate priced(const Component& c, const char* action, const Technology& technology) {
  return estimate({c}, {{c.name, action, 1, {}}}, 1e-6, technology);
}
double energy(const Component& c, const char* action = "vector") {
  return priced(c, action, shipped("16nm")).energy.front().price.value;
}
double area(const Component& c) {
  return priced(c, "vector", shipped("16nm")).area.front().price.value;
}

TEST(VectorMacPrices, grow_with_widths_and_vectors_as_synthesised_areas_do) {
  // Order of the synthesised areas: 4/4 < 4/4/4/4 with R = 4 < R = 6 < full < 4/8 < 8/8.
  const Component order[] = {lanes(4, 4, 0), lanes(4, 4, 4, 4), lanes(4, 4, 4, 6),
                             lanes(4, 4, 4), lanes(4, 8, 0),    lanes(8, 8, 0)};
  for (std::size_t i = 1; i < std::size(order); ++i) {
    EXPECT_LT(area(order[i - 1]), area(order[i])) << i;
    EXPECT_LT(energy(order[i - 1]), energy(order[i])) << i;
  }
}

TEST(VectorMacPrices, take_no_bits_for_what_there_need_not_be_alone) {
  const auto refusal = [](const char* key, double value) -> std::string {
    Component c = lanes(4, 4, 4);
    c.attributes[key] = value;
    try {
      area(c);
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_EQ(refusal("product_bits", 0), "");
  EXPECT_THAT(refusal("product_bits", -1), testing::HasSubstr("from zero on"));
  EXPECT_THAT(refusal("weight_bits", 0), testing::HasSubstr("above zero"));
}

TEST(VectorMacPrices, of_a_gated_vector_are_its_scale_product_and_the_clock) {
  const Technology technology = shipped("16nm");
  const double idle = energy(lanes(4, 4, 4), "idle_cycle");
  // V (Nw + Na) + D + ACC + 2 R.
  EXPECT_DOUBLE_EQ(idle, register_energy(technology, 16 * 8 + 12 + 24 + 16).value);
  EXPECT_DOUBLE_EQ(energy(lanes(4, 4, 4), "gated_vector"),
                   idle + integer_energy(technology, Arithmetic::multiply, 4).value);
  EXPECT_LT(energy(lanes(4, 4, 4), "gated_vector"), energy(lanes(4, 4, 4)));
  // Without a second scale nothing is multiplied.
  EXPECT_EQ(energy(lanes(4, 4, 0), "gated_vector"), energy(lanes(4, 4, 0), "idle_cycle"));
}

TEST(VectorMacPrices, of_post_processing_are_those_of_the_order_in_which_it_scales) {
  const Technology technology = shipped("16nm");
  Component exact = post;
  exact.attributes["scale_first"] = 0;
  // Per result five subtractions of 13 bits in place of one product by a reciprocal of 14.
  const double step = integer_energy(technology, Arithmetic::add, 13).value,
               product =
                   integer_energy(technology, Arithmetic::multiply, std::sqrt(13.0 * 14)).value;
  EXPECT_NEAR(energy(post) - energy(exact), 16 * (product - 5 * step), 1e-9);
}

TEST(VectorMacPrices, of_integers_meet_the_printed_widths) {
  const Technology technology = shipped("45nm");
  for (const Arithmetic operation : {Arithmetic::add, Arithmetic::multiply})
    for (const auto& [bits, format] : {std::pair{8.0, "int8"}, {32.0, "int32"}}) {
      EXPECT_NEAR(integer_energy(technology, operation, bits).value,
                  arithmetic_energy(technology, operation, format).value, 1e-12);
      EXPECT_NEAR(integer_area(technology, operation, bits).value,
                  arithmetic_area(technology, operation, format).value, 1e-9);
    }
  EXPECT_LT(integer_energy(technology, Arithmetic::add, 12).value,
            integer_energy(technology, Arithmetic::add, 24).value);
}

SynthesisResult result(const char* unit, std::map<std::string, std::int64_t> parameters,
                       double area, double energy) {
  SynthesisResult r;
  r.unit = unit;
  r.action = "vector";
  r.parameters = std::move(parameters);
  r.library = "cells";
  r.tools = "a tool";
  r.file = "shown";
  r.node = Nanometres(180);
  r.voltage = Volts(1.8);
  r.area = area;
  r.energy = energy;
  return r;
}

TEST(VectorMacPrices, come_from_the_synthesis_result_of_the_same_widths) {
  const auto widths = [](std::int64_t n, std::int64_t scales) {
    return std::map<std::string, std::int64_t>{{"VectorLength", 16},
                                               {"WeightWidth", n},
                                               {"ActivationWidth", n},
                                               {"WeightScaleWidth", scales},
                                               {"ActivationScaleWidth", scales},
                                               {"ProductWidth", 0},
                                               {"AccumulatorWidth", 24}};
  };
  Technology technology = shipped("45nm");
  technology.prefer(
      {result("vsq", widths(4, 4), 1000, 100), result("vsq", widths(8, 0), 3000, 300),
       result(
           "vsq_ppu",
           {{"VectorLength", 16}, {"AccumulatorWidth", 24}, {"OutputWidth", 4}, {"ScaleWidth", 4}},
           7000, 700)});
  const auto price = [&](const Component& c) {
    return priced(c, "vector", technology).energy.front().price;
  };
  EXPECT_NE(price(lanes(4, 4, 4)).source.find("shown"), std::string::npos);
  EXPECT_NEAR(price(lanes(8, 8, 0)).value / price(lanes(4, 4, 4)).value, 3, 1e-9);
  EXPECT_NE(price(post).source.find("shown"), std::string::npos);
  EXPECT_NEAR(price(post).value / price(lanes(4, 4, 4)).value, 7, 1e-9);
  // Areas of all lanes; there are two units of 16, and two of the other.
  const auto area = [&](const Component& c) {
    return priced(c, "vector", technology).area.front().price.value;
  };
  EXPECT_NEAR(area(lanes(8, 8, 0)) / area(post), 3.0 * 32 / (7 * 2), 1e-9);
}

Price energy_of(const Component& c, const char* action, const Technology& technology) {
  return priced(c, action, technology).energy.front().price;
}

TEST(VectorMacPrices, of_other_widths_are_those_of_the_nearest_by_the_ratio_of_the_tables) {
  const auto widths = [](std::int64_t n, std::int64_t scales, std::int64_t is_signed = 1) {
    return std::map<std::string, std::int64_t>{
        {"VectorLength", 16},         {"WeightWidth", n},
        {"ActivationWidth", n},       {"ActivationSigned", is_signed},
        {"WeightScaleWidth", scales}, {"ActivationScaleWidth", scales},
        {"ProductWidth", 0},          {"AccumulatorWidth", 24}};
  };
  const Technology tables = shipped("45nm");
  Technology technology = tables;
  technology.prefer({result("vsq", widths(8, 0), 3000, 300), result("vsq", widths(4, 0), 900, 90),
                     result("vsq", widths(8, 4), 4000, 400)});
  const auto expect = [&](const Component& c, const Component& nearest, double synthesised) {
    const Price price = energy_of(c, "vector", technology);
    const double ratio =
        energy_of(c, "vector", tables).value / energy_of(nearest, "vector", tables).value;
    EXPECT_NEAR(price.value / energy_of(lanes(8, 8, 0), "vector", technology).value,
                ratio * synthesised / 300, 1e-9);
    EXPECT_THAT(price.formula, testing::HasSubstr("for other widths, by the tables' ratio"));
    const auto warnings = priced(c, "vector", technology).warnings;
    EXPECT_THAT(warnings, testing::Contains(testing::HasSubstr("no vsq of these widths")));
  };
  expect(lanes(4, 5, 0), lanes(4, 4, 0), 90);
  expect(lanes(7, 8, 0), lanes(8, 8, 0), 300);
  // Scales come first: with them the nearest is far away.
  expect(lanes(2, 2, 4), lanes(8, 8, 4), 400);
  // And so does the sign.
  Component other = lanes(4, 4, 0);
  other.attributes["activation_signed"] = 0;
  technology.prefer(
      {result("vsq", widths(4, 0), 900, 90), result("vsq", widths(8, 0, 0), 2800, 280)});
  const Component far = [] {
    Component c = lanes(8, 8, 0);
    c.attributes["activation_signed"] = 0;
    return c;
  }();
  EXPECT_NEAR(
      energy_of(other, "vector", technology).value / energy_of(far, "vector", technology).value,
      energy_of(other, "vector", tables).value / energy_of(far, "vector", tables).value, 1e-9);
  // What is synthesised needs no ratio, and says nothing.
  EXPECT_THAT(priced(far, "vector", technology).warnings,
              testing::Not(testing::Contains(testing::HasSubstr("of these widths"))));
}

TEST(VectorMacPrices, tell_open_and_gated_vectors_and_idle_cycles_apart) {
  Technology technology = shipped("45nm");
  SynthesisResult r = result("vsq",
                             {{"VectorLength", 16},
                              {"WeightWidth", 4},
                              {"ActivationWidth", 4},
                              {"WeightScaleWidth", 4},
                              {"ActivationScaleWidth", 4},
                              {"AccumulatorWidth", 24}},
                             1000, 180);
  r.idle = 40;
  r.operations = {{"vector", 240}, {"gated_vector", 44}};
  technology.prefer({r});
  const auto price = [&](const char* action) {
    return energy_of(lanes(4, 4, 4), action, technology).value;
  };
  EXPECT_NEAR(price("gated_vector") / price("vector"), 44.0 / 240, 1e-12);
  EXPECT_NEAR(price("idle_cycle") / price("vector"), 40.0 / 240, 1e-12);
}

// Of the shipped results: more hardware costs more, and neighbours in any width differ by little.
TEST(VectorMacPrices, of_the_shipped_results_neither_jump_nor_fall_with_scales) {
  Technology technology = shipped("16nm");
  technology.prefer(read_synthesis_results(MANTISSA_SOURCE_DIR "/rtl", "rtl", units_that_price()));
  const auto vector = [&](const Component& c) { return energy_of(c, "vector", technology).value; };
  const auto placed_area = [&](const Component& c) {
    return priced(c, "vector", technology).area.front().price.value;
  };
  for (const double n : {3, 4}) {
    EXPECT_GT(vector(lanes(n, n, 4)), vector(lanes(n, n, 0))) << n;
    EXPECT_GT(placed_area(lanes(n, n, 4)), placed_area(lanes(n, n, 0))) << n;
  }
  const auto near = [&](const Component& a, const Component& b, const char* what) {
    EXPECT_NEAR(std::log(vector(a) / vector(b)), 0, std::log(1.35)) << what;
    EXPECT_NEAR(std::log(placed_area(a) / placed_area(b)), 0, std::log(1.35)) << what;
  };
  for (int r = 4; r < 8; ++r) near(lanes(4, 4, 4, r), lanes(4, 4, 4, r + 1), "R");
  near(lanes(4, 4, 4, 8), lanes(4, 4, 4, 0), "full");
  const auto with = [](const char* key, double value) {
    Component c = lanes(4, 4, 4);
    c.attributes[key] = value;
    return c;
  };
  for (const double acc : {22, 23, 25, 26})
    near(with("accumulator_bits", acc), lanes(4, 4, 4), "A");
  for (const double v : {14, 15, 17, 18}) near(with("vector_length", v), lanes(4, 4, 4), "V");
  near(with("activation_signed", 0), lanes(4, 4, 4), "sign");
}

}  // namespace
}  // namespace mantissa::power
