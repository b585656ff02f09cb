// SPDX-License-Identifier: Apache-2.0
// The inner product of commercial tensor cores: y = c + sum over k of a[k] * b[k] with one
// alignment for all terms.
//
//   1  products are exact; a term's exponent is ea + eb as decoded, c's its own (not normalised:
//      a product's significand is in [1, 4), a subnormal's below 1)
//   2  greatest = max over the terms that are not zero, c included
//   3  every term is truncated toward zero (its magnitude is) to a multiple of 2^(greatest - f)
//   4  the sum of what is left is exact and rounded once to fp32
//
// Observed values of f [bit-level models by independent probes]: 23 Volta; 24 Turing, Ampere, Ada;
// 25 Hopper, Blackwell; 13 for FP8 on Ada and Hopper. They round toward zero at the end.
//
// NaN and infinities (c's, too) decide the result as in accumulator.h; a sum of 0 is +0.
//
//   const float y = aligned_truncation_dot({24}, {Format::fp16, Format::fp16}, a, b, 8, c);
#pragma once

#include <cstdint>

#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product {

struct AlignedTruncation {
  int fraction = 24;  // f, 0..60
  FinalRounding rounding = FinalRounding::toward_zero;
};

// n products, 1..64. Throws Error(bad_formats) for integers, Error(bad_unit) for a fraction or a
// number of products out of range.
float aligned_truncation_dot(const AlignedTruncation& unit, FormatPair pair, const std::uint32_t* a,
                             const std::uint32_t* b, int n, float c);

}  // namespace mantissa::numerics::inner_product
