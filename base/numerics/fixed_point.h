// SPDX-License-Identifier: Apache-2.0
// Fixed-point numbers: two's complement of `width` bits (2 to 32), `fraction` of them behind the
// point. The contract between the C++ of embedding engines and their RTL:
//
//   sum of rows       element by element; every addition wraps modulo 2^width, or ends at the bound
//   dot product       limited(RNE(sum of x_i w_i / 2^fraction)): products and their sum are
//                     exact, so that their order means nothing; rounded once, half to even; then
//                     wraps, or ends at the bound
//
//   dot_product(x, w, count, {16, 8, Overflow::saturate}, overflows);
#pragma once

#include <cstddef>
#include <cstdint>

namespace mantissa::numerics {

enum class Overflow : std::uint8_t { wrap, saturate };

struct FixedPoint {
  unsigned width = 32, fraction = 16;
  Overflow overflow = Overflow::saturate;
};

// Sums of up to 2^60 products of two 32-bit numbers fit.
using WideSum = __int128;

// The low `width` bits as a number, width from 1 to 64.
constexpr std::int64_t signed_of(std::uint64_t bits, unsigned width) {
  const unsigned unused = 64 - width;
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

constexpr bool fits(WideSum x, unsigned width) {
  return x >= -(WideSum{1} << (width - 1)) && x < WideSum{1} << (width - 1);
}

constexpr std::int64_t limited(WideSum x, unsigned width, Overflow overflow) {
  if (fits(x, width)) return static_cast<std::int64_t>(x);
  if (overflow == Overflow::wrap) return signed_of(static_cast<std::uint64_t>(x), width);
  const std::int64_t top = std::int64_t{1} << (width - 1);
  return x < 0 ? -top : top - 1;
}

// RNE(sum / 2^fraction).
constexpr WideSum rounded(WideSum sum, unsigned fraction) {
  if (fraction == 0) return sum;
  const WideSum floor = sum >> fraction;  // arithmetic in both compilers
  const WideSum half = WideSum{1} << (fraction - 1);
  const WideSum rest = sum & (2 * half - 1);  // two's complement
  return floor + ((rest > half || (rest == half && (floor & 1) != 0)) ? 1 : 0);
}

// Adds to `overflows` whether the result had to be limited.
inline std::int32_t dot_product(const std::int32_t* x, const std::int32_t* w, std::size_t count,
                                const FixedPoint& format, std::uint64_t& overflows) {
  WideSum sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::int64_t{x[i]} * w[i];
  const WideSum result = rounded(sum, format.fraction);
  overflows += fits(result, format.width) ? 0 : 1;
  return static_cast<std::int32_t>(limited(result, format.width, format.overflow));
}

}  // namespace mantissa::numerics
