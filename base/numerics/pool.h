// SPDX-License-Identifier: Apache-2.0
// Pooling of one image over a sliding window (base/trace/window.h), any layout by strides.
//
// Pixels of a window are visited row by row. Padding is never the maximum and adds nothing to a
// sum.
//
//   max       NaN propagates; `index` (optional) is y * width + x of the first largest
//   average   fp32: sum from +0, one pixel after the other, times reciprocal(count)
//             int32: RNE(sum / count), the sum exact in 64 bits, ties to even
//
// count is `divisor` if that is not 0; else the pixels of the window that lie in the image, or,
// with count_include_pad, in the padded image (a window that ceil_mode pushes beyond the padding
// counts only what lies within). A window without any pixel of the image has average 0.
#pragma once

#include <cstdint>

#include "base/trace/window.h"

namespace mantissa::numerics {

// Where element (channel, y, x) of an image lies, in elements from its first.
struct ImageLayout {
  std::int64_t channels, height, width;
  std::int64_t channel_stride, row_stride, pixel_stride;

  static ImageLayout nchw(std::int64_t c, std::int64_t h, std::int64_t w) {
    return {c, h, w, h * w, w, 1};
  }
  static ImageLayout nhwc(std::int64_t c, std::int64_t h, std::int64_t w) {
    return {c, h, w, 1, w * c, c};
  }
  std::int64_t at(std::int64_t c, std::int64_t y, std::int64_t x) const {
    return c * channel_stride + y * row_stride + x * pixel_stride;
  }
};

struct AverageCount {
  bool include_pad = true;
  std::int64_t divisor = 0;
};

void max_pool(const float* x, const ImageLayout& in, const trace::Window& window, float* y,
              const ImageLayout& out, std::int64_t* index = nullptr);
void max_pool(const std::int32_t* x, const ImageLayout& in, const trace::Window& window,
              std::int32_t* y, const ImageLayout& out, std::int64_t* index = nullptr);
void max_pool(const std::int8_t* x, const ImageLayout& in, const trace::Window& window,
              std::int8_t* y, const ImageLayout& out, std::int64_t* index = nullptr);
void average_pool(const float* x, const ImageLayout& in, const trace::Window& window, float* y,
                  const ImageLayout& out, AverageCount count = {});
void average_pool(const std::int32_t* x, const ImageLayout& in, const trace::Window& window,
                  std::int32_t* y, const ImageLayout& out, AverageCount count = {});
void average_pool(const std::int8_t* x, const ImageLayout& in, const trace::Window& window,
                  std::int8_t* y, const ImageLayout& out, AverageCount count = {});

// RNE(sum / count), count >= 1.
std::int64_t rounding_divide(std::int64_t sum, std::int64_t count);

}  // namespace mantissa::numerics
