// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/exact.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/numerics/minifloat.h"

namespace mantissa::numerics::inner_product {
namespace {

using boost::multiprecision::cpp_int;
using trace::NumberFormat;

// Of the formats with an exponent; nullopt for integers.
std::optional<NumberFormat> float_format(Format format) {
  switch (format) {
    case Format::fp16:
      return NumberFormat::fp16;
    case Format::bf16:
      return NumberFormat::bf16;
    case Format::tf32:
      return NumberFormat::tf32;
    case Format::fp8_e4m3:
      return NumberFormat::fp8_e4m3;
    case Format::fp8_e5m2:
      return NumberFormat::fp8_e5m2;
    case Format::fp6_e2m3:
      return NumberFormat::fp6_e2m3;
    case Format::fp6_e3m2:
      return NumberFormat::fp6_e3m2;
    case Format::fp4_e2m1:
      return NumberFormat::fp4_e2m1;
    case Format::int4:
    case Format::int8:
    case Format::mxint8:
      break;
  }
  return std::nullopt;
}

// The code's value, exact in a double for every format.
double value(Format format, std::uint32_t code) {
  if (const auto f = float_format(format)) return decode(minifloat_format(*f), code);
  if (format == Format::int4) return static_cast<int>(code & 7) - static_cast<int>(code & 8);
  const auto whole = static_cast<std::int8_t>(code);
  return format == Format::mxint8 ? whole / 64.0 : whole;
}

// x = integer * 2^exponent.
struct Dyadic {
  std::int64_t integer;
  int exponent;
};

Dyadic dyadic(double x) {
  const std::uint64_t bits = double_bits(x);
  const auto field = static_cast<int>((bits >> 52) & 2047);
  MANTISSA_CHECK(field != 2047, "an exact product needs finite operands");
  if (field == 0) return {0, 0};  // no operand is as small as a subnormal double
  const auto magnitude = static_cast<std::int64_t>((bits & ((1ull << 52) - 1)) | (1ull << 52));
  return {x < 0 ? -magnitude : magnitude, field - 1075};
}

// floor(log2 |x|) as the format's exponent field has it: not below that of its least normal.
int exponent(Format format, std::uint32_t code) {
  const auto f = float_format(format);
  // E2M1 is computed as twice its integers, without an exponent.
  if (!f || format == Format::fp4_e2m1) return 0;
  const auto field = static_cast<int>((double_bits(value(format, code)) >> 52) & 2047);
  return std::max(field - 1023, 1 - minifloat_format(*f).bias);
}

// Nearest multiple of 2^shift below or at |x|, or the nearest of all, in units of 2^shift.
cpp_int rounded(const cpp_int& magnitude, int shift, FinalRounding rounding) {
  if (shift <= 0) return magnitude << -shift;
  cpp_int floor = magnitude >> shift;
  if (rounding == FinalRounding::toward_zero) return floor;
  const cpp_int rest = magnitude - (floor << shift), half = cpp_int(1) << (shift - 1);
  if (rest > half || (rest == half && (floor & 1) == 1)) ++floor;
  return floor;
}

// (sign, magnitude in units of the last place, exponent of the last place) to the format's code.
std::uint32_t encoded(const ExactSum& sum, const MinifloatFormat& f, FinalRounding rounding) {
  if (sum.significand == 0) return 0;
  const bool negative = sum.significand < 0;
  const cpp_int magnitude = negative ? cpp_int(-sum.significand) : sum.significand;
  const std::uint32_t sign = negative ? 1u << (f.exponent_bits + f.fraction_bits) : 0u;
  int top = static_cast<int>(msb(magnitude)) + ExactSum::unit;
  const int least = 1 - f.bias;
  int last_place = std::max(top, least) - f.fraction_bits;
  cpp_int significand = rounded(magnitude, last_place - ExactSum::unit, rounding);
  if (significand == cpp_int(2) << f.fraction_bits) {
    significand >>= 1;
    ++last_place;
  }
  if (last_place + f.fraction_bits > f.bias)
    return sign | (rounding == FinalRounding::nearest_even ? f.greatest_finite() + 1
                                                           : f.greatest_finite());
  const auto bits = significand.convert_to<std::uint32_t>();
  const std::uint32_t hidden = 1u << f.fraction_bits;
  if (bits < hidden) return sign | bits;  // subnormal
  const auto field = static_cast<std::uint32_t>(last_place + f.fraction_bits + f.bias);
  return sign | (field << f.fraction_bits) | (bits - hidden);
}

}  // namespace

ExactSum& ExactSum::operator+=(const ExactSum& other) {
  significand += other.significand;
  return *this;
}

double ExactSum::approximately() const {
  if (significand == 0) return 0;
  const cpp_int magnitude = significand < 0 ? cpp_int(-significand) : significand;
  const int excess = std::max(0, static_cast<int>(msb(magnitude)) - 52);
  auto x = static_cast<double>((magnitude >> excess).convert_to<std::uint64_t>());
  for (int i = 0; i < excess; ++i) x *= 2;
  for (int i = unit; i < 0; ++i) x *= 0.5;
  return significand < 0 ? -x : x;
}

ExactSum exact_product(FormatPair pair, std::uint32_t a, std::uint32_t b) {
  const Dyadic x = dyadic(value(pair.a, a)), y = dyadic(value(pair.b, b));
  ExactSum out;
  // Doubles have zeros below the operand's own bits, so the product may be far above the unit only
  // after they are taken out: shift to the right exactly.
  out.significand = cpp_int(x.integer) * y.integer;
  const int shift = x.exponent + y.exponent - ExactSum::unit;
  if (shift >= 0)
    out.significand <<= shift;
  else
    out.significand /= cpp_int(1) << -shift;
  return out;
}

ExactSum exact_dot(FormatPair pair, const std::uint32_t* a, const std::uint32_t* b, int n) {
  ExactSum sum;
  for (int k = 0; k < n; ++k) sum += exact_product(pair, a[k], b[k]);
  return sum;
}

ExactSum exact_kept_dot(FormatPair pair, const std::uint32_t* a, const std::uint32_t* b, int n,
                        int software_precision) {
  bool any = false;
  int greatest = 0;
  std::vector<int> exponents(static_cast<std::size_t>(n));
  const auto is_zero = [&](int k) { return value(pair.a, a[k]) == 0 || value(pair.b, b[k]) == 0; };
  for (int k = 0; k < n; ++k) {
    const int c = exponent(pair.a, a[k]) + exponent(pair.b, b[k]);
    exponents[static_cast<std::size_t>(k)] = c;
    if (is_zero(k)) continue;
    greatest = any ? std::max(greatest, c) : c;
    any = true;
  }
  ExactSum sum;
  for (int k = 0; k < n; ++k)
    if (!is_zero(k) && greatest - exponents[static_cast<std::size_t>(k)] <= software_precision)
      sum += exact_product(pair, a[k], b[k]);
  return sum;
}

float to_fp32(const ExactSum& sum, FinalRounding rounding) {
  return float_from_bits(encoded(sum, minifloat_format(NumberFormat::fp32), rounding));
}

Fp16 to_fp16(const ExactSum& sum, FinalRounding rounding) {
  return Fp16{
      static_cast<std::uint16_t>(encoded(sum, minifloat_format(NumberFormat::fp16), rounding))};
}

}  // namespace mantissa::numerics::inner_product
