// SPDX-License-Identifier: Apache-2.0
// Operations along a row of n contiguous fp32 elements, as the vector unit does them.
//
// The order of a sum is part of the operation. `lanes` partial sums start from +0; element i goes
// to lane i mod lanes, in rising order of i; then the lanes are added as a tree: with half =
// ceil(lanes/2), lane i += lane i + half, until one is left. Every addition is rounded to nearest
// even. A row shorter than the lanes leaves +0 in the others. lanes >= 1.
//
//   mean(x)      sum(x) * reciprocal(n)
//   softmax      m = max(x); e = exp(x - m); y = e * reciprocal(sum(e))
//   log_softmax  m = max(x); y = (x - m) - log(sum(exp(x - m)))
//   normalize    d = x - mean(x); r = rsqrt(mean(d*d) + eps); y = d * r
//   rms          r = rsqrt(mean(x*x) + eps); y = x * r
//   affine       y = x * w + b, product and sum rounded separately; no w: x + b, no b: x * w
//
// layer_norm = normalize, then affine per element; group_norm = normalize over a group, then affine
// per channel. max and min propagate NaN; argmax is the first largest, a NaN counting as larger
// than all. An empty row sums to +0; its maximum is -inf, its minimum +inf.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

float row_sum(const float* x, std::int64_t n, unsigned lanes);
float row_mean(const float* x, std::int64_t n, unsigned lanes);
float row_max(const float* x, std::int64_t n);
float row_min(const float* x, std::int64_t n);
std::int64_t row_argmax(const float* x, std::int64_t n);
void row_cumsum(const float* x, float* y, std::int64_t n);  // one after the other

// y may be x in all of these.
void softmax(const float* x, float* y, std::int64_t n, unsigned lanes);
void log_softmax(const float* x, float* y, std::int64_t n, unsigned lanes);

struct RowStatistics {
  float mean = 0;
  float rstd = 0;
};
RowStatistics normalize(const float* x, float* y, std::int64_t n, float eps, unsigned lanes);
float rms_normalize(const float* x, float* y, std::int64_t n, float eps, unsigned lanes);

// Either operand may be null.
void affine(const float* x, const float* weight, const float* bias, float* y, std::int64_t n);
void layer_norm(const float* x, const float* weight, const float* bias, float* y, std::int64_t n,
                float eps, unsigned lanes);
void rms_norm(const float* x, const float* weight, float* y, std::int64_t n, float eps,
              unsigned lanes);
// x[channels][pixels] of one group; weight and bias per channel.
void group_norm(const float* x, const float* weight, const float* bias, float* y,
                std::int64_t channels, std::int64_t pixels, float eps, unsigned lanes);

// Inference batch norm of one channel: y = x * scale + shift with
// scale = weight * rsqrt(var + eps), shift = bias - mean * scale, each step rounded.
struct ChannelAffine {
  float scale = 1;
  float shift = 0;
};
ChannelAffine fold_batch_norm(float mean, float var, float weight, float bias, float eps);
void batch_norm(const float* x, float* y, std::int64_t n, ChannelAffine channel);

// int32 sum, wrapping in the same order, every wrap counted.
std::int32_t row_sum(const std::int32_t* x, std::int64_t n, unsigned lanes,
                     std::uint64_t& overflows);

}  // namespace mantissa::numerics
