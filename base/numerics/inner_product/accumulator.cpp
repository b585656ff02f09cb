// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/accumulator.h"

#include <algorithm>

#include "base/numerics/minifloat.h"

namespace mantissa::numerics::inner_product {
namespace {

using Magnitude = unsigned __int128;

int bit_length(Magnitude x) {
  const auto high = static_cast<std::uint64_t>(x >> 64);
  return high != 0 ? 128 - leading_zeros(high) : 64 - leading_zeros(static_cast<std::uint64_t>(x));
}

// x / 2^shift in the given rounding, shift > 0.
Magnitude rounded_shift(Magnitude x, int shift, FinalRounding rounding) {
  if (shift > 127) return 0;  // x has fewer bits than that: below half a unit
  const Magnitude floor = x >> shift, rest = x - (floor << shift);
  const Magnitude half = Magnitude{1} << (shift - 1);
  const bool up = rest > half || (rest == half && (floor & 1) != 0);
  return floor + (rounding == FinalRounding::nearest_even && up ? 1 : 0);
}

// The code of an IEEE format for (-1)^negative * magnitude * 2^exponent.
std::uint32_t encode(const MinifloatFormat& f, bool negative, Magnitude magnitude, int exponent,
                     FinalRounding rounding) {
  const std::uint32_t sign = (negative ? 1u : 0u) << (f.exponent_bits + f.fraction_bits);
  if (magnitude == 0) return 0;
  const int least = 1 - f.bias;  // exponent of the least normal and of all subnormals
  const int top = std::max(exponent + bit_length(magnitude) - 1, least);
  const std::uint32_t finite = f.greatest_finite();
  const std::uint32_t overflow =
      sign | (rounding == FinalRounding::nearest_even ? finite + 1 : finite);
  if (top > f.bias) return overflow;
  const int shift = top - f.fraction_bits - exponent;
  const Magnitude rounded =
      shift > 0 ? rounded_shift(magnitude, shift, rounding) : magnitude << -shift;
  // The hidden bit adds 1 to the exponent field, and so does a carry out of the fraction.
  const std::uint32_t code = (static_cast<std::uint32_t>(top - least) << f.fraction_bits) +
                             static_cast<std::uint32_t>(rounded);
  return code > finite ? overflow : sign | code;
}

std::uint32_t result(const IpuParameters& p, const Accumulator& acc, const MinifloatFormat& f) {
  const std::uint32_t infinity = f.greatest_finite() + 1;
  const std::uint32_t sign = 1u << (f.exponent_bits + f.fraction_bits);
  if (acc.nan || (acc.positive_infinity && acc.negative_infinity)) return f.nan();
  if (acc.positive_infinity) return infinity;
  if (acc.negative_infinity) return sign | infinity;
  const bool negative = acc.sum < 0;
  const Magnitude magnitude =
      negative ? -static_cast<Magnitude>(acc.sum) : static_cast<Magnitude>(acc.sum);
  return encode(f, negative, magnitude, acc.exponent - p.fraction, p.rounding);
}

}  // namespace

Wide shifted_right(Wide x, int shift) {
  if (shift < 0) return static_cast<Wide>(static_cast<Magnitude>(x) << -shift);
  return x >> std::min(shift, 127);
}

int raise_exponent(Accumulator& acc, int greatest) {
  if (acc.empty) {
    acc.exponent = greatest;
    acc.empty = false;
  }
  if (greatest > acc.exponent) {
    acc.sum = shifted_right(acc.sum, greatest - acc.exponent);
    acc.exponent = greatest;
  }
  return acc.exponent - greatest;
}

Wide wrapped(Wide x, int bits) {
  const int unused = 128 - bits;
  return static_cast<Wide>(static_cast<Magnitude>(x) << unused) >> unused;
}

void add(const IpuParameters& p, Accumulator& acc, Wide term) {
  const Wide sum = acc.sum + term;
  acc.sum = wrapped(sum, p.accumulator_bits());
  acc.overflowed = acc.overflowed || acc.sum != sum;
}

float to_fp32(const IpuParameters& p, const Accumulator& acc) {
  return float_from_bits(result(p, acc, minifloat_format(trace::NumberFormat::fp32)));
}

Fp16 to_fp16(const IpuParameters& p, const Accumulator& acc) {
  return Fp16{
      static_cast<std::uint16_t>(result(p, acc, minifloat_format(trace::NumberFormat::fp16)))};
}

}  // namespace mantissa::numerics::inner_product
