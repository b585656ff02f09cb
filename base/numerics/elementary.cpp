// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/elementary.h"

#include <cmath>

#include "base/numerics/elementary_tables.h"
#include "base/numerics/float_bits.h"

namespace mantissa::numerics {
namespace {

using u128 = unsigned __int128;
using tables::Cubic;

constexpr int point = 40;  // fraction bits of fixed-point values
constexpr std::uint64_t one = std::uint64_t{1} << point;

// Constants in the stated number of fraction bits.
constexpr std::uint64_t log2_e_61 = 3326628274461080623ull;      // log2(e)
constexpr std::uint64_t ln2_48 = 195103586505167ull;             // log(2)
constexpr std::uint64_t half_sqrt2_40 = 777472127994ull;         // sqrt(1/2)
constexpr std::uint64_t cubic_term_56 = 3222055317405948ull;     // 0.044715
constexpr std::uint64_t gelu_scale_60 = 2654265339722773143ull;  // 2 sqrt(2/pi) log2(e)

// |x| = significand * 2^(exponent - 23) with bit 23 of the significand set; x finite and not 0.
struct Parts {
  bool negative;
  std::uint64_t significand;
  int exponent;
};

Parts parts(float x) {
  const std::uint32_t bits = float_bits(x);
  const int biased = static_cast<int>(bits >> 23 & 0xFFu);
  const std::uint64_t fraction = bits & 0x7FFFFFu;
  const bool negative = bits >> 31 != 0;
  if (biased != 0) return {negative, fraction | 0x800000u, biased - 127};
  const int shift = leading_zeros(fraction) - 40;
  return {negative, fraction << shift, -126 - shift};
}

bool is_zero(float x) { return (float_bits(x) & 0x7FFFFFFFu) == 0; }
bool is_negative(float x) { return float_bits(x) >> 31 != 0; }
float with_sign(float magnitude, bool negative) { return negative ? -magnitude : magnitude; }

// x / 2^shift for any sign of the shift, rounded down; 0 when nothing is left.
u128 shifted(u128 x, int shift) { return shift >= 128 ? 0 : shift >= 0 ? x >> shift : x << -shift; }
std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint64_t>(u128{a} * b >> point);
}

// A table of 64 segments over [0, 1): x in units of 2^-40.
std::uint64_t lookup(const Cubic* table, std::uint64_t x) {
  return tables::evaluate(table[x >> 34], static_cast<std::uint32_t>(x >> 10 & 0xFFFFFFu));
}

// |x| in units of 2^-40.
std::uint64_t fixed(const Parts& x) {
  return static_cast<std::uint64_t>(shifted(x.significand, 23 - point - x.exponent));
}

// mantissa * 2^(exponent - 40), mantissa in [1, 2] as fixed point.
struct Power {
  std::uint64_t mantissa;
  int exponent;
  // As fixed point, for values up to 1.
  std::uint64_t fixed() const { return -exponent < 64 ? mantissa >> -exponent : 0; }
};

// 2^(+-z), z in units of 2^-40.
Power exp2(bool negative, std::uint64_t z) {
  const std::int64_t y = negative ? -static_cast<std::int64_t>(z) : static_cast<std::int64_t>(z);
  return {lookup(tables::exp2, static_cast<std::uint64_t>(y) & (one - 1)),
          static_cast<int>(y >> point)};
}

// |x| log2(e)
std::uint64_t in_octaves(const Parts& x) {
  return static_cast<std::uint64_t>(
      shifted(u128{x.significand} * log2_e_61, 23 + 61 - point - x.exponent));
}

// exp(-x^2 / 2^halvings)
Power gaussian(const Parts& x, int halvings) {
  const u128 square = u128{x.significand} * x.significand;  // 2 (e - 23) below the point
  const u128 product = square * (log2_e_61 >> 1);           // 48 + 61 bits
  return exp2(true, static_cast<std::uint64_t>(
                        shifted(product, 46 + 60 - point - 2 * x.exponent + halvings)));
}

// 1 / (1 + e), e in [0, 1] as fixed point.
std::uint64_t reciprocal_of_one_plus(std::uint64_t e) {
  return e >= one ? one / 2 : lookup(tables::reciprocal, e);
}

// erfc(t) exp(t^2), t below 10.75 in units of 2^-40.
std::uint64_t scaled_erfc(std::uint64_t t) {
  return tables::evaluate(tables::erfcx[t >> 35], static_cast<std::uint32_t>(t >> 11 & 0xFFFFFFu));
}

// x / (1 + 2^-z) for x > 0 and x / (1 + 2^z) for x < 0.
float gated(const Parts& x, std::uint64_t z) {
  const Power e = exp2(true, z);
  const std::uint64_t r = reciprocal_of_one_plus(e.fixed());
  if (!x.negative) return round_to_float(false, x.significand * (r >> 1), x.exponent - 23 - 39);
  const std::uint64_t tail = multiply(e.mantissa, r);  // at most 1
  return round_to_float(true, x.significand * (tail >> 1), x.exponent - 23 - 39 + e.exponent);
}

// log(x) = value * 2^-64, or * 2^-48 once a power of two comes in.
struct Logarithm {
  std::int64_t value;
  int exponent;
};

// With x = m * 2^e, m in [sqrt(1/2), sqrt(2)): log(x) = e log(2) + t g(t), t = m - 1 exact,
// g(t) = log(1+t)/t: near x = 1 the relative error stays that of g.
Logarithm logarithm(const Parts& x) {
  const bool halve = x.significand >= 0xB504F3u;
  const int e = x.exponent + (halve ? 1 : 0);
  const std::int64_t m = static_cast<std::int64_t>(x.significand) << (halve ? 0 : 1);
  const std::int64_t t = m - (1 << 24);  // in units of 2^-24
  const auto place = static_cast<std::uint32_t>(t + (19 << 18));
  const std::uint64_t g =
      tables::evaluate(tables::log1p_ratio[place >> 18], (place & 0x3FFFFu) << 6);
  const std::int64_t product = t * static_cast<std::int64_t>(g);
  if (e == 0) return {product, -64};
  return {(product >> 16) + e * static_cast<std::int64_t>(ln2_48), -48};
}

float rounded(std::int64_t value, int exponent) {
  const bool negative = value < 0;
  const std::uint64_t magnitude =
      negative ? -static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  return round_to_float(negative, magnitude, exponent);
}

float whole_power(float x, int n) {
  float result = 1.0f, square = x;
  for (unsigned rest = static_cast<unsigned>(n < 0 ? -n : n); rest != 0; rest >>= 1) {
    if (rest & 1u) result = result * square;
    square = square * square;
  }
  return n < 0 ? reciprocal(result) : canonical(result);
}

}  // namespace

