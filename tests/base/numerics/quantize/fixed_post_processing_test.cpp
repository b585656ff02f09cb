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

TEST(FixedPostProcessing, limits_values_after_the_bias_and_applies_relu_last) {
  const FixedPostProcessing unit;
  EXPECT_EQ(unit.value_bits(), 13);
  const auto r = unit.processed({1 << 23, -(1 << 22), -8, 5}, {65535, 65535, 2, 3}, 1,
                                {-4095, 0, 3, -8}, false);
  EXPECT_THAT(r.y, ElementsAre(4095, -4095, -5, 0));  // RNE(7.5) = 8
  const auto relu = unit.processed({-8, 5}, {2, 3}, 1, {3, 3}, true);
  EXPECT_THAT(relu.y, ElementsAre(0, 11));
}

// Where all scales are powers of two binary32 is exact, too, and y / (sq g_out) is rounded once.
TEST(FixedPostProcessing, equals_the_float_reference_in_order_b_where_that_is_exact) {
  const FixedPostProcessing unit;
  const VectorMac mac;
  const float gw[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  IntegerQuantization format;
  format.bits = 4;
  format.granularity = Granularity::vector;
  format.scale_bits = 4;
  format.order = ScaleOrder::scale_first;
  int scales = 0, elements = 0, clipped = 0;
  for (std::uint64_t draw = 0; draw < 2000; ++draw) {
    std::vector<std::int64_t> acc;
    for (std::uint64_t i = 0; i < 16; ++i)
      acc.push_back(static_cast<std::int64_t>(faults::derived(draw, i) %
                                              (1 + (std::uint64_t{1} << draw % 13))) -
                    (std::int64_t{1} << draw % 13) / 2);
    const auto fixed = unit.processed(acc, std::vector<std::int32_t>(16, 1), 0,
                                      std::vector<std::int32_t>(16, 0), false);
    // y in units of g_out / 16.
    const auto q = post_processed(mac, acc.data(), 1, 16, {gw, 1, nullptr, false}, format, 16);
    scales += q.scales[0] != fixed.sq;
    clipped += fixed.sq == 15;
    for (int i = 0; i < 16; ++i) elements += q.element(i) != fixed.q[static_cast<std::size_t>(i)];
  }
  EXPECT_EQ(scales, 0);
  EXPECT_EQ(elements, 0);
  EXPECT_GT(clipped, 0);
}

}  // namespace
}  // namespace mantissa::numerics
