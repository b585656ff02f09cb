// SPDX-License-Identifier: Apache-2.0
// IEEE binary32 as bits, and the one NaN that every golden result uses.
//
// Hardware, both compilers and every vector width agree on all results except the payload and sign
// of a NaN; so whatever leaves a golden kernel is passed through `canonical`.
#pragma once

#include <cstdint>
#include <cstring>

namespace mantissa::numerics {

constexpr std::uint32_t canonical_nan_bits = 0x7FC00000u;

inline std::uint32_t float_bits(float x) {
  std::uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline float float_from_bits(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

inline std::uint64_t double_bits(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

inline double double_from_bits(std::uint64_t bits) {
  double x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

inline float canonical_nan() { return float_from_bits(canonical_nan_bits); }
inline float positive_infinity() { return float_from_bits(0x7F800000u); }
inline bool is_nan(float x) { return (float_bits(x) & 0x7FFFFFFFu) > 0x7F800000u; }
inline bool is_infinite(float x) { return (float_bits(x) & 0x7FFFFFFFu) == 0x7F800000u; }
inline float canonical(float x) { return is_nan(x) ? canonical_nan() : x; }

// Number of zero bits above the highest one bit; 64 for 0.
inline int leading_zeros(std::uint64_t x) { return x == 0 ? 64 : __builtin_clzll(x); }

// x / 2^shift to the nearest integer, ties to even; any shift >= 0.
inline std::uint64_t shift_right_rne(std::uint64_t x, int shift) {
  if (shift == 0) return x;
  if (shift > 64) return 0;
  const std::uint64_t half = std::uint64_t{1} << (shift - 1);
  if (shift == 64) return x > half ? 1 : 0;
  const std::uint64_t floor = x >> shift;
  const std::uint64_t rest = x & ((half << 1) - 1);
  return floor + (rest > half || (rest == half && (floor & 1)) ? 1 : 0);
}

// The fp32 nearest to (-1)^negative * significand * 2^exponent, ties to even: subnormals kept,
// overflow to infinity. The last step of every fixed-point evaluation in this folder.
inline float round_to_float(bool negative, std::uint64_t significand, int exponent) {
  const std::uint32_t sign = negative ? 0x80000000u : 0u;
  if (significand == 0) return float_from_bits(sign);
  const int top = exponent + 63 - leading_zeros(significand);  // floor(log2 |value|)
  if (top > 127) return float_from_bits(sign | 0x7F800000u);
  const int unit = top < -126 ? -149 : top - 23;  // exponent of the last place
  const int shift = unit - exponent;
  const std::uint64_t rounded =
      shift >= 0 ? shift_right_rne(significand, shift) : significand << -shift;
  if (top < -126) return float_from_bits(sign | static_cast<std::uint32_t>(rounded));
  // `rounded` holds the hidden bit: adding it carries into the exponent field, also on 2^24.
  const std::uint32_t bits =
      (static_cast<std::uint32_t>(top + 126) << 23) + static_cast<std::uint32_t>(rounded);
  return float_from_bits(sign | bits);
}

}  // namespace mantissa::numerics
