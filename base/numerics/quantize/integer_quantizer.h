// SPDX-License-Identifier: Apache-2.0
// Symmetric integer quantisation with one scale per tensor, per channel or per vector, and
// VS-Quant's two levels of scales (Dai et al., MLSys 2021, arXiv 2102.04503).
//
//   Q = 2^(N-1) - 1, elements in -Q..Q; unsigned: Q = 2^N - 1, elements in 0..Q, x < 0 becomes 0
//   s = max|x| / Q                 of the tensor, the channel (outer index) or the vector
//   q = clip(round(x / s)), x ~ q * s
//
// Two levels, M bits of scale per vector and one float gamma per channel or tensor:
//
//   gamma = max_j s(j) / (2^M - 1),  sq(j) = clip(round(s(j) / gamma), 0, 2^M - 1)
//   q = clip(round(x / s(j)))              data first (order A, the paper's), or
//   q = clip(round(x / (sq(j) * gamma)))   scale first (order B)
//   x ~ q * (sq(j) * gamma)
//
// All in binary32, in this order of operations, each rounded to nearest even; `rounding` concerns
// the step to a whole number alone. Weights: dynamic ranges, once. Activations: `coarse` given, as
// calibration found it (calibration.h); gamma is then fixed and sq(j) follows the data.
//
// A vector of zeros has scale 0 and elements 0, and so has one whose scale is 0 in order B; a scale
// that underflows binary32 counts as 0. The last vector of a line may be padded: vector_axis.h.
// Errors: illegal_quantization for what has no such format, not_finite for a NaN or an infinity.
//
//   IntegerQuantization format;
//   format.bits = 4, format.granularity = Granularity::vector, format.scale_bits = 4;
//   const QuantizedTensor w = quantize(weights, {outputs, inputs, 1}, format);
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/quantize/rounding.h"
#include "base/numerics/quantize/vector_axis.h"

namespace mantissa::numerics {

enum class Granularity : std::uint8_t { tensor, channel, vector };
enum class ScaleOrder : std::uint8_t { data_first, scale_first };  // A, B
inline const char* name(ScaleOrder order) {
  return order == ScaleOrder::data_first ? "data_first" : "scale_first";
}

struct IntegerQuantization {
  int bits = 8;  // N, 2..8
  bool is_signed = true;
  Granularity granularity = Granularity::channel;
  Rounding rounding = Rounding::half_even;
  // The rest concerns vectors alone.
  std::int64_t vector_length = 16;                // V, 1..4096
  int scale_bits = 0;                             // M, 1..15; 0: one level, a float per vector
  ScaleOrder order = ScaleOrder::data_first;      // with two levels
  Granularity coarse_per = Granularity::channel;  // gamma: per channel or tensor
  Rounding scale_rounding = Rounding::half_even;

  int greatest() const { return (1 << (is_signed ? bits - 1 : bits)) - 1; }  // Q
  int least() const { return is_signed ? -greatest() : 0; }
  int greatest_scale() const { return (1 << scale_bits) - 1; }  // 0 with one level
  std::int64_t vector_of(const VectorAxis& axis) const {
    if (granularity == Granularity::vector) return vector_length;
    return axis.length > 0 ? axis.length : 1;
  }
};

struct QuantizedTensor {
  IntegerQuantization format;
  VectorAxis axis;
  std::vector<std::int8_t> elements;  // as the tensor; unsigned ones of 8 bits by their bits
  std::vector<std::uint16_t> scales;  // sq, one per vector, with two levels
  // gamma with two levels; else the scales themselves, one per tensor, channel or vector.
  std::vector<float> coarse;
  std::uint64_t clipped_scales = 0;  // s(j) beyond (2^M - 1) * gamma: `coarse` was given too small

  int element(std::int64_t index) const {
    const std::int8_t x = elements[static_cast<std::size_t>(index)];
    return format.is_signed ? x : static_cast<std::uint8_t>(x);
  }
};

// Throws illegal_quantization when no such format exists.
void check(const IntegerQuantization& format);

QuantizedTensor quantize(const float* x, const VectorAxis& axis, const IntegerQuantization& format);
// With the scales (or gamma) given, one per tensor or one per channel; not for one level of
// vectors.
QuantizedTensor quantize(const float* x, const VectorAxis& axis, const IntegerQuantization& format,
                         const std::vector<float>& coarse);
// The scale, or gamma, that makes `range` the largest magnitude: range / Q [/ (2^M - 1)].
float coarse_of_range(const IntegerQuantization& format, float range);

// axis.elements() floats, each q * scale rounded once; with two levels scale = sq * gamma.
void dequantize(const QuantizedTensor& tensor, float* to);

// What memory holds, in bits: whole vectors, M bits of scale each (32 with one level), 32 per
// coarse scale. overhead = scales / elements = M / (V N).
struct QuantizedBits {
  std::uint64_t elements = 0, scales = 0, coarse = 0;
  std::uint64_t total() const { return elements + scales + coarse; }
};
QuantizedBits storage(const IntegerQuantization& format, const VectorAxis& axis);

}  // namespace mantissa::numerics
