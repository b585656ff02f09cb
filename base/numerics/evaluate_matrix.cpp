// SPDX-License-Identifier: Apache-2.0
// Matrix products and convolutions, once as plain loops and once through gemm.h.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/numerics/evaluation.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/gemm.h"
#include "base/numerics/im2col.h"
#include "base/numerics/layout.h"
#include "base/numerics/wrapping.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;
using trace::Shape;

// The arithmetic of an accumulator: fp32, int32 or int64.
float add(float a, float b, std::uint64_t&) { return a + b; }
std::int32_t add(std::int32_t a, std::int32_t b, std::uint64_t& n) { return wrapping_add(a, b, n); }
std::int64_t add(std::int64_t a, std::int64_t b, std::uint64_t& n) {
  n += __builtin_add_overflow(a, b, &a) ? 1 : 0;
  return a;
}
float multiply(float a, float b, std::uint64_t&) { return a * b; }
std::int32_t multiply(std::int32_t a, std::int32_t b, std::uint64_t& n) {
  return wrapping_mul(a, b, n);
}
std::int64_t multiply(std::int64_t a, std::int64_t b, std::uint64_t& n) {
  n += __builtin_mul_overflow(a, b, &a) ? 1 : 0;
  return a;
}

// The sum of k products in the order of reduction_order.h; operands(i) gives the i-th pair.
template <class Sum, class Operands>
Sum ordered_sum(std::int64_t k, ReductionOrder order, std::uint64_t& overflows, Operands operands) {
  const auto chain = static_cast<std::int64_t>(order.length(static_cast<std::uint64_t>(k)));
  Sum total{0};
  for (std::int64_t begin = 0; begin < k; begin += chain) {
    Sum sum{0};
    for (std::int64_t i = begin; i < std::min(begin + chain, k); ++i) {
      const auto [a, b] = operands(i);
      sum = add(sum, multiply(static_cast<Sum>(a), static_cast<Sum>(b), overflows), overflows);
    }
    total = begin == 0 ? sum : add(total, sum, overflows);
  }
  return total;
}

// Operands as the fast kernels take them.
template <class T>
std::vector<T> narrowed(const Value& v) {
  if constexpr (std::is_same_v<T, float>) {
    return v.floats();
  } else {
    if (trace::bits(v.format) == 8 * sizeof(T) && v.format != NumberFormat::boolean) {
      std::vector<T> same(static_cast<std::size_t>(v.elements()));
      if (!same.empty()) std::memcpy(same.data(), v.data.data(), v.data.size());
      return same;
    }
    const std::vector<std::int64_t> wide = v.integers();
    return std::vector<T>(wide.begin(), wide.end());
  }
}

bool fits_int8(NumberFormat f) {
  return f == NumberFormat::int8 || f == NumberFormat::int4 || f == NumberFormat::uint4 ||
         f == NumberFormat::binary || f == NumberFormat::boolean;
}

void run_gemm(const float* a, const float* b, float* y, std::int64_t m, std::int64_t n,
              std::int64_t k, const Evaluation& e) {
  gemm_fp32(a, k, b, n, y, n, m, n, k, e.order.matrix, false);
}
void run_gemm(const std::int8_t* a, const std::int8_t* b, std::int32_t* y, std::int64_t m,
              std::int64_t n, std::int64_t k, const Evaluation& e) {
  gemm_int8(a, k, b, n, y, n, m, n, k, false, e.overflows, e.order.matrix);
}
void run_gemm(const std::uint8_t* a, const std::int8_t* b, std::int32_t* y, std::int64_t m,
              std::int64_t n, std::int64_t k, const Evaluation& e) {
  gemm_uint8(a, k, b, n, y, n, m, n, k, false, e.overflows, e.order.matrix);
}

// Adds the bias of each output's channel and casts to the output's format.
template <class Sum>
Value finish(const Evaluation& e, const std::vector<Sum>& sums, std::int64_t channels,
             std::int64_t per_channel) {
  const auto channel = [&](std::size_t i) {
    return i / static_cast<std::size_t>(per_channel) % static_cast<std::size_t>(channels);
  };
  if constexpr (std::is_same_v<Sum, float>) {
    std::vector<float> y = sums;
    const std::vector<float> bias = e.has(2) ? e.input(2).floats() : std::vector<float>{};
    for (std::size_t i = 0; i < y.size() && e.has(2); ++i) y[i] = y[i] + bias[channel(i)];
    return e.floats_out(y);
  } else {
    std::vector<std::int64_t> y(sums.begin(), sums.end());
    if (e.has(2)) {
      const std::vector<Sum> bias = narrowed<Sum>(e.input(2));
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = add(sums[i], bias[channel(i)], e.overflows);
    }
    return e.integers_out(y);
  }
}

