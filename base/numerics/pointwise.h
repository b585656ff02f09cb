// SPDX-License-Identifier: Apache-2.0
// One element in, one element out: the vector unit's arithmetic on fp32 and on integers.
//
// fp32: every step below is rounded to nearest even; a NaN operand gives the canonical NaN, also of
// maximum, minimum, relu and clamp. maximum(+0, -0) is +0, minimum -0. bf16 and fp16 operands are
// widened (exact), computed in fp32 and rounded once on the store (store_floats in element.h).
//
//   add a + alpha*b    sub a - alpha*b (two roundings unless alpha = 1)    mul a*b
//   div a * reciprocal(b)                power base/numerics/elementary.h
//   equal, less, greater 1 or 0 (0 with a NaN)
//   relu x for x > 0, else +0            relu6 min(relu(x), 6)
//   leaky_relu x for x > 0, else slope*x clamp min(max(x, low), high)
//   hardswish (x * relu6(x + 3)) * c, c the fp32 nearest to 1/6
//   sign -1, 0, 1                        round half to even
//   dropout x (inference)                the others: base/numerics/elementary.h
//
// Integers: int32 (or int64 where an operand has 64 bits), wrapping, every wrap counted; the kinds
// add, sub, mul (alpha rounded to an integer), maximum, minimum, equal, less, greater, relu, relu6,
// clamp, abs, neg, sign, round, dropout.
//
// A kind that does not belong here raises an InternalError.
#pragma once

#include <cstdint>
#include <limits>

#include "base/trace/vocabulary.h"

namespace mantissa::numerics {

struct PointwiseParameters {
  double alpha = 1;                                       // add, sub
  double slope = 0.01;                                    // leaky_relu
  double low = -std::numeric_limits<double>::infinity();  // clamp
  double high = std::numeric_limits<double>::infinity();
  bool tanh_form = false;  // gelu
};

// The attributes of a pointwise op.
PointwiseParameters pointwise_parameters(const trace::Op& op);

bool is_unary(trace::OpKind kind);
bool is_binary(trace::OpKind kind);

float unary(trace::OpKind kind, float x, const PointwiseParameters& p);
float binary(trace::OpKind kind, float a, float b, const PointwiseParameters& p);
std::int64_t unary(trace::OpKind kind, std::int64_t x, const PointwiseParameters& p, bool wide,
                   std::uint64_t& overflows);
std::int64_t binary(trace::OpKind kind, std::int64_t a, std::int64_t b,
                    const PointwiseParameters& p, bool wide, std::uint64_t& overflows);

// Over spans of n elements; y may be x, a or b.
void unary(trace::OpKind kind, const float* x, float* y, std::int64_t n,
           const PointwiseParameters& p = {});
void binary(trace::OpKind kind, const float* a, const float* b, float* y, std::int64_t n,
            const PointwiseParameters& p = {});

float maximum(float a, float b);
float minimum(float a, float b);
float round_half_to_even(float x);

// Per-tensor or per-channel affine quantisation. x / scale is one IEEE division in fp32, with the
// scale rounded to fp32; x - zero_point is exact.
//   quantize    clip(RNE(x / scale) + zero_point, low, high); NaN counts as 0
//   dequantize  fp32(x - zero_point) * scale
struct Quantization {
  float scale = 1;
  std::int64_t zero_point = 0;
  std::int64_t low = -128;
  std::int64_t high = 127;
};
std::int64_t quantize(float x, const Quantization& q);
float dequantize(std::int64_t x, const Quantization& q);

}  // namespace mantissa::numerics
