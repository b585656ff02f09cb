// SPDX-License-Identifier: Apache-2.0
// Convolution as a matrix product: one GEMM row per output pixel, K ordered (kernel row, kernel
// column, channel), so that a row is made of runs of channels of an NHWC image.
//
//   row[(ky * kernel_w + kx) * channels + c] =
//       image[y * stride_h - top + ky * dilation_h][x * stride_w - left + kx * dilation_w][c]
//
// and the padding element where that lies outside. Works on any element of 1, 2, 4 or 8 bytes. The
// image may be a slice of channels (a group) of a wider one: pixel_stride is the distance between
// neighbouring pixels in elements.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/trace/window.h"

namespace mantissa::numerics {

struct PatchGeometry {
  std::int64_t height, width;  // of the image
  std::int64_t channels;       // gathered per pixel
  std::int64_t pixel_stride;   // elements between neighbouring pixels, >= channels
  std::int64_t row_stride;     // elements between neighbouring image rows
  trace::Window window;
  std::int64_t out_width;  // output pixels per row

  // Of a whole NHWC image.
  static PatchGeometry nhwc(std::int64_t height, std::int64_t width, std::int64_t channels,
                            const trace::Window& window);
  std::int64_t k() const { return window.kernel[0] * window.kernel[1] * channels; }
};

// Rows first_row .. first_row + rows - 1 (row = y * out_width + x), each at out + i * ldout
// elements, ldout >= k. `padding` points to one element; null means zero bytes.
void im2col(const void* image, std::size_t element_bytes, const PatchGeometry& geometry,
            std::int64_t first_row, std::int64_t rows, void* out, std::int64_t ldout,
            const void* padding = nullptr);

}  // namespace mantissa::numerics