float exp(float x) {
  if (is_nan(x)) return canonical_nan();
  if (x >= 89.0f) return positive_infinity();
  if (x <= -104.0f) return 0.0f;
  if (is_zero(x)) return 1.0f;
  const Parts p = parts(x);
  const Power y = exp2(p.negative, in_octaves(p));
  return round_to_float(false, y.mantissa, y.exponent - point);
}

float log(float x) {
  if (is_zero(x)) return -positive_infinity();
  if (is_nan(x) || is_negative(x)) return canonical_nan();
  if (is_infinite(x)) return x;
  const Logarithm y = logarithm(parts(x));
  return rounded(y.value, y.exponent);
}

float reciprocal(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x)) return with_sign(positive_infinity(), is_negative(x));
  if (is_infinite(x)) return with_sign(0.0f, is_negative(x));
  const Parts p = parts(x);
  const std::uint64_t y = lookup(tables::reciprocal, (p.significand & 0x7FFFFFu) << 17);
  return round_to_float(p.negative, y, -p.exponent - point);
}

float rsqrt(float x) {
  if (is_zero(x)) return with_sign(positive_infinity(), is_negative(x));
  if (is_nan(x) || is_negative(x)) return canonical_nan();
  if (is_infinite(x)) return 0.0f;
  const Parts p = parts(x);
  const bool odd = (p.exponent & 1) != 0;
  const Cubic* table = odd ? tables::rsqrt_twice : tables::rsqrt;
  const int half_exponent = (p.exponent - (odd ? 1 : 0)) / 2;
  const std::uint64_t y = lookup(table, (p.significand & 0x7FFFFFu) << 17);
  return round_to_float(false, y, -half_exponent - point);
}

float sqrt(float x) { return canonical(std::sqrt(x)); }

float tanh(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x)) return x;
  const bool negative = is_negative(x);
  if (x >= 16.0f || x <= -16.0f) return with_sign(1.0f, negative);
  Parts p = parts(x);
  if (p.exponent < -1) {  // |x| < 1/2
    const std::uint64_t ratio = lookup(tables::tanh_ratio, fixed(p) << 1);
    return round_to_float(negative, p.significand * (ratio >> 1), p.exponent - 23 - 39);
  }
  p.exponent += 1;  // tanh |x| = (1 - e) / (1 + e), e = exp(-2|x|)
  const std::uint64_t e = exp2(true, in_octaves(p)).fixed();
  return round_to_float(negative, multiply(one - e, reciprocal_of_one_plus(e)), -point);
}

