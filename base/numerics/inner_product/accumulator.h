// SPDX-License-Identifier: Apache-2.0
// The accumulator of an inner-product unit: a fixed-point sum that is never normalised, beside an
// exponent register.
//
//   value = sum * 2^(exponent - F)
//
// `sum` has IpuParameters::accumulator_bits() bits and wraps in two's complement; a wrap is
// remembered until the accumulator is cleared. NaNs and infinities among the operands never enter
// the sum; they are remembered beside it and decide the result:
//
//   NaN operand, infinity * 0, infinities of both signs   NaN (the canonical one)
//   infinity * anything else                              the infinity of its sign
//   sum of 0, also of -0 or of cancellation               +0
//
// A result is rounded once, from the whole sum: to nearest even (overflow to infinity) or toward
// zero (overflow to the greatest finite value); subnormals are kept.
#pragma once

#include <cstdint>

#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product {

using Wide = __int128;  // as wide as the widest legal accumulator, and more

struct Accumulator {
  Wide sum = 0;
  int exponent = 0;
  bool empty = true;  // nothing was added yet: exponent means nothing
  bool overflowed = false;
  bool nan = false, positive_infinity = false, negative_infinity = false;
};

// x / 2^shift rounded down, any shift >= 0; x * 2^-shift for a negative one.
Wide shifted_right(Wide x, int shift);

// The exponent becomes at least `greatest` (the sum is rounded down); returns by how much it is
// above.
int raise_exponent(Accumulator& accumulator, int greatest);

// x modulo 2^bits, as two's complement.
Wide wrapped(Wide x, int bits);

// Adds and wraps to the accumulator's width.
void add(const IpuParameters& parameters, Accumulator& accumulator, Wide term);

float to_fp32(const IpuParameters& parameters, const Accumulator& accumulator);
Fp16 to_fp16(const IpuParameters& parameters, const Accumulator& accumulator);

// The sum of an integer operation.
inline std::int64_t to_integer(const Accumulator& accumulator) {
  return static_cast<std::int64_t>(accumulator.sum);
}

}  // namespace mantissa::numerics::inner_product
