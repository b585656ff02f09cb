// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/augment.h"

#include "base/error.h"
#include "base/numerics/random_fill.h"

namespace mantissa::data {

Window CropAndFlip::draw(std::uint64_t seed, std::int64_t epoch, std::int64_t sample) const {
  const numerics::RandomStream random(seed, "augment/" + std::to_string(epoch));
  const auto first = 3 * static_cast<std::uint64_t>(sample);
  return {random.integer(first, -pad, pad), random.integer(first + 1, -pad, pad),
          flip && random.integer(first + 2, 0, 1) == 1};
}

void crop_and_flip(const float* image, const Shape& shape, const Window& window, float* out) {
  MANTISSA_CHECK(shape.size() == 3, "an image has channels, rows and columns");
  const std::int64_t rows = shape[1], columns = shape[2];
  for (std::int64_t c = 0; c < shape[0]; ++c) {
    const float* channel = image + c * rows * columns;
    for (std::int64_t y = 0; y < rows; ++y) {
      for (std::int64_t x = 0; x < columns; ++x) {
        const std::int64_t from_y = y + window.down;
        const std::int64_t from_x = (window.mirrored ? columns - 1 - x : x) + window.right;
        const bool inside = from_y >= 0 && from_y < rows && from_x >= 0 && from_x < columns;
        *out++ = inside ? channel[from_y * columns + from_x] : 0.0f;
      }
    }
  }
}

}  // namespace mantissa::data
