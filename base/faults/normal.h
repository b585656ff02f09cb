// SPDX-License-Identifier: Apache-2.0
// The normal distribution, the logarithm and the exponential in plain double arithmetic: + - * /
// and the bits of a double, so that both compilers and every library give the same bits. (With
// -ffp-contract=off; the C library's own functions change from version to version.)
//
// Relative errors, tested against long double references: natural_log and natural_exp 4e-16,
// normal_cdf 1e-12 of the lower tail down to z = -37, normal_quantile 1e-12 in z.
// Equations: Abramowitz & Stegun 26.2.10 (series) and 26.2.14 (continued fraction).
#pragma once

#include <cstdint>
#include <cstring>

namespace mantissa::faults {

// ln x of a positive normal x: x = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh(s) with
// s = (m - 1) / (m + 1). Inline: sampling calls it once per faulty cell.
inline double natural_log(double x) {
  std::uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  // Adding the distance from sqrt(1/2) to 1 makes mantissas from sqrt(2) on carry.
  const std::uint64_t shifted = bits + (0x3FF0000000000000ull - 0x3FE6A09E667F3BCDull);
  const auto exponent = static_cast<double>(static_cast<std::int64_t>(shifted >> 52) - 1023);
  bits = (shifted & 0x000FFFFFFFFFFFFFull) + 0x3FE6A09E667F3BCDull;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  const double s = (m - 1) / (m + 1), z = s * s;
  // sum of z^k / (2k + 1); |s| <= 0.1716, so the term after the last is below 2^-54.
  const double low = 1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9)));
  const double high = 1.0 / 11 + z * (1.0 / 13 + z * (1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19))));
  const double z2 = z * z;
  return exponent * 0.693147180559945309 + 2 * (s + s * z * (low + z2 * z2 * high));
}

double natural_exp(double x);  // x in [-708, 708]

double normal_density(double z);
double normal_cdf(double z);       // P(Z <= z)
double normal_quantile(double p);  // p in (0, 1): the z with normal_cdf(z) = p

}  // namespace mantissa::faults
