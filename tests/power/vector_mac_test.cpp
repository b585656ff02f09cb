// SPDX-License-Identifier: Apache-2.0
// Prices of vector MACs and post-processing units.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "power/estimate.h"
#include "power/format_cost.h"
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

TEST(VectorMacPrices, of_a_gated_vector_are_those_of_its_scale_product) {
  const Technology technology = shipped("16nm");
  EXPECT_DOUBLE_EQ(energy(lanes(4, 4, 4), "gated_vector"),
                   integer_energy(technology, Arithmetic::multiply, 4).value);
  EXPECT_LT(energy(lanes(4, 4, 4), "gated_vector"), 0.2 * energy(lanes(4, 4, 4)));
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
  // Order A is another unit's; without a result of its own the tables'.
  Component exact = post;
  exact.attributes["scale_first"] = 0;
  EXPECT_EQ(price(exact).source.find("shown"), std::string::npos);
  exact.attributes["scale_first"] = 1;
  EXPECT_EQ(price(exact).value, price(post).value);
  // Areas of all lanes; there are two units of 16, and two of the other.
  const auto area = [&](const Component& c) {
    return priced(c, "vector", technology).area.front().price.value;
  };
  EXPECT_NEAR(area(lanes(8, 8, 0)) / area(post), 3.0 * 32 / (7 * 2), 1e-9);
  // Other widths are nobody's: the tables'. So is what no vector enters.
  EXPECT_EQ(price(lanes(4, 8, 0)).source.find("shown"), std::string::npos);
  const Price gated = priced(lanes(4, 4, 4), "gated_vector", technology).energy.front().price;
  EXPECT_EQ(gated.source.find("shown"), std::string::npos);
}

}  // namespace
}  // namespace mantissa::power
