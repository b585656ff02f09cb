// SPDX-License-Identifier: Apache-2.0
// The inner loops of quantisation, over one line of n contiguous elements cut into vectors of v
// (the last one may be shorter). Binary32 throughout; a quotient is the correctly rounded one, then
// it is clipped, then rounded. Nothing here throws.
//
// The plain functions are fast (for ties to even) and give the bits of those in namespace golden.
#pragma once

#include <cstdint>

#include "base/numerics/minifloat.h"
#include "base/numerics/quantize/rounding.h"

namespace mantissa::numerics {

// largest[j] = max |x| of vector j, or max(x, 0) where `is_signed` is false. False: some element is
// not finite, and `largest` is worthless.
bool largest_per_vector(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                        float* largest);

// out = round(clip(x / scales[j], low, high)), -128 <= low, high <= 255; a byte each. A scale of 0
// gives 0.
void divide_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales, int low,
                       int high, Rounding rounding, std::int8_t* out);

// out = the code of x / scales[j] in a float format of at most 8 bits, saturating at its greatest
// finite value. A scale of 0 gives 0.
void encode_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                       const MinifloatFormat& format, Rounding rounding, std::uint8_t* out);

namespace golden {

bool largest_per_vector(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                        float* largest);
void divide_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales, int low,
                       int high, Rounding rounding, std::int8_t* out);
void encode_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                       const MinifloatFormat& format, Rounding rounding, std::uint8_t* out);

}  // namespace golden

}  // namespace mantissa::numerics
