// SPDX-License-Identifier: Apache-2.0
// Every floating-point format of the project up to 32 bits, described by its fields.
//
//   format     sign exponent fraction bias   special values
//   fp4_e2m1     1      2       1      1     none
//   fp6_e2m3     1      2       3      1     none
//   fp6_e3m2     1      3       2      3     none
//   fp8_e4m3     1      4       3      7     NaN S.1111.111, no infinity
//   fp8_e5m2     1      5       2     15     as IEEE 754
//   fp8_e8m0     0      8       0    127     NaN 0xFF; no zero: powers of two alone
//   fp16         1      5      10     15     as IEEE 754
//   bf16         1      8       7    127     as IEEE 754
//   tf32         1      8      10    127     as IEEE 754, in the upper 19 bits of a 32-bit word
//   fp32         1      8      23    127     IEEE 754
//
// (OCP 8-bit Floating Point 1.0 and Microscaling Formats 1.0 for the formats up to 8 bits.)
//
// Encoding rounds once, to nearest, ties to even, with subnormals. What is too large goes to
// infinity where the format has one and to the greatest finite value where it has none. NaN becomes
// the format's positive quiet NaN, or the greatest finite value where there is none. e8m0 rounds to
// the nearest power of two (1.5 * 2^e is a tie: to the even code), clips to 2^-127..2^127, encodes
// 0 as 2^-127 and what is negative as NaN.
#pragma once

#include <cstdint>

#include "base/trace/number_format.h"

namespace mantissa::numerics {

enum class Specials : std::uint8_t { none, nan_only, ieee };

struct MinifloatFormat {
  bool is_signed;
  int exponent_bits;
  int fraction_bits;
  int bias;
  Specials specials;
  int padding_bits = 0;  // zero bits below the fraction, as stored

  std::uint32_t greatest_finite() const;
  std::uint32_t nan() const;
};

// The fields of a float format other than fp64; an InternalError for anything else.
const MinifloatFormat& minifloat_format(trace::NumberFormat format);

std::uint32_t encode(const MinifloatFormat& format, double x);
double decode(const MinifloatFormat& format, std::uint32_t bits);  // exact

}  // namespace mantissa::numerics
