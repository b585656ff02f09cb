// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/row_ops.h"

#include <vector>

#include "base/error.h"
#include "base/numerics/elementary.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"
#include "base/numerics/wrapping.h"

namespace mantissa::numerics {
namespace {

// Partial sums of term(0..n-1) by lane, then the tree over the lanes.
template <class T, class Term, class Add>
T lane_sum(std::int64_t n, unsigned lanes, Term term, Add add) {
  MANTISSA_CHECK(lanes >= 1, "a row sum needs at least one lane");
  std::vector<T> lane(lanes, T{0});
  unsigned next = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    lane[next] = add(lane[next], term(i));
    if (++next == lanes) next = 0;
  }
  for (unsigned width = lanes; width > 1;) {
    const unsigned half = (width + 1) / 2;
    for (unsigned i = 0; i + half < width; ++i) lane[i] = add(lane[i], lane[i + half]);
    width = half;
  }
  return lane[0];
}

template <class Term>
float float_sum(std::int64_t n, unsigned lanes, Term term) {
  return lane_sum<float>(n, lanes, term, [](float a, float b) { return a + b; });
}

float reciprocal_of(std::int64_t n) { return reciprocal(static_cast<float>(n)); }

void make_canonical(float* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = canonical(y[i]);
}

}  // namespace

float row_sum(const float* x, std::int64_t n, unsigned lanes) {
  return canonical(float_sum(n, lanes, [x](std::int64_t i) { return x[i]; }));
}

float row_mean(const float* x, std::int64_t n, unsigned lanes) {
  return canonical(row_sum(x, n, lanes) * reciprocal_of(n));
}

float row_max(const float* x, std::int64_t n) {
  float top = -positive_infinity();
  for (std::int64_t i = 0; i < n; ++i) top = maximum(top, x[i]);
  return top;
}

float row_min(const float* x, std::int64_t n) {
  float bottom = positive_infinity();
  for (std::int64_t i = 0; i < n; ++i) bottom = minimum(bottom, x[i]);
  return bottom;
}

std::int64_t row_argmax(const float* x, std::int64_t n) {
  std::int64_t best = 0;
  for (std::int64_t i = 1; i < n && !is_nan(x[best]); ++i) {
    if (x[i] > x[best] || is_nan(x[i])) best = i;
  }
  return best;
}

void row_cumsum(const float* x, float* y, std::int64_t n) {
  float sum = 0.0f;
  for (std::int64_t i = 0; i < n; ++i) y[i] = sum = canonical(sum + x[i]);
}

void softmax(const float* x, float* y, std::int64_t n, unsigned lanes) {
  const float top = row_max(x, n);
  for (std::int64_t i = 0; i < n; ++i) y[i] = exp(x[i] - top);
  const float scale = reciprocal(row_sum(y, n, lanes));
  for (std::int64_t i = 0; i < n; ++i) y[i] = canonical(y[i] * scale);
}

void log_softmax(const float* x, float* y, std::int64_t n, unsigned lanes) {
  const float top = row_max(x, n);
  const float sum = float_sum(n, lanes, [=](std::int64_t i) { return exp(x[i] - top); });
  const float log_sum = log(sum);
  for (std::int64_t i = 0; i < n; ++i) y[i] = canonical((x[i] - top) - log_sum);
}

RowStatistics normalize(const float* x, float* y, std::int64_t n, float eps, unsigned lanes) {
  const float mean = row_mean(x, n, lanes);
  for (std::int64_t i = 0; i < n; ++i) y[i] = x[i] - mean;
  const float squares = float_sum(n, lanes, [y](std::int64_t i) { return y[i] * y[i]; });
  const float rstd = rsqrt(squares * reciprocal_of(n) + eps);
  for (std::int64_t i = 0; i < n; ++i) y[i] = canonical(y[i] * rstd);
  return {mean, rstd};
}

float rms_normalize(const float* x, float* y, std::int64_t n, float eps, unsigned lanes) {
  const float squares = float_sum(n, lanes, [x](std::int64_t i) { return x[i] * x[i]; });
  const float rstd = rsqrt(squares * reciprocal_of(n) + eps);
  for (std::int64_t i = 0; i < n; ++i) y[i] = canonical(x[i] * rstd);
  return rstd;
}

void affine(const float* x, const float* weight, const float* bias, float* y, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float product = weight ? x[i] * weight[i] : x[i];
    y[i] = bias ? product + bias[i] : product;
  }
  make_canonical(y, n);
}

void layer_norm(const float* x, const float* weight, const float* bias, float* y, std::int64_t n,
                float eps, unsigned lanes) {
  normalize(x, y, n, eps, lanes);
  affine(y, weight, bias, y, n);
}

void rms_norm(const float* x, const float* weight, float* y, std::int64_t n, float eps,
              unsigned lanes) {
  rms_normalize(x, y, n, eps, lanes);
  affine(y, weight, nullptr, y, n);
}

void group_norm(const float* x, const float* weight, const float* bias, float* y,
                std::int64_t channels, std::int64_t pixels, float eps, unsigned lanes) {
  normalize(x, y, channels * pixels, eps, lanes);
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t i = c * pixels; i < (c + 1) * pixels; ++i) {
      const float product = weight ? y[i] * weight[c] : y[i];
      y[i] = canonical(bias ? product + bias[c] : product);
    }
  }
}

ChannelAffine fold_batch_norm(float mean, float var, float weight, float bias, float eps) {
  const float scale = weight * rsqrt(var + eps);
  const float moved = mean * scale;
  return {canonical(scale), canonical(bias - moved)};
}

void batch_norm(const float* x, float* y, std::int64_t n, ChannelAffine channel) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float product = x[i] * channel.scale;
    y[i] = canonical(product + channel.shift);
  }
}

std::int32_t row_sum(const std::int32_t* x, std::int64_t n, unsigned lanes,
                     std::uint64_t& overflows) {
  return lane_sum<std::int32_t>(
      n, lanes, [x](std::int64_t i) { return x[i]; },
      [&](std::int32_t a, std::int32_t b) { return wrapping_add(a, b, overflows); });
}

}  // namespace mantissa::numerics
