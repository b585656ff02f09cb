// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/minifloat.h"

#include "base/error.h"
#include "base/numerics/float_bits.h"

namespace mantissa::numerics {
namespace {

// 2^exponent times an integer of at most 53 bits; both exact in binary64 for the formats here.
double scaled(std::uint64_t significand, int exponent) {
  const double power = double_from_bits(static_cast<std::uint64_t>(exponent + 1023) << 52);
  return static_cast<double>(significand) * power;
}

// (floor(log2 |x|), 53-bit significand) of a finite x other than 0, subnormals included.
struct Significand {
  int top;
  std::uint64_t significand;  // bit 52 is set
};

Significand normalized(std::uint64_t magnitude) {
  const auto exponent = static_cast<int>(magnitude >> 52);
  std::uint64_t fraction = magnitude & ((std::uint64_t{1} << 52) - 1);
  if (exponent != 0) return {exponent - 1023, fraction | (std::uint64_t{1} << 52)};
  const int shift = leading_zeros(fraction) - 11;
  return {-1022 - shift, fraction << shift};
}

std::uint32_t encode_power_of_two(const MinifloatFormat& format, double x) {
  const std::uint64_t bits = double_bits(x);
  const std::uint64_t magnitude = bits & ~(std::uint64_t{1} << 63);
  if (magnitude > 0x7FF0000000000000ull || (bits != magnitude && magnitude != 0)) return 0xFF;
  if (magnitude == 0) return 0;
  const Significand p = normalized(magnitude);
  const std::uint64_t half = std::uint64_t{1} << 51, rest = p.significand & (2 * half - 1);
  int code = p.top + format.bias;
  if (rest > half || (rest == half && (code & 1))) ++code;
  return static_cast<std::uint32_t>(code < 0 ? 0 : code > 254 ? 254 : code);
}

}  // namespace

std::uint32_t MinifloatFormat::greatest_finite() const {
  const std::uint32_t all = (1u << (exponent_bits + fraction_bits)) - 1;
  switch (specials) {
    case Specials::none:
      return all << padding_bits;
    case Specials::nan_only:
      return (all - 1) << padding_bits;
    case Specials::ieee:
      break;
  }
  return (all - (1u << fraction_bits)) << padding_bits;
}

std::uint32_t MinifloatFormat::nan() const {
  const std::uint32_t all = (1u << (exponent_bits + fraction_bits)) - 1;
  switch (specials) {
    case Specials::none:
      return greatest_finite();
    case Specials::nan_only:
      return all << padding_bits;
    case Specials::ieee:
      break;
  }
  const std::uint32_t infinity = ((1u << exponent_bits) - 1) << fraction_bits;
  return (infinity | (1u << (fraction_bits - 1))) << padding_bits;
}

const MinifloatFormat& minifloat_format(trace::NumberFormat format) {
  using trace::NumberFormat;
  static const MinifloatFormat fp4{true, 2, 1, 1, Specials::none};
  static const MinifloatFormat fp6_e2m3{true, 2, 3, 1, Specials::none};
  static const MinifloatFormat fp6_e3m2{true, 3, 2, 3, Specials::none};
  static const MinifloatFormat fp8_e4m3{true, 4, 3, 7, Specials::nan_only};
  static const MinifloatFormat fp8_e5m2{true, 5, 2, 15, Specials::ieee};
  static const MinifloatFormat fp8_e8m0{false, 8, 0, 127, Specials::nan_only};
  static const MinifloatFormat fp16{true, 5, 10, 15, Specials::ieee};
  static const MinifloatFormat bf16{true, 8, 7, 127, Specials::ieee};
  static const MinifloatFormat tf32{true, 8, 10, 127, Specials::ieee, 13};
  static const MinifloatFormat fp32{true, 8, 23, 127, Specials::ieee};
  switch (format) {
    case NumberFormat::fp4_e2m1:
      return fp4;
    case NumberFormat::fp6_e2m3:
      return fp6_e2m3;
    case NumberFormat::fp6_e3m2:
      return fp6_e3m2;
    case NumberFormat::fp8_e4m3:
      return fp8_e4m3;
    case NumberFormat::fp8_e5m2:
      return fp8_e5m2;
    case NumberFormat::fp8_e8m0:
      return fp8_e8m0;
    case NumberFormat::fp16:
      return fp16;
    case NumberFormat::bf16:
      return bf16;
    case NumberFormat::tf32:
      return tf32;
    case NumberFormat::fp32:
      return fp32;
    default:
      break;
  }
  MANTISSA_CHECK(false, std::string("no fields for ") + trace::name(format));
}

std::uint32_t encode(const MinifloatFormat& format, double x) {
  if (!format.is_signed) return encode_power_of_two(format, x);
  const std::uint64_t bits = double_bits(x);
  const std::uint64_t magnitude = bits & ~(std::uint64_t{1} << 63);
  const int width = format.exponent_bits + format.fraction_bits + format.padding_bits;
  const std::uint32_t sign = bits != magnitude ? 1u << width : 0u;
  if (magnitude > 0x7FF0000000000000ull) return format.nan();
  if (magnitude == 0) return sign;
  const bool has_infinity = format.specials == Specials::ieee;
  const std::uint32_t beyond = has_infinity ? ((1u << format.exponent_bits) - 1)
                                                  << (format.fraction_bits + format.padding_bits)
                                            : format.greatest_finite();
  const Significand p = normalized(magnitude);
  if (p.top > format.bias + 1) return sign | beyond;
  // The last place lies fraction_bits below the leading bit, but never below the subnormals'.
  const int least = 1 - format.bias;
  const int unit = (p.top < least ? least : p.top) - format.fraction_bits;
  const std::uint64_t rounded = shift_right_rne(p.significand, unit - (p.top - 52));
  std::uint64_t code = rounded;
  // The hidden bit, added, carries into the exponent field.
  if (p.top >= least) code += static_cast<std::uint64_t>(p.top - least) << format.fraction_bits;
  const std::uint64_t last = format.greatest_finite() >> format.padding_bits;
  if (code > last) return sign | beyond;
  return sign | static_cast<std::uint32_t>(code << format.padding_bits);
}

double decode(const MinifloatFormat& format, std::uint32_t bits) {
  const std::uint32_t code = bits >> format.padding_bits;
  const double nan = double_from_bits(0x7FF8000000000000ull);
  if (!format.is_signed)
    return code == 0xFF ? nan : scaled(1, static_cast<int>(code) - format.bias);
  const int width = format.exponent_bits + format.fraction_bits;
  const std::uint32_t magnitude = code & ((1u << width) - 1);
  const double sign = code >> width & 1u ? -1.0 : 1.0;
  const auto exponent = static_cast<int>(magnitude >> format.fraction_bits);
  const std::uint32_t fraction = magnitude & ((1u << format.fraction_bits) - 1);
  if (format.specials == Specials::ieee && exponent == (1 << format.exponent_bits) - 1) {
    return fraction ? nan : sign * double_from_bits(0x7FF0000000000000ull);
  }
  if (format.specials == Specials::nan_only && magnitude == (1u << width) - 1) return nan;
  const std::uint32_t hidden = exponent ? 1u << format.fraction_bits : 0u;
  const int unit = (exponent ? exponent : 1) - format.bias - format.fraction_bits;
  return sign * scaled(fraction | hidden, unit);
}

}  // namespace mantissa::numerics
