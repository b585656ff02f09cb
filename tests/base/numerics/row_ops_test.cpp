// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/row_ops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "base/numerics/elementary.h"
#include "base/numerics/error_bound.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

std::vector<float> row(std::int64_t n, float scale = 1) {
  const RandomStream stream(23, "row");
  std::vector<float> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = stream.real(i) * scale;
  return x;
}

TEST(RowSum, order_is_lanes_then_a_tree) {
  const float x[] = {0x1p24f, 1, 3, 5, 7, 11, 13};
  // Lane 0 takes 0 and 4, lane 1 takes 1 and 5, lane 2 takes 2 and 6, lane 3 takes 3.
  const float lane0 = x[0] + x[4], lane1 = x[1] + x[5], lane2 = x[2] + x[6], lane3 = x[3];
  EXPECT_EQ(row_sum(x, 7, 4), (lane0 + lane2) + (lane1 + lane3));
  EXPECT_EQ(row_sum(x, 7, 1), (((((x[0] + x[1]) + x[2]) + x[3]) + x[4]) + x[5]) + x[6]);
  // Three lanes: half = 2, so lane 0 takes lane 2, then lane 1.
  const float a = (x[0] + x[3]) + x[6], b = x[1] + x[4], c = x[2] + x[5];
  EXPECT_EQ(row_sum(x, 7, 3), (a + c) + b);
  const float y[] = {0x1p24f, 1, 1, 1, 1, 1, 1};
  EXPECT_NE(row_sum(y, 7, 4), row_sum(y, 7, 1));  // the order shows
  EXPECT_THROW(row_sum(x, 7, 0), InternalError);
}

TEST(RowSum, empty_and_short_rows) {
  const float x[] = {-0.0f, 2};
  EXPECT_EQ(float_bits(row_sum(x, 0, 8)), 0u);
  EXPECT_EQ(float_bits(row_sum(x, 1, 8)), 0u);  // starts from +0
  EXPECT_EQ(row_sum(x, 2, 128), 2);
}

TEST(RowSum, every_lane_count_stays_within_the_bound_of_any_order) {
  const auto x = row(1000);
  double exact = 0, magnitudes = 0;
  for (float v : x) exact += v, magnitudes += std::fabs(v);
  for (unsigned lanes : {1u, 2u, 3u, 8u, 127u, 128u, 129u, 2000u}) {
    EXPECT_LE(std::fabs(row_sum(x.data(), 1000, lanes) - exact), gamma(1000) * magnitudes);
  }
}

TEST(RowSum, int32_counts_wraps) {
  const std::int32_t x[] = {0x7FFFFFFF, 1, -5, 4};
  std::uint64_t overflows = 0;
  EXPECT_EQ(row_sum(x, 4, 1, overflows), 0x7FFFFFFF);  // up and down again
  EXPECT_EQ(overflows, 2u);
  EXPECT_EQ(row_sum(x, 4, 2, overflows), 0x7FFFFFFF);  // (max - 5) + (1 + 4)
  EXPECT_EQ(overflows, 2u);
}

TEST(RowExtremes, propagate_nan_and_find_the_first) {
  const float x[] = {1, 7, 7, -INFINITY}, with_nan[] = {1, NAN, INFINITY, NAN};
  EXPECT_EQ(row_max(x, 4), 7);
  EXPECT_EQ(row_min(x, 4), -INFINITY);
  EXPECT_EQ(row_argmax(x, 4), 1);
  EXPECT_TRUE(std::isnan(row_max(with_nan, 4)));
  EXPECT_TRUE(std::isnan(row_min(with_nan, 4)));
  EXPECT_EQ(row_argmax(with_nan, 4), 1);
  EXPECT_EQ(row_max(x, 0), -INFINITY);
}

TEST(Softmax, sums_to_one_and_matches_the_exact_value) {
  for (std::int64_t n : {1, 2, 127, 128, 129, 1000}) {
    const auto x = row(n, 20);
    std::vector<float> y(x.size()), z(x.size());
    softmax(x.data(), y.data(), n, 128);
    log_softmax(x.data(), z.data(), n, 128);
    double sum = 0, total = 0;
    const double top = row_max(x.data(), n);
    for (float v : x) sum += std::exp(v - top);
    for (std::int64_t i = 0; i < n; ++i) {
      const double exact = std::exp(x[i] - top) / sum;
      EXPECT_NEAR(y[i], exact, exact * 1e-5);
      EXPECT_NEAR(z[i], std::log(exact), 1e-5);
      total += y[i];
    }
    EXPECT_NEAR(total, 1, 1e-6);
  }
}

TEST(Softmax, large_and_infinite_rows) {
  const float x[] = {1e30f, -1e30f, -INFINITY}, none[] = {-INFINITY, -INFINITY};
  float y[3];
  softmax(x, y, 3, 4);
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[2], 0);
  softmax(none, y, 2, 4);
  EXPECT_EQ(float_bits(y[0]), canonical_nan_bits);
}

TEST(Norms, layer_and_group_norm_have_mean_zero_and_variance_one) {
  const auto x = row(384, 3);
  std::vector<float> y(384);
  const RowStatistics s = normalize(x.data(), y.data(), 384, 1e-5f, 128);
  double mean = 0, variance = 0;
  for (float v : y) mean += v / 384.0, variance += double{v} * v / 384;
  EXPECT_NEAR(mean, 0, 1e-6);
  EXPECT_NEAR(variance, 1, 1e-4);
  EXPECT_EQ(s.mean, row_mean(x.data(), 384, 128));
  EXPECT_GT(s.rstd, 0);

  std::vector<float> weight(384, 2.0f), bias(384, 0.5f), z(384), g(384);
  layer_norm(x.data(), weight.data(), bias.data(), z.data(), 384, 1e-5f, 128);
  for (int i = 0; i < 384; ++i) EXPECT_EQ(z[i], y[i] * 2.0f + 0.5f);
  const float per_channel[] = {2, 2, 2}, shift[] = {0.5f, 0.5f, 0.5f};
  group_norm(x.data(), per_channel, shift, g.data(), 3, 128, 1e-5f, 128);
  EXPECT_EQ(g, z);
}

TEST(Norms, rms_norm_follows_its_equation) {
  const float x[] = {3, 4}, weight[] = {1, 10};
  float y[2];
  rms_norm(x, weight, y, 2, 0, 2);
  const float r = rsqrt(12.5f);
  EXPECT_EQ(y[0], 3 * r);
  EXPECT_EQ(y[1], (4 * r) * 10);
}

TEST(Norms, batch_norm_is_one_product_and_one_sum_per_element) {
  const ChannelAffine c = fold_batch_norm(2, 4, 3, 1, 0);
  EXPECT_EQ(c.scale, 1.5f);
  EXPECT_EQ(c.shift, -2);
  const float x[] = {2, 6};
  float y[2];
  batch_norm(x, y, 2, c);
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 7);
}

TEST(RowCumsum, is_sequential) {
  const float x[] = {0x1p24f, 1, 1};
  float y[3];
  row_cumsum(x, y, 3);
  EXPECT_EQ(y[2], 0x1p24f);
}

}  // namespace
}  // namespace mantissa::numerics
