// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/preparation.h"

#include <cmath>

#include "base/error.h"

namespace mantissa::data {
namespace {

std::int64_t channels_of(const Dataset& dataset) {
  return dataset.shape.size() == 3 ? dataset.shape[0] : 1;
}

}  // namespace

ChannelStatistics channel_statistics(const Dataset& dataset,
                                     const std::vector<std::int64_t>& samples) {
  const std::int64_t channels = channels_of(dataset), size = dataset.sample_size() / channels;
  std::vector<float> x(static_cast<std::size_t>(dataset.sample_size()));
  ChannelStatistics out;
  std::vector<double> sums(static_cast<std::size_t>(channels)), squares(sums);
  const double count = static_cast<double>(samples.size()) * static_cast<double>(size);
  // Twice over the samples: squares of distances do not cancel as squares of numbers do.
  for (const std::int64_t s : samples) {
    dataset.copy(s, x.data());
    for (std::size_t i = 0; i < x.size(); ++i) sums[i / static_cast<std::size_t>(size)] += x[i];
  }
  for (double& sum : sums) sum /= count;
  for (const std::int64_t s : samples) {
    dataset.copy(s, x.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t c = i / static_cast<std::size_t>(size);
      squares[c] += (x[i] - sums[c]) * (x[i] - sums[c]);
    }
  }
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const double deviation = std::sqrt(squares[c] / count);
    out.mean.push_back(static_cast<float>(sums[c]));
    out.deviation.push_back(deviation > 0 ? static_cast<float>(deviation) : 1.0f);  // constant
  }
  return out;
}

void Preparation::fill(const Dataset& dataset, const std::vector<std::int64_t>& batch,
                       std::int64_t epoch, float* out) const {
  const std::int64_t size = dataset.sample_size();
  const std::int64_t per_channel = size / channels_of(dataset);
  std::vector<float> image(static_cast<std::size_t>(size));
  for (const std::int64_t sample : batch) {
    if (augmentation) {
      dataset.copy(sample, image.data());
      crop_and_flip(image.data(), dataset.shape, augmentation->draw(seed, epoch, sample), out);
    } else {
      dataset.copy(sample, out);
    }
    if (normalisation) {
      for (std::int64_t i = 0; i < size; ++i) {
        const auto c = static_cast<std::size_t>(i / per_channel);
        out[i] = (out[i] - normalisation->mean[c]) / normalisation->deviation[c];
      }
    }
    out += size;
  }
}

}  // namespace mantissa::data
