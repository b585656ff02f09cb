// SPDX-License-Identifier: Apache-2.0
// From samples to what a network sees: features over full_scale, cropped and flipped if wished,
// then (x - mean) / deviation by channel.
//
//   const auto stats = channel_statistics(cifar, cifar.train);
//   const Preparation preparation{CropAndFlip{}, stats, seed};
//   std::vector<float> x(batch.size() * cifar.sample_size());
//   preparation.fill(cifar, batch, epoch, x.data());                 // batch x 3 x 32 x 32
#pragma once

#include <optional>
#include <vector>

#include "workloads/data/augment.h"
#include "workloads/data/dataset.h"

namespace mantissa::data {

// Of the features over full_scale, by channel: the first axis of an image, and all features of
// anything else together. The deviation is that of the whole population.
struct ChannelStatistics {
  std::vector<float> mean, deviation;
};
// Sums in double, in the order of the list.
ChannelStatistics channel_statistics(const Dataset& dataset,
                                     const std::vector<std::int64_t>& samples);

struct Preparation {
  std::optional<CropAndFlip> augmentation;  // of images: {channels, rows, columns}
  std::optional<ChannelStatistics> normalisation;
  std::uint64_t seed = 1;

  // batch.size() times sample_size() numbers.
  void fill(const Dataset& dataset, const std::vector<std::int64_t>& batch, std::int64_t epoch,
            float* out) const;
};

}  // namespace mantissa::data
