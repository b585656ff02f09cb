// SPDX-License-Identifier: Apache-2.0
// Requantisation of an int32 accumulator to a narrow integer:
//
//   y = clip(zero_point + RNE(acc * multiplier / 2^shift), low, high)
//
// multiplier is a positive int32 per channel, shift lies in 0..62. One exact 64-bit product, one
// rounding to nearest, ties to even. |acc * multiplier| <= 2^31 * (2^31 - 1) < 2^62 and the zero
// point adds at most 2^31, so nothing can overflow 64 bits for any operands.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

struct Requantization {
  std::int32_t multiplier = 1;
  int shift = 0;
  std::int32_t zero_point = 0;
  std::int32_t low = -128;
  std::int32_t high = 127;
};

// RNE(x / 2^shift), shift in 0..62. The floor of a two's complement number and its non-negative
// rest make one rule serve both signs.
inline std::int64_t rounding_shift_right(std::int64_t x, int shift) {
  if (shift == 0) return x;
  const std::int64_t floor = x >> shift;  // arithmetic in both compilers
  const std::int64_t rest = x & ((std::int64_t{1} << shift) - 1);
  const std::int64_t half = std::int64_t{1} << (shift - 1);
  return floor + ((rest > half || (rest == half && (floor & 1))) ? 1 : 0);
}

inline std::int32_t requantize(std::int32_t acc, const Requantization& q) {
  const std::int64_t product = static_cast<std::int64_t>(acc) * q.multiplier;
  const std::int64_t y = q.zero_point + rounding_shift_right(product, q.shift);
  if (y < q.low) return q.low;
  if (y > q.high) return q.high;
  return static_cast<std::int32_t>(y);
}

}  // namespace mantissa::numerics
