// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/preparation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// The definition, pixel by pixel: pad, cut, mirror.
std::vector<float> by_hand(const std::vector<float>& image, const Shape& shape, std::int64_t pad,
                           const Window& w) {
  const auto rows = shape[1], columns = shape[2], wide = columns + 2 * pad;
  std::vector<float> out;
  for (std::int64_t c = 0; c < shape[0]; ++c) {
    std::vector<float> padded(std::size_t((rows + 2 * pad) * wide));
    for (std::int64_t y = 0; y < rows; ++y)
      for (std::int64_t x = 0; x < columns; ++x)
        padded[std::size_t((y + pad) * wide + x + pad)] =
            image[std::size_t((c * rows + y) * columns + x)];
    for (std::int64_t y = 0; y < rows; ++y) {
      std::vector<float> row;
      for (std::int64_t x = 0; x < columns; ++x)
        row.push_back(padded[std::size_t((y + pad + w.down) * wide + x + pad + w.right)]);
      if (w.mirrored) std::reverse(row.begin(), row.end());
      out.insert(out.end(), row.begin(), row.end());
    }
  }
  return out;
}

TEST(CropAndFlip, is_pad_cut_and_mirror) {
  const Shape shape{2, 3, 4};
  std::vector<float> image(24), out(24);
  for (std::size_t i = 0; i < 24; ++i) image[i] = float(i + 1);
  for (std::int64_t down = -2; down <= 2; ++down)
    for (std::int64_t right = -2; right <= 2; ++right)
      for (const bool mirrored : {false, true}) {
        const Window w{down, right, mirrored};
        crop_and_flip(image.data(), shape, w, out.data());
        ASSERT_EQ(out, by_hand(image, shape, 2, w)) << down << ' ' << right;
      }
}

TEST(CropAndFlip, draws_every_window_equally_often) {
  const CropAndFlip augment{1, true};
  std::map<std::tuple<std::int64_t, std::int64_t, bool>, int> counts;
  constexpr int n = 18000;
  for (int i = 0; i < n; ++i) {
    const Window w = augment.draw(1, 0, i);
    ++counts[{w.down, w.right, w.mirrored}];
  }
  ASSERT_EQ(counts.size(), 18u);
  double chi = 0;
  for (const auto& [window, count] : counts) chi += (count - 1000.0) * (count - 1000.0) / 1000;
  EXPECT_LT(chi, 53);  // 17 degrees of freedom: 1 of 100,000
}

TEST(CropAndFlip, depends_on_seed_epoch_and_sample) {
  const CropAndFlip augment;
  const auto windows = [&](std::uint64_t seed, std::int64_t epoch, std::int64_t first) {
    std::vector<std::tuple<std::int64_t, std::int64_t, bool>> out;
    for (std::int64_t i = first; i < first + 20; ++i) {
      const Window w = augment.draw(seed, epoch, i);
      out.emplace_back(w.down, w.right, w.mirrored);
    }
    return out;
  };
  EXPECT_EQ(windows(1, 2, 3), windows(1, 2, 3));
  EXPECT_NE(windows(1, 2, 3), windows(2, 2, 3));
  EXPECT_NE(windows(1, 2, 3), windows(1, 3, 3));
  EXPECT_NE(windows(1, 2, 3), windows(1, 2, 40));
  for (std::int64_t i = 0; i < 100; ++i)
    EXPECT_FALSE((CropAndFlip{4, false}.draw(1, 0, i).mirrored));
}

Dataset two_channels() {
  Dataset d;
  d.shape = {2, 1, 2};
  d.features = std::vector<std::uint8_t>{0, 10, 100, 100, 20, 30, 100, 100};
  d.full_scale = 10;
  d.labels = {0, 0};
  d.classes = {"0"};
  return d;
}

TEST(ChannelStatistics, are_of_the_features_over_full_scale) {
  const auto stats = channel_statistics(two_channels(), {0, 1});
  EXPECT_THAT(stats.mean, ElementsAre(1.5f, 10.0f));
  EXPECT_THAT(stats.deviation, ElementsAre(FloatEq(std::sqrt(1.25f)), 1.0f));  // a constant one
  EXPECT_THAT(channel_statistics(two_channels(), {0}).mean, ElementsAre(0.5f, 10.0f));
}

TEST(Preparation, fills_a_batch_in_its_order) {
  const Dataset d = two_channels();
  std::vector<float> out(8);
  Preparation().fill(d, {1, 0}, 0, out.data());
  EXPECT_THAT(out, ElementsAre(2, 3, 10, 10, 0, 1, 10, 10));
  Preparation normal;
  normal.normalisation = ChannelStatistics{{1, 10}, {2, 5}};
  normal.fill(d, {0, 1}, 0, out.data());
  EXPECT_THAT(out, ElementsAre(-0.5f, 0, 0, 0, 0.5f, 1, 0, 0));
}

// Whoever prepares the samples, in whatever batches: each looks the same.
TEST(Preparation, of_a_sample_does_not_depend_on_its_batch) {
  Dataset d;
  d.shape = {1, 4, 4};
  std::vector<std::uint8_t> pixels(5 * 16);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::uint8_t(i + 1);
  d.features = pixels;
  d.labels.assign(5, 0);
  d.classes = {"0"};
  Preparation augmented;
  augmented.augmentation = CropAndFlip{2, true};
  std::vector<float> all(5 * 16), one(16);
  augmented.fill(d, {4, 3, 2, 1, 0}, 7, all.data());
  for (std::int64_t s = 0; s < 5; ++s) {
    augmented.fill(d, {s}, 7, one.data());
    EXPECT_TRUE(std::equal(one.begin(), one.end(), all.begin() + (4 - s) * 16)) << s;
  }
  std::vector<float> later(5 * 16);
  augmented.fill(d, {4, 3, 2, 1, 0}, 8, later.data());
  EXPECT_NE(later, all);
}

}  // namespace
}  // namespace mantissa::data