// ---- matmul ----------------------------------------------------------------------------------

// The matrices of x, transposed to plain row-major and repeated to the output's batch.
template <class T>
std::vector<T> matrices(const Evaluation& e, std::size_t i, bool transposed, const Shape& batch) {
  std::vector<T> x = narrowed<T>(e.input(i));
  Shape shape = e.input(i).shape;
  const std::size_t rank = shape.size();
  if (transposed) {
    std::vector<T> y(x.size());
    const std::int64_t rows = shape[rank - 2], columns = shape[rank - 1];
    const std::int64_t size = rows * columns;
    const std::int64_t count = size == 0 ? 0 : static_cast<std::int64_t>(x.size()) / size;
    nchw_to_nhwc(x.data(), count, rows, columns, 1, sizeof(T), y.data());
    std::swap(shape[rank - 2], shape[rank - 1]);
    x = std::move(y);
  }
  Shape full = batch;
  full.insert(full.end(), shape.end() - 2, shape.end());
  return stretched(x, shape, full);
}

template <class A, class B, class Sum>
Value matmul(const Evaluation& e, bool fast) {
  const Shape& out = e.output().shape;
  const bool ta = e.op.flag("transpose_a", false), tb = e.op.flag("transpose_b", false);
  const Shape& a_shape = e.input(0).shape;
  const Shape batch(out.begin(), out.end() - 2);
  const std::int64_t m = out[out.size() - 2], n = out.back();
  const std::int64_t k = a_shape[a_shape.size() - (ta ? 2 : 1)];
  const std::vector<A> a = matrices<A>(e, 0, ta, batch);
  const std::vector<B> b = matrices<B>(e, 1, tb, batch);
  std::vector<Sum> y(static_cast<std::size_t>(trace::elements(out)));
  for (std::int64_t i = 0; i < trace::elements(batch); ++i) {
    const A* pa = a.data() + i * m * k;
    const B* pb = b.data() + i * k * n;
    Sum* py = y.data() + i * m * n;
    if constexpr (!std::is_same_v<Sum, std::int64_t> && !std::is_same_v<A, std::int32_t>) {
      if (fast) {
        run_gemm(pa, pb, py, m, n, k, e);
        continue;
      }
    }
    for (std::int64_t r = 0; r < m; ++r) {
      for (std::int64_t c = 0; c < n; ++c) {
        py[r * n + c] = ordered_sum<Sum>(k, e.order.matrix, e.overflows, [&](std::int64_t x) {
          return std::pair(pa[r * k + x], pb[x * n + c]);
        });
      }
    }
  }
  return finish(e, y, n, 1);
}

// ---- conv2d ----------------------------------------------------------------------------------

struct ConvolutionSizes {
  std::int64_t batch, channels, height, width;
  std::int64_t filters, out_height, out_width;
  std::int64_t group_channels, group_filters;
  trace::Window window;
  std::int64_t k() const { return window.kernel[0] * window.kernel[1] * group_channels; }
};

// The definition, output by output, straight from N,C,H,W and O,I,H,W.
template <class A, class B, class Sum>
void convolve_plainly(const Evaluation& e, const ConvolutionSizes& s, const std::vector<A>& x,
                      const std::vector<B>& weight, std::vector<Sum>& y) {
  const trace::Window& w = s.window;
  std::size_t next = 0;
  for (std::int64_t n = 0; n < s.batch; ++n) {
    for (std::int64_t o = 0; o < s.filters; ++o) {
      const std::int64_t first_channel = o / s.group_filters * s.group_channels;
      for (std::int64_t oy = 0; oy < s.out_height; ++oy) {
        for (std::int64_t ox = 0; ox < s.out_width; ++ox) {
          const auto operands = [&](std::int64_t k) {
            const std::int64_t c = k % s.group_channels, tap = k / s.group_channels;
            const std::int64_t ky = tap / w.kernel[1], kx = tap % w.kernel[1];
            const std::int64_t iy = oy * w.stride[0] - w.before[0] + ky * w.dilation[0];
            const std::int64_t ix = ox * w.stride[1] - w.before[1] + kx * w.dilation[1];
            const bool inside = iy >= 0 && iy < s.height && ix >= 0 && ix < s.width;
            const std::int64_t from =
                ((n * s.channels + first_channel + c) * s.height + iy) * s.width + ix;
            const std::int64_t at =
                ((o * s.group_channels + c) * w.kernel[0] + ky) * w.kernel[1] + kx;
            return std::pair(inside ? x[static_cast<std::size_t>(from)] : A{0},
                             weight[static_cast<std::size_t>(at)]);
          };
          y[next++] = ordered_sum<Sum>(s.k(), e.order.matrix, e.overflows, operands);
        }
      }
    }
  }
}

