// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/pool.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/numerics/layout.h"

namespace mantissa::numerics {
namespace {

trace::Window window(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  trace::Window w;
  w.kernel = {kernel, kernel};
  w.stride = {stride, stride};
  w.before = w.after = {pad, pad};
  return w;
}

TEST(MaxPool, takes_the_first_largest_and_never_the_padding) {
  const std::int8_t x[] = {-3, -1, -1, -2, -5, -4, -9, -9, -9};  // 3 x 3, all below 0
  const auto w = window(2, 1, 1);
  const auto in = ImageLayout::nchw(1, 3, 3), out = ImageLayout::nchw(1, 4, 4);
  std::int8_t y[16];
  std::int64_t index[16];
  max_pool(x, in, w, y, out, index);
  EXPECT_EQ(y[0], -3);
  EXPECT_EQ(y[1], -1);
  EXPECT_EQ(y[2], -1);
  EXPECT_EQ(index[2], 1);  // of two equal ones the first
  EXPECT_EQ(y[5], -1);
  EXPECT_EQ(y[15], -9);
  EXPECT_EQ(index[15], 8);
}

TEST(MaxPool, propagates_nan_and_dilates) {
  const float x[] = {1, NAN, 3, 4, 5, 6, 7, 8, 9};
  auto w = window(2, 1, 0);
  w.dilation = {2, 2};
  float y[4];
  max_pool(x, ImageLayout::nchw(1, 3, 3), w, y, ImageLayout::nchw(1, 1, 1));
  EXPECT_EQ(y[0], 9);
  max_pool(x, ImageLayout::nchw(1, 3, 3), window(2, 1, 0), y, ImageLayout::nchw(1, 2, 2));
  EXPECT_TRUE(std::isnan(y[0]) && std::isnan(y[1]));
  EXPECT_EQ(y[2], 8);
}

TEST(AveragePool, counts_padding_only_when_asked) {
  const float x[] = {4, 8, 12, 16};
  const auto in = ImageLayout::nchw(1, 2, 2), out = ImageLayout::nchw(1, 2, 2);
  auto w = window(2, 2, 1);
  float y[4];
  average_pool(x, in, w, y, out, {true, 0});
  EXPECT_EQ(y[0], 1);
  average_pool(x, in, w, y, out, {false, 0});
  EXPECT_EQ(y[0], 4);
  average_pool(x, in, w, y, out, {true, 2});
  EXPECT_EQ(y[3], 8);
}

TEST(AveragePool, integers_round_to_even) {
  const std::int8_t x[] = {1, 2, 2, 3, -1, -2, -3, -2};
  std::int8_t y[4];
  auto w = window(1, 1, 0);
  w.kernel = w.stride = {1, 2};
  average_pool(x, ImageLayout::nchw(1, 2, 4), w, y, ImageLayout::nchw(1, 2, 2));
  EXPECT_EQ(y[0], 2);   // 1.5
  EXPECT_EQ(y[1], 2);   // 2.5
  EXPECT_EQ(y[2], -2);  // -1.5
  EXPECT_EQ(y[3], -2);  // -2.5
}

TEST(AveragePool, rounding_division_agrees_with_the_processor) {
  for (std::int64_t count : {1, 2, 3, 4, 7, 49, 64}) {
    for (std::int64_t sum = -500; sum <= 500; ++sum) {
      // Halves are exact in binary64, other quotients are never within 2^-40 of a half.
      EXPECT_EQ(rounding_divide(sum, count),
                std::llrint(static_cast<double>(sum) / static_cast<double>(count)));
    }
  }
}

TEST(Pool, both_layouts_give_the_same_image) {
  const std::int64_t c = 5, h = 7, w = 6;
  std::vector<float> nchw(c * h * w), nhwc(nchw.size());
  for (std::size_t i = 0; i < nchw.size(); ++i) nchw[i] = static_cast<float>(i * 37 % 101);
  nchw_to_nhwc(nchw.data(), 1, c, h, w, 4, nhwc.data());
  auto window3 = window(3, 2, 1);
  window3.ceil_mode = true;
  const auto oh = trace::positions(window3, 0, h), ow = trace::positions(window3, 1, w);
  std::vector<float> a(c * oh * ow), b(a.size()), back(a.size());
  average_pool(nchw.data(), ImageLayout::nchw(c, h, w), window3, a.data(),
               ImageLayout::nchw(c, oh, ow));
  average_pool(nhwc.data(), ImageLayout::nhwc(c, h, w), window3, b.data(),
               ImageLayout::nhwc(c, oh, ow));
  nhwc_to_nchw(b.data(), 1, c, oh, ow, 4, back.data());
  EXPECT_EQ(a, back);
}

}  // namespace
}  // namespace mantissa::numerics
