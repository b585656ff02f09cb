// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/aligned_truncation.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/numerics/float_bits.h"
#include "base/numerics/inner_product/accumulator.h"

namespace mantissa::numerics::inner_product {
namespace {

// magnitude * 2^(exponent - fraction)
struct Term {
  bool negative;
  std::int64_t magnitude;
  int exponent, fraction;
};

Term product_of(FormatPair pair, const Operand& a, const Operand& b) {
  const std::int64_t product = std::int64_t{a.significand} * b.significand;
  // Digits of one bit: a significand without padding.
  return {a.negative != b.negative, product < 0 ? -product : product, a.exponent + b.exponent,
          fraction_bits(pair.a, 1) + fraction_bits(pair.b, 1)};
}

Term addend_of(float c) {
  const std::uint32_t bits = float_bits(c);
  const auto field = static_cast<int>(bits >> 23 & 255);
  const std::uint32_t significand = (bits & 0x7FFFFFu) | (field == 0 ? 0u : 0x800000u);
  return {(bits >> 31) != 0, std::int64_t{significand}, std::max(field, 1) - 127, 23};
}

void note(bool nan, bool negative, Accumulator& acc) {
  if (nan)
    acc.nan = true;
  else
    (negative ? acc.negative_infinity : acc.positive_infinity) = true;
}

}  // namespace

float aligned_truncation_dot(const AlignedTruncation& unit, FormatPair pair, const std::uint32_t* a,
                             const std::uint32_t* b, int n, float c) {
  check(pair);
  if (is_integer(pair))
    throw Error(bad_formats).read(name(pair)).expected("formats with an exponent");
  if (n < 1 || n > 64) throw Error(bad_unit).read(fmt::format("products: {}", n)).expected("1..64");
  if (unit.fraction < 0 || unit.fraction > 60)
    throw Error(bad_unit).read(fmt::format("fraction: {}", unit.fraction)).expected("0..60");

  Accumulator acc;
  std::vector<Term> terms;
  for (int k = 0; k < n; ++k) {
    const Operand x = decode(pair.a, a[k]), y = decode(pair.b, b[k]);
    if (x.special == Special::none && y.special == Special::none) {
      terms.push_back(product_of(pair, x, y));
      continue;
    }
    const bool zero = (x.special == Special::none && x.significand == 0) ||
                      (y.special == Special::none && y.significand == 0);
    note(zero || x.special == Special::nan || y.special == Special::nan, x.negative != y.negative,
         acc);
  }
  if (is_nan(c) || is_infinite(c))
    note(is_nan(c), c < 0, acc);
  else
    terms.push_back(addend_of(c));

  for (const Term& term : terms) {
    if (term.magnitude == 0) continue;
    acc.exponent = acc.empty ? term.exponent : std::max(acc.exponent, term.exponent);
    acc.empty = false;
  }
  for (const Term& term : terms) {
    if (term.magnitude == 0) continue;
    const int right = acc.exponent - term.exponent + term.fraction - unit.fraction;
    const Wide truncated = shifted_right(term.magnitude, right);
    acc.sum += term.negative ? -truncated : truncated;
  }
  IpuParameters p;
  p.fraction = unit.fraction;
  p.rounding = unit.rounding;
  return to_fp32(p, acc);
}

}  // namespace mantissa::numerics::inner_product
