// SPDX-License-Identifier: Apache-2.0
// IEEE binary16: 1 sign, 5 exponent and 10 fraction bits.
//
// fp16 -> fp32 is exact. fp32 -> fp16 rounds once, to nearest, ties to even; subnormals are kept,
// magnitudes from 65520 overflow to infinity, every NaN becomes 0x7E00.
#pragma once

#include <cstdint>

#include "base/numerics/float_bits.h"

namespace mantissa::numerics {

struct Fp16 {
  std::uint16_t bits = 0;

  friend constexpr bool operator==(Fp16 a, Fp16 b) { return a.bits == b.bits; }
  friend constexpr bool operator!=(Fp16 a, Fp16 b) { return a.bits != b.bits; }
};
static_assert(sizeof(Fp16) == 2, "Fp16 spans are laid over raw tensor bytes");

constexpr Fp16 fp16_canonical_nan{0x7E00u};

inline float to_float(Fp16 x) {
  const std::uint32_t sign = static_cast<std::uint32_t>(x.bits & 0x8000u) << 16;
  const std::uint32_t exponent = (x.bits >> 10) & 0x1Fu;
  const std::uint32_t fraction = x.bits & 0x3FFu;
  if (exponent == 31) {
    return fraction ? canonical_nan() : float_from_bits(sign | 0x7F800000u);
  }
  if (exponent == 0) return round_to_float(sign != 0, fraction, -24);  // subnormal: exact in fp32
  return float_from_bits(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

inline Fp16 to_fp16(float x) {
  if (is_nan(x)) return fp16_canonical_nan;
  const std::uint32_t bits = float_bits(x);
  const std::uint16_t sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude >= 0x477FF000u) return Fp16{static_cast<std::uint16_t>(sign | 0x7C00u)};
  if (magnitude >= 0x38800000u) {  // from 2^-14: normal; a carry moves on into the exponent
    const std::uint32_t rebased = magnitude - (112u << 23);
    return Fp16{static_cast<std::uint16_t>(sign | shift_right_rne(rebased, 13))};
  }
  const std::uint32_t exponent = magnitude >> 23;
  const std::uint32_t significand = (magnitude & 0x7FFFFFu) | (exponent ? 0x800000u : 0u);
  // value = significand * 2^(max(exponent,1) - 150); in units of 2^-24:
  const int shift = 126 - static_cast<int>(exponent ? exponent : 1u);
  return Fp16{static_cast<std::uint16_t>(sign | shift_right_rne(significand, shift))};
}

}  // namespace mantissa::numerics
