// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/pool.h"

#include <algorithm>
#include <type_traits>

#include "base/numerics/elementary.h"
#include "base/numerics/float_bits.h"

namespace mantissa::numerics {
namespace {

bool larger(float x, float best) { return x > best || (is_nan(x) && !is_nan(best)); }
template <class T>
bool larger(T x, T best) {
  return x > best;
}

float finished(float x) { return canonical(x); }
template <class T>
T finished(T x) {
  return x;
}

// Calls visit(y, x) for every pixel of the image that output pixel (oy, ox) sees, row by row.
template <class Visit>
void for_window(const ImageLayout& in, const trace::Window& w, std::int64_t oy, std::int64_t ox,
                Visit visit) {
  for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
    const std::int64_t y = oy * w.stride[0] - w.before[0] + ky * w.dilation[0];
    if (y < 0 || y >= in.height) continue;
    for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
      const std::int64_t x = ox * w.stride[1] - w.before[1] + kx * w.dilation[1];
      if (x >= 0 && x < in.width) visit(y, x);
    }
  }
}

template <class T>
void maximum_pool(const T* x, const ImageLayout& in, const trace::Window& w, T* y,
                  const ImageLayout& out, std::int64_t* index) {
  for (std::int64_t c = 0; c < out.channels; ++c) {
    for (std::int64_t oy = 0; oy < out.height; ++oy) {
      for (std::int64_t ox = 0; ox < out.width; ++ox) {
        bool any = false;
        T best{};
        std::int64_t where = 0;
        for_window(in, w, oy, ox, [&](std::int64_t py, std::int64_t px) {
          const T value = x[in.at(c, py, px)];
          if (any && !larger(value, best)) return;
          any = true;
          best = value;
          where = py * in.width + px;
        });
        y[out.at(c, oy, ox)] = finished(best);
        if (index) index[out.at(c, oy, ox)] = where;
      }
    }
  }
}

std::int64_t divisor_of(const ImageLayout& in, const trace::Window& w, std::int64_t oy,
                        std::int64_t ox, AverageCount count) {
  if (count.divisor != 0) return count.divisor;
  const std::int64_t size[2] = {in.height, in.width}, o[2] = {oy, ox};
  std::int64_t pixels = 1;
  for (int d = 0; d < 2; ++d) {
    std::int64_t begin = o[d] * w.stride[d] - w.before[d];
    std::int64_t end = std::min(begin + w.kernel[d], size[d] + w.after[d]);
    if (!count.include_pad) {
      begin = std::max<std::int64_t>(begin, 0);
      end = std::min(end, size[d]);
    }
    pixels *= std::max<std::int64_t>(end - begin, 0);
  }
  return pixels;
}

float average(float sum, std::int64_t count) {
  return canonical(sum * reciprocal(static_cast<float>(count)));
}
std::int64_t average(std::int64_t sum, std::int64_t count) { return rounding_divide(sum, count); }

template <class T>
void mean_pool(const T* x, const ImageLayout& in, const trace::Window& w, T* y,
               const ImageLayout& out, AverageCount count) {
  using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::int64_t>;
  for (std::int64_t c = 0; c < out.channels; ++c) {
    for (std::int64_t oy = 0; oy < out.height; ++oy) {
      for (std::int64_t ox = 0; ox < out.width; ++ox) {
        Sum sum = 0;
        for_window(in, w, oy, ox,
                   [&](std::int64_t py, std::int64_t px) { sum = sum + x[in.at(c, py, px)]; });
        const std::int64_t pixels = divisor_of(in, w, oy, ox, count);
        y[out.at(c, oy, ox)] = pixels == 0 ? T{0} : static_cast<T>(average(sum, pixels));
      }
    }
  }
}

}  // namespace

std::int64_t rounding_divide(std::int64_t sum, std::int64_t count) {
  std::int64_t floor = sum / count, rest = sum % count;
  if (rest < 0) {
    floor -= 1;
    rest += count;
  }
  const std::int64_t other = count - rest;  // distance to the next integer above
  return floor + (rest > other || (rest == other && (floor & 1)) ? 1 : 0);
}

void max_pool(const float* x, const ImageLayout& in, const trace::Window& window, float* y,
              const ImageLayout& out, std::int64_t* index) {
  maximum_pool(x, in, window, y, out, index);
}
void max_pool(const std::int32_t* x, const ImageLayout& in, const trace::Window& window,
              std::int32_t* y, const ImageLayout& out, std::int64_t* index) {
  maximum_pool(x, in, window, y, out, index);
}
void max_pool(const std::int8_t* x, const ImageLayout& in, const trace::Window& window,
              std::int8_t* y, const ImageLayout& out, std::int64_t* index) {
  maximum_pool(x, in, window, y, out, index);
}

void average_pool(const float* x, const ImageLayout& in, const trace::Window& window, float* y,
                  const ImageLayout& out, AverageCount count) {
  mean_pool(x, in, window, y, out, count);
}
void average_pool(const std::int32_t* x, const ImageLayout& in, const trace::Window& window,
                  std::int32_t* y, const ImageLayout& out, AverageCount count) {
  mean_pool(x, in, window, y, out, count);
}
void average_pool(const std::int8_t* x, const ImageLayout& in, const trace::Window& window,
                  std::int8_t* y, const ImageLayout& out, AverageCount count) {
  mean_pool(x, in, window, y, out, count);
}

}  // namespace mantissa::numerics
