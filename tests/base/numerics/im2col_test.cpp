// SPDX-License-Identifier: Apache-2.0
// Gathered rows against the definition, element by element, and layouts against index arithmetic.
#include "base/numerics/im2col.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/numerics/layout.h"

namespace mantissa::numerics {
namespace {

template <class T>
void expect_rows(std::int64_t h, std::int64_t w, std::int64_t c, std::int64_t slice,
                 const trace::Window& window, T padding) {
  std::vector<T> image(static_cast<std::size_t>(h * w * c));
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<T>(i * 31 + 7);
  PatchGeometry g = PatchGeometry::nhwc(h, w, c, window);
  g.channels = slice;  // the last `slice` of c channels
  const std::int64_t rows = trace::positions(window, 0, h) * g.out_width, ld = g.k() + 2;
  ASSERT_GT(rows, 0);
  const std::int64_t first = rows / 3;
  std::vector<T> out(static_cast<std::size_t>((rows - first) * ld), T{99});
  const std::int64_t offset = c - slice;
  im2col(image.data() + offset, sizeof(T), g, first, rows - first, out.data(), ld, &padding);
  for (std::int64_t row = first; row < rows; ++row) {
    const std::int64_t oy = row / g.out_width, ox = row % g.out_width;
    std::int64_t k = 0;
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
      for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
        for (std::int64_t ch = 0; ch < slice; ++ch, ++k) {
          const std::int64_t y = oy * window.stride[0] - window.before[0] + ky * window.dilation[0];
          const std::int64_t x = ox * window.stride[1] - window.before[1] + kx * window.dilation[1];
          const bool inside = y >= 0 && y < h && x >= 0 && x < w;
          const T expected = inside ? image[(y * w + x) * c + offset + ch] : padding;
          ASSERT_EQ(out[(row - first) * ld + k], expected) << row << ' ' << k;
        }
      }
    }
    ASSERT_EQ(out[(row - first) * ld + k], T{99}) << "wrote beyond its row";
  }
}

TEST(Im2col, equals_the_definition_on_a_grid) {
  for (std::int64_t kernel : {1, 2, 3, 5}) {
    for (std::int64_t stride : {1, 2, 3}) {
      for (std::int64_t dilation : {1, 2}) {
        for (std::int64_t pad : {0, 1, 4}) {
          trace::Window w;
          w.kernel = {kernel, kernel > 1 ? kernel - 1 : 1};
          w.stride = {stride, 1};
          w.dilation = {dilation, dilation};
          w.before = {pad, pad / 2};
          w.after = {pad / 2, pad + 1};
          expect_rows<std::int8_t>(10, 9, 4, 4, w, 0);
          expect_rows<std::int16_t>(10, 9, 6, 2, w, 5);
          expect_rows<float>(9, 12, 3, 3, w, 0);
        }
      }
    }
  }
}

TEST(Im2col, null_padding_means_zero) {
  trace::Window w;
  w.kernel = {3, 3};
  w.before = w.after = {1, 1};
  const std::int8_t image = 7;
  std::int8_t out[9];
  im2col(&image, 1, PatchGeometry::nhwc(1, 1, 1, w), 0, 1, out, 9);
  for (int i = 0; i < 9; ++i) EXPECT_EQ(out[i], i == 4 ? 7 : 0);
}

TEST(Layout, conversions_place_every_element) {
  const std::int64_t n = 2, c = 35, h = 3, w = 37;
  std::vector<std::int32_t> from(n * c * h * w), to(from.size()), back(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::int32_t>(i);
  nchw_to_nhwc(from.data(), n, c, h, w, 4, to.data());
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < c; ++j) {
      for (std::int64_t p = 0; p < h * w; ++p) {
        ASSERT_EQ(to[(i * h * w + p) * c + j], from[(i * c + j) * h * w + p]);
      }
    }
  }
  nhwc_to_nchw(to.data(), n, c, h, w, 4, back.data());
  EXPECT_EQ(back, from);
  permute(from.data(), {n, c, h, w}, {0, 2, 3, 1}, 4, back.data());
  EXPECT_EQ(back, to);
}

TEST(Layout, weights_become_gemm_rows) {
  const std::int64_t o = 3, i = 4, kh = 2, kw = 5;
  std::vector<std::uint8_t> from(o * i * kh * kw), to(from.size());
  for (std::size_t x = 0; x < from.size(); ++x) from[x] = static_cast<std::uint8_t>(x);
  oihw_to_rows(from.data(), o, i, kh, kw, 1, to.data());
  for (std::int64_t a = 0; a < o; ++a) {
    for (std::int64_t b = 0; b < i; ++b) {
      for (std::int64_t y = 0; y < kh; ++y) {
        for (std::int64_t x = 0; x < kw; ++x) {
          ASSERT_EQ(to[((y * kw + x) * i + b) * o + a], from[((a * i + b) * kh + y) * kw + x]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace mantissa::numerics
