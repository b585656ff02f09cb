// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/fixed_post_processing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/numerics/quantize/post_processing.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using testing::ElementsAre;

// Q = 7, F = 4: a unit of the scale is 112; 5/2 of it a tie, to 2.
TEST(FixedPostProcessing, rounds_ties_of_scale_and_elements_to_even) {
  const FixedPostProcessing unit;
  auto r = unit.processed({280, 16, 48, -80, 0}, {1, 1, 1, 1, 1}, 0, {0, 0, 0, 0, 0}, false);
  EXPECT_EQ(r.sq, 2);
  EXPECT_THAT(r.q, ElementsAre(7, 0, 2, -2, 0));  // 8.75 clipped, 1/2, 3/2, -5/2
  r = unit.processed({281, 17}, {1, 1}, 0, {0, 0}, false);
  EXPECT_EQ(r.sq, 3);
  EXPECT_THAT(r.q, ElementsAre(6, 0));
  r = unit.processed({56, -56}, {1, 1}, 0, {0, 0}, false);  // half a unit
  EXPECT_EQ(r.sq, 0);
  EXPECT_THAT(r.q, ElementsAre(0, 0));
}

TEST(FixedPostProcessing, rounds_ratios_to_the_largest_value_to_even_in_order_a) {
  FixedPostProcessing unit;
  unit.order = ScaleOrder::data_first;
  // m = 280 is 7: 40 a unit. The scale, two and a half units of 112, is rounded for itself.
  const std::vector<std::int32_t> ones(6, 1), none(6, 0);
  auto r = unit.processed({280, 20, 60, -100, 21, 0}, ones, 0, none, false);
  EXPECT_EQ(r.sq, 2);
  EXPECT_THAT(r.q, ElementsAre(7, 0, 2, -2, 1, 0));
  // Elements stay where the scale rounds to zero; those of a vector of zeros are zero.
  r = unit.processed({56, -56, 4, 3, 0, 12}, ones, 0, none, false);
  EXPECT_EQ(r.sq, 0);
  EXPECT_THAT(r.q, ElementsAre(7, -7, 0, 0, 0, 2));
  r = unit.processed({0, 0, 0, 0, 0, 0}, ones, 0, none, false);
  EXPECT_THAT(r.q, ElementsAre(0, 0, 0, 0, 0, 0));
  unit.output_signed = false;
  r = unit.processed({30, -30, 1, 2, 29, 28}, ones, 0, none, false);
  EXPECT_THAT(r.q, ElementsAre(15, 0, 0, 1, 14, 14));  // halves of 15
}

TEST(FixedPostProcessing, limits_values_after_the_bias_and_applies_relu_last) {
  const FixedPostProcessing unit;
  EXPECT_EQ(unit.value_bits(), 13);
  const auto r = unit.processed({1 << 23, -(1 << 22), -8, 5}, {65535, 65535, 2, 3}, 1,
                                {-4095, 0, 3, -8}, false);
  EXPECT_THAT(r.y, ElementsAre(4095, -4095, -5, 0));  // RNE(7.5) = 8
  const auto relu = unit.processed({-8, 5}, {2, 3}, 1, {3, 3}, true);
  EXPECT_THAT(relu.y, ElementsAre(0, 11));
}

// Where all coarse scales are powers of two binary32 is exact, too, and y / (sq g_out) is rounded
// once; so is y / s where Q divides the largest value.
struct Differing {
  int scales = 0, elements = 0, clipped = 0;
};
Differing against_the_float_reference(ScaleOrder order, ScaleOrder of_reference) {
  FixedPostProcessing unit;
  unit.order = order;
  const VectorMac mac;
  const float gw[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  IntegerQuantization format;
  format.bits = 4;
  format.granularity = Granularity::vector;
  format.scale_bits = 4;
  format.order = of_reference;
  Differing differing;
  for (std::uint64_t draw = 0; draw < 2000; ++draw) {
    const std::int64_t most = std::int64_t{1} << draw % 12;
    std::vector<std::int64_t> acc;
    for (std::uint64_t i = 0; i < 16; ++i)
      acc.push_back(static_cast<std::int64_t>(faults::derived(draw, i) %
                                              static_cast<std::uint64_t>(2 * most + 1)) -
                    most);
    if (order == ScaleOrder::data_first) acc[0] = (most + 6) / 7 * 7;
    const auto fixed = unit.processed(acc, std::vector<std::int32_t>(16, 1), 0,
                                      std::vector<std::int32_t>(16, 0), false);
    // y in units of g_out / 16.
    const auto q = post_processed(mac, acc.data(), 1, 16, {gw, 1, nullptr, false}, format, 16);
    differing.scales += q.scales[0] != fixed.sq;
    differing.clipped += fixed.sq == 15;
    for (int i = 0; i < 16; ++i)
      differing.elements += q.element(i) != fixed.q[static_cast<std::size_t>(i)];
  }
  return differing;
}

TEST(FixedPostProcessing, equals_the_float_reference_of_its_order_where_that_is_exact) {
  for (const ScaleOrder order : {ScaleOrder::data_first, ScaleOrder::scale_first}) {
    const Differing none = against_the_float_reference(order, order);
    EXPECT_EQ(none.scales, 0);
    EXPECT_EQ(none.elements, 0);
    EXPECT_GT(none.clipped, 0);
  }
  // The orders differ in elements, not in scales.
  const Differing other =
      against_the_float_reference(ScaleOrder::data_first, ScaleOrder::scale_first);
  EXPECT_EQ(other.scales, 0);
  EXPECT_GT(other.elements, 0);
}

}  // namespace
}  // namespace mantissa::numerics
