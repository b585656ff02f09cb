// SPDX-License-Identifier: Apache-2.0
// Tables of the elementary functions: one cubic per segment, coefficients in units of 2^-40.
//
//   c[0] + c[1] d + c[2] d^2 + c[3] d^3,   d in [0, 1): place within the segment
//
// The truncation error of every row is below 2^-31 of the function (erfcx: 2^-28).
#pragma once

#include <cstdint>

namespace mantissa::numerics::tables {

struct Cubic {
  std::int64_t c[4];
};

extern const Cubic exp2[64];         // 2^x,           x in [0, 1)
extern const Cubic reciprocal[64];   // 1/x,           x in [1, 2)
extern const Cubic rsqrt[64];        // 1/sqrt(x),     x in [1, 2)
extern const Cubic rsqrt_twice[64];  // 1/sqrt(2x),    x in [1, 2)
extern const Cubic log1p_ratio[46];  // log(1+x)/x,    x from -19/64 in steps of 1/64
extern const Cubic tanh_ratio[64];   // tanh(x)/x,     x in [0, 1/2)
extern const Cubic erf_ratio[64];    // erf(x)/x,      x in [0, 1)
extern const Cubic erfcx[344];       // exp(x^2) erfc(x), x in [0, 10.75) in steps of 1/32

// `d` in units of 2^-24. Horner's rule, every product cut down to 2^-40: |c[1..3]| < 2^37, so that
// no product exceeds 62 bits.
inline std::uint64_t evaluate(const Cubic& p, std::uint32_t d) {
  std::int64_t y = p.c[3];
  y = p.c[2] + ((y * d) >> 24);
  y = p.c[1] + ((y * d) >> 24);
  y = p.c[0] + ((y * d) >> 24);
  return static_cast<std::uint64_t>(y);
}

}  // namespace mantissa::numerics::tables
