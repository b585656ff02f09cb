// SPDX-License-Identifier: Apache-2.0
// Operands of an inner-product unit: what a stored code means, and the digits that it is cut into.
//
// A unit multiplies small digits (nibbles by default). An operand of value
//
//   (-1)^negative * significand * 2^(exponent - fraction)        floating point
//   value * 2^(exponent - fraction)                              two's complement (int4, int8, ..)
//
// is the sum over i of digit[i] * 2^(i * digit_bits) * 2^(exponent - fraction). Floating-point
// digits carry the operand's sign each; of two's complement only the top digit is signed, the
// others are 0..2^digit_bits - 1. Floating-point significands (hidden bit included) are padded with
// zeros below to whole digits: FP16 in nibbles is m = significand << 1 with digits {M10..M7},
// {M6..M3}, {M2..M0, 0} and fraction = 11.
//
//   format     exponents    digits of 4 bits  fraction  remarks
//   int4       0            1                 0         exact, no exponent handling
//   int8       0            2                 0
//   fp16       -14..15      3                 11
//   bf16       -126..127    2                 7
//   tf32       -126..127    3                 11        in the upper 19 bits of a 32-bit word
//   fp8_e4m3   -6..8        1                 3         NaN S.1111.111, no infinity
//   fp8_e5m2   -14..15      1                 3
//   fp6_e2m3   0..2         1                 3         no NaN, no infinity
//   fp6_e3m2   -2..4        1                 3         no NaN, no infinity
//   fp4_e2m1   2            1                 3         as twice the integers 0,1,2,3,4,6,8,12
//   mxint8     1            2                 7         int8 / 64; the block's scale is extra
//
// (The fixed exponents of the last two keep |significand| * 2^-fraction below 2, as the others
// are.) Subnormals have the exponent of the least normal and no hidden bit; zero is one of them. A
// NaN or an infinity has significand 0: it stays out of the datapath (inner_product.h).
//
//   decode(Format::fp16, 0x3C00)  ->  exponent 0, significand 1024
//   digits(Format::fp16, 4, x)    ->  {0, 0, 8}
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::numerics::inner_product {

enum class Format : std::uint8_t {
  int4,
  int8,
  fp16,
  bf16,
  tf32,
  fp8_e4m3,
  fp8_e5m2,
  fp6_e2m3,
  fp6_e3m2,
  fp4_e2m1,
  mxint8,
};
inline constexpr int formats = 11;

const char* name(Format format);
std::optional<Format> format_named(std::string_view name);

// Formats of the two operands of a product, a's first: {int8, int4} is the INT8x4 mode.
struct FormatPair {
  Format a = Format::fp16, b = Format::fp16;
};

// Sums of int4 and int8 are integers; all others have an exponent and go through the alignment.
bool is_integer(Format format);
inline bool is_integer(FormatPair pair) { return is_integer(pair.a) && is_integer(pair.b); }

// What a unit can multiply: integers with integers (int4 x int8 as int8 x int4), fp16, bf16, tf32
// and mxint8 each with itself, and any two of the formats of at most 8 bits.
bool is_supported(FormatPair pair);
std::vector<FormatPair> supported_pairs();
std::string name(FormatPair pair);  // "int8 x int4"

enum class Special : std::uint8_t { none, infinity, nan };

struct Operand {
  int exponent = 0;
  bool negative = false;
  std::int32_t significand = 0;  // a magnitude with its sign beside it; of two's complement signed
  Special special = Special::none;
};

Operand decode(Format format, std::uint32_t code);

// Width of a significand, hidden bit or sign bit included, and where its binary point is once the
// significand is padded to whole digits.
int significand_bits(Format format);
int digit_count(Format format, int digit_bits);
int fraction_bits(Format format, int digit_bits);

inline constexpr int most_digits = 11;  // an FP16 or TF32 significand bit by bit
using Digits = std::array<std::int32_t, most_digits>;

// digit_count() digits, least significant first, signs included.
Digits digits(Format format, int digit_bits, const Operand& operand);

}  // namespace mantissa::numerics::inner_product
