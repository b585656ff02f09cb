// SPDX-License-Identifier: Apache-2.0
// Elementary functions on fp32, by tables of cubics in 64-bit fixed point and one final rounding.
//
// No C library, no floating-point operation before the rounding: the same bits from every compiler
// and processor, and a recipe that hardware can follow step by step. Subnormal operands and results
// are kept; a NaN operand gives the canonical NaN.
//
// `ulp` below is the largest error against the exact value in units of the last place of the fp32
// result (0.5 would be correctly rounded). Rounded once more to bf16, every function is within
// 0.5001 ulp of bf16.
//
//   function     ulp     special values
//   exp          0.52    exp(-inf) = 0, exp(inf) = inf, overflow to inf, gradual underflow
//   log          0.52    log(0) = -inf (either zero), log(x < 0) = NaN, log(inf) = inf
//   reciprocal   0.52    1/(+-0) = +-inf, 1/(+-inf) = +-0
//   rsqrt        0.52    rsqrt(+-0) = +-inf, rsqrt(x < 0) = NaN, rsqrt(inf) = 0
//   sqrt         0.5     IEEE 754, correctly rounded; sqrt(-0) = -0, sqrt(x < 0) = NaN
//   tanh         0.54    tanh(+-inf) = +-1, tanh(-0) = -0
//   erf          0.55    erf(+-inf) = +-1, erf(-0) = -0
//   sigmoid      0.54    sigmoid(-inf) = 0, sigmoid(inf) = 1
//   silu         0.54    x * sigmoid(x); silu(-inf) = -0, silu(-0) = -0
//   gelu         0.60    x * Phi(x), the exact form with erf; gelu(-inf) = -0, gelu(-0) = -0
//   gelu_tanh    0.52    x * (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2; as gelu
//   power        2       see below
//
// power(x, y): y = 0 gives 1; whole y up to 64 in magnitude: repeated squaring in fp32 (the bits of
// y from the lowest on), one reciprocal for negative y, so its error grows with y; y = +-0.5: sqrt,
// rsqrt; otherwise exp(y log x) in fixed point for x > 0, 0 or inf for x = 0, NaN for x < 0.
#pragma once

namespace mantissa::numerics {

float exp(float x);
float log(float x);
float reciprocal(float x);
float rsqrt(float x);
float sqrt(float x);
float tanh(float x);
float erf(float x);
float sigmoid(float x);
float silu(float x);
float gelu(float x);
float gelu_tanh(float x);
float power(float x, float y);

}  // namespace mantissa::numerics
