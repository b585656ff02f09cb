// SPDX-License-Identifier: Apache-2.0
// bfloat16: 1 sign, 8 exponent and 7 fraction bits, the upper half of a binary32.
//
// bf16 -> fp32 is exact. fp32 -> bf16 rounds once, to nearest, ties to even; subnormals are kept,
// overflow goes to infinity, every NaN becomes 0x7FC0. A product of two bf16 has 16 significant
// bits: it is exact in fp32 as long as it stays within fp32's exponent range, and is rounded to
// nearest even (below 2^-126) or overflows (from 2^128) like any binary32 product otherwise.
#pragma once

#include <cstdint>

#include "base/numerics/float_bits.h"

namespace mantissa::numerics {

struct Bf16 {
  std::uint16_t bits = 0;

  friend constexpr bool operator==(Bf16 a, Bf16 b) { return a.bits == b.bits; }
  friend constexpr bool operator!=(Bf16 a, Bf16 b) { return a.bits != b.bits; }
};
static_assert(sizeof(Bf16) == 2, "Bf16 spans are laid over raw tensor bytes");

constexpr Bf16 bf16_canonical_nan{0x7FC0u};

inline float to_float(Bf16 x) {
  return canonical(float_from_bits(static_cast<std::uint32_t>(x.bits) << 16));
}

inline Bf16 to_bf16(float x) {
  if (is_nan(x)) return bf16_canonical_nan;
  const std::uint32_t bits = float_bits(x);
  // Half a unit in the last place, less one when the kept part is even: ties fall back to even.
  const std::uint32_t rounding = 0x7FFFu + ((bits >> 16) & 1u);
  return Bf16{static_cast<std::uint16_t>((bits + rounding) >> 16)};
}

}  // namespace mantissa::numerics
