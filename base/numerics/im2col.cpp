// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/im2col.h"

#include <algorithm>
#include <cstring>

namespace mantissa::numerics {
namespace {

void fill(std::byte* to, std::int64_t elements, std::size_t size, const void* padding) {
  if (padding == nullptr) {
    std::memset(to, 0, static_cast<std::size_t>(elements) * size);
    return;
  }
  for (std::int64_t i = 0; i < elements; ++i) {
    std::memcpy(to + static_cast<std::size_t>(i) * size, padding, size);
  }
}

}  // namespace

PatchGeometry PatchGeometry::nhwc(std::int64_t height, std::int64_t width, std::int64_t channels,
                                  const trace::Window& window) {
  return {height,
          width,
          channels,
          channels,
          width * channels,
          window,
          trace::positions(window, 1, width)};
}

void im2col(const void* image, std::size_t element_bytes, const PatchGeometry& g,
            std::int64_t first_row, std::int64_t rows, void* out, std::int64_t ldout,
            const void* padding) {
  const auto size = static_cast<std::int64_t>(element_bytes);
  const auto* from = static_cast<const std::byte*>(image);
  const trace::Window& w = g.window;
  const std::int64_t kernel_w = w.kernel[1];
  // Neighbouring taps of a kernel row are neighbours in memory: one copy takes them all.
  const bool dense = w.dilation[1] == 1 && g.pixel_stride == g.channels;
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t oy = (first_row + i) / g.out_width, ox = (first_row + i) % g.out_width;
    const std::int64_t x0 = ox * w.stride[1] - w.before[1];
    // Taps first..last-1 lie within the image.
    const std::int64_t d = w.dilation[1];
    const std::int64_t first = x0 >= 0 ? 0 : std::min((-x0 + d - 1) / d, kernel_w);
    const std::int64_t last =
        x0 >= g.width ? first : std::max(first, std::min((g.width - x0 + d - 1) / d, kernel_w));
    auto* to = static_cast<std::byte*>(out) + i * ldout * size;
    for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky, to += kernel_w * g.channels * size) {
      const std::int64_t y = oy * w.stride[0] - w.before[0] + ky * w.dilation[0];
      if (y < 0 || y >= g.height || first == last) {
        fill(to, kernel_w * g.channels, element_bytes, padding);
        continue;
      }
      fill(to, first * g.channels, element_bytes, padding);
      fill(to + last * g.channels * size, (kernel_w - last) * g.channels, element_bytes, padding);
      const std::byte* row = from + (y * g.row_stride + x0 * g.pixel_stride) * size;
      if (dense) {
        std::memcpy(to + first * g.channels * size, row + first * g.channels * size,
                    static_cast<std::size_t>((last - first) * g.channels * size));
        continue;
      }
      for (std::int64_t kx = first; kx < last; ++kx) {
        std::memcpy(to + kx * g.channels * size, row + kx * d * g.pixel_stride * size,
                    static_cast<std::size_t>(g.channels * size));
      }
    }
  }
}

}  // namespace mantissa::numerics
