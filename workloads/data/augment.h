// SPDX-License-Identifier: Apache-2.0
// Random crops and flips, as CIFAR networks are trained with: the image is padded with zeros by
// `pad` pixels on every side, a window of its own size is cut out, and in half of all cases
// mirrored left to right (K. He et al., "Deep Residual Learning", CVPR 2016, section 4.2).
//
// What happens to a sample depends on the seed, the epoch and the sample's number alone: not on its
// batch, its place there, or who prepares it.
//
//   const CropAndFlip augment{4, true};
//   crop_and_flip(image, {3, 32, 32}, augment.draw(seed, epoch, sample), out);
#pragma once

#include <cstdint>

#include "workloads/data/dataset.h"

namespace mantissa::data {

// Where the window lies: `down` and `right` from -pad to pad, 0 and 0 being the image itself.
struct Window {
  std::int64_t down = 0, right = 0;
  bool mirrored = false;
};

struct CropAndFlip {
  std::int64_t pad = 4;
  bool flip = true;

  Window draw(std::uint64_t seed, std::int64_t epoch, std::int64_t sample) const;
};

// `shape` is {channels, rows, columns}; both images are row-major and do not overlap.
void crop_and_flip(const float* image, const Shape& shape, const Window& window, float* out);

}  // namespace mantissa::data