float erf(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x)) return x;
  const bool negative = is_negative(x);
  if (x >= 4.0f || x <= -4.0f) return with_sign(1.0f, negative);
  const Parts p = parts(x);
  if (p.exponent < 0) {
    const std::uint64_t ratio = lookup(tables::erf_ratio, fixed(p));
    return round_to_float(negative, p.significand * (ratio >> 1), p.exponent - 23 - 39);
  }
  const std::uint64_t tail = multiply(gaussian(p, 0).fixed(), scaled_erfc(fixed(p)));
  return round_to_float(negative, one - tail, -point);
}

float sigmoid(float x) {
  if (is_nan(x)) return canonical_nan();
  if (x >= 104.0f) return 1.0f;
  if (x <= -104.0f) return 0.0f;
  if (is_zero(x)) return 0.5f;
  const Parts p = parts(x);
  const Power e = exp2(true, in_octaves(p));
  const std::uint64_t r = reciprocal_of_one_plus(e.fixed());
  if (!p.negative) return round_to_float(false, r, -point);
  return round_to_float(false, multiply(e.mantissa, r), e.exponent - point);
}

float silu(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x) || x >= 112.0f) return x;
  if (x <= -112.0f) return -0.0f;
  const Parts p = parts(x);
  return gated(p, in_octaves(p));
}

// Phi(-|x|) = exp(-x^2/2) * erfcx(|x|/sqrt(2)) / 2 keeps its relative accuracy in the whole tail.
float gelu(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x) || x >= 15.0f) return x;
  if (x <= -15.0f) return -0.0f;
  const Parts p = parts(x);
  const auto t =
      static_cast<std::uint64_t>(shifted(u128{p.significand} * half_sqrt2_40, 23 - p.exponent));
  const Power e = gaussian(p, 1);
  const std::uint64_t tail = multiply(e.mantissa, scaled_erfc(t));  // 2 Phi(-|x|) / 2^exponent
  if (p.negative) {
    return round_to_float(true, p.significand * (tail >> 1), p.exponent - 23 - 39 + e.exponent - 1);
  }
  const std::uint64_t phi = one - Power{tail, e.exponent - 1}.fixed();
  return round_to_float(false, p.significand * (phi >> 1), p.exponent - 23 - 39);
}

float gelu_tanh(float x) {
  if (is_nan(x)) return canonical_nan();
  if (is_zero(x) || x >= 12.0f) return x;
  if (x <= -12.0f) return -0.0f;
  const Parts p = parts(x);
  const u128 square = u128{p.significand} * p.significand;
  const std::uint64_t inner = one + static_cast<std::uint64_t>(shifted(
                                        square * cubic_term_56, 46 + 56 - point - 2 * p.exponent));
  const u128 linear = u128{p.significand} * (gelu_scale_60 >> 20);  // 40 fraction bits
  return gated(p, static_cast<std::uint64_t>(shifted(linear * inner, 23 + 40 - p.exponent)));
}

float power(float x, float y) {
  if (is_zero(y)) return 1.0f;
  if (is_nan(x) || is_nan(y)) return canonical_nan();
  if (y >= -64.0f && y <= 64.0f && static_cast<float>(static_cast<int>(y)) == y) {
    return whole_power(x, static_cast<int>(y));
  }
  if (y == 0.5f) return sqrt(x);
  if (y == -0.5f) return rsqrt(x);
  const bool grows = (x > 1.0f) != is_negative(y);
  if (x == 1.0f) return 1.0f;
  if (x < 0.0f) return canonical_nan();
  if (is_zero(x) || is_infinite(x) || is_infinite(y)) return grows ? positive_infinity() : 0.0f;
  // log2 of the result, as significands of at most 63 and 24 bits.
  const Logarithm l = logarithm(parts(x));
  const Parts p = parts(y);
  const std::uint64_t magnitude =
      l.value < 0 ? -static_cast<std::uint64_t>(l.value) : static_cast<std::uint64_t>(l.value);
  const std::uint64_t octaves_57 =
      static_cast<std::uint64_t>(u128{magnitude} * log2_e_61 >> 65);  // 4 bits fewer
  const int down = 23 - p.exponent - l.exponent - 4 - point;
  const u128 product = u128{octaves_57} * p.significand;
  if (down < 0 || product >> down >= u128{200} << point) {
    return grows ? positive_infinity() : 0.0f;
  }
  const Power e = exp2(!grows, static_cast<std::uint64_t>(shifted(product, down)));
  return round_to_float(false, e.mantissa, e.exponent - point);
}

}  // namespace mantissa::numerics