// The same through im2col and gemm, one image, group and block of output pixels after the other.
template <class A, class B, class Sum>
void convolve_by_gemm(const Evaluation& e, const ConvolutionSizes& s, const std::vector<A>& x,
                      const std::vector<B>& weight, std::vector<Sum>& y) {
  constexpr std::int64_t block = 4096;
  const std::int64_t pixels = s.out_height * s.out_width, k = s.k(), f = s.group_filters;
  const std::int64_t image_size = s.channels * s.height * s.width;
  std::vector<A> image(static_cast<std::size_t>(image_size));
  std::vector<A> rows(static_cast<std::size_t>(std::min(block, pixels) * k));
  std::vector<B> filters(weight.size());
  std::vector<Sum> sums(static_cast<std::size_t>(std::min(block, pixels) * f));
  for (std::int64_t g = 0; g < s.window.groups; ++g) {
    oihw_to_rows(weight.data() + g * f * k, f, s.group_channels, s.window.kernel[0],
                 s.window.kernel[1], sizeof(B), filters.data() + g * f * k);
  }
  PatchGeometry geometry = PatchGeometry::nhwc(s.height, s.width, s.channels, s.window);
  geometry.channels = s.group_channels;
  for (std::int64_t n = 0; n < s.batch; ++n) {
    nchw_to_nhwc(x.data() + n * image_size, 1, s.channels, s.height, s.width, sizeof(A),
                 image.data());
    for (std::int64_t g = 0; g < s.window.groups; ++g) {
      for (std::int64_t p = 0; p < pixels; p += block) {
        const std::int64_t count = std::min(block, pixels - p);
        im2col(image.data() + g * s.group_channels, sizeof(A), geometry, p, count, rows.data(), k);
        run_gemm(rows.data(), filters.data() + g * f * k, sums.data(), count, f, k, e);
        for (std::int64_t o = 0; o < f; ++o) {
          Sum* to = y.data() + (n * s.filters + g * f + o) * pixels + p;
          for (std::int64_t i = 0; i < count; ++i) to[i] = sums[i * f + o];
        }
      }
    }
  }
}

template <class A, class B, class Sum>
Value conv2d(const Evaluation& e, bool fast) {
  const Shape &x = e.input(0).shape, &w = e.input(1).shape, &out = e.output().shape;
  const trace::Window window = trace::window_of(e.op, e.input_tensors());
  const ConvolutionSizes s{
      x[0], x[1], x[2], x[3], w[0], out[2], out[3], w[1], w[0] / window.groups, window};
  const std::vector<A> input = narrowed<A>(e.input(0));
  const std::vector<B> weight = narrowed<B>(e.input(1));
  std::vector<Sum> y(static_cast<std::size_t>(trace::elements(out)));
  if constexpr (!std::is_same_v<Sum, std::int64_t> && !std::is_same_v<A, std::int32_t>) {
    // Depthwise products are too thin for a matrix kernel.
    if (fast && s.group_filters > 2) {
      convolve_by_gemm(e, s, input, weight, y);
      return finish(e, y, s.filters, s.out_height * s.out_width);
    }
  }
  convolve_plainly(e, s, input, weight, y);
  return finish(e, y, s.filters, s.out_height * s.out_width);
}

// ---- choice of arithmetic --------------------------------------------------------------------

// Calls work(a, b, sum) with zeros of the types that the op computes in.
template <class Work>
Values by_formats(const Evaluation& e, Work work) {
  const NumberFormat a = e.input(0).format, b = e.input(1).format, y = e.output().format;
  if (!is_whole(a) || !is_whole(b)) return {work(0.0f, 0.0f, 0.0f)};
  if (is_wide(y) || is_wide(a) || is_wide(b)) {
    return {work(std::int64_t{}, std::int64_t{}, std::int64_t{})};
  }
  if (fits_int8(a) && fits_int8(b)) return {work(std::int8_t{}, std::int8_t{}, std::int32_t{})};
  if (a == NumberFormat::uint8 && fits_int8(b)) {
    return {work(std::uint8_t{}, std::int8_t{}, std::int32_t{})};
  }
  return {work(std::int32_t{}, std::int32_t{}, std::int32_t{})};
}

}  // namespace

Values evaluate_matmul(const Evaluation& e) {
  return by_formats(e, [&](auto a, auto b, auto sum) {
    return matmul<decltype(a), decltype(b), decltype(sum)>(e, e.order.fast);
  });
}

Values evaluate_conv2d(const Evaluation& e) {
  return by_formats(e, [&](auto a, auto b, auto sum) {
    return conv2d<decltype(a), decltype(b), decltype(sum)>(e, e.order.fast);
  });
}

}  // namespace mantissa::numerics
