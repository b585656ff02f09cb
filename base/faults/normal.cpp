// SPDX-License-Identifier: Apache-2.0
#include "base/faults/normal.h"

#include "base/error.h"

namespace mantissa::faults {
namespace {

// P(Z <= z) for z <= 0.
double lower_tail(double z) {
  const double x = -z;
  if (x < 3) {  // 1/2 - density (x + x^3/3 + x^5/15 + ...)
    double term = x, sum = x;
    for (int k = 3; term > 0x1p-60 * sum; k += 2) {
      term *= x * x / k;
      sum += term;
    }
    return 0.5 - normal_density(x) * sum;
  }
  // density / (x + 1/(x + 2/(x + 3/(x + ...)))), from the inside out.
  double fraction = x;
  for (int k = 100; k > 0; --k) fraction = x + k / fraction;
  return normal_density(x) / fraction;
}

}  // namespace

double natural_exp(double x) {
  MANTISSA_CHECK(x >= -708 && x <= 708, "exponent out of range");
  // x = n ln 2 + r; ln 2 in two parts, the first of which has zeros enough for an exact product.
  const auto n = static_cast<std::int64_t>(x * 1.44269504088896341 + (x < 0 ? -0.5 : 0.5));
  const auto whole = static_cast<double>(n);
  const double r = (x - whole * 0x1.62e42fefa0000p-1) - whole * 0x1.cf79abc9e3b39p-40;
  double sum = 1;
  for (int k = 17; k > 0; --k) sum = 1 + sum * r / k;
  const std::uint64_t bits = static_cast<std::uint64_t>(n + 1023) << 52;
  double scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return sum * scale;
}

double normal_density(double z) { return 0.398942280401432678 * natural_exp(-0.5 * z * z); }

double normal_cdf(double z) {
  if (z < -37.5) return 0;  // below the smallest normal double
  if (z > 37.5) return 1;
  return z <= 0 ? lower_tail(z) : 1 - lower_tail(-z);
}

double normal_quantile(double p) {
  MANTISSA_CHECK(p > 0 && p < 1, "a quantile of no probability");
  if (p > 0.5) return -normal_quantile(1 - p);
  // Bisection until no double lies between: slow, but monotonic and without a start to argue about.
  double low = -37.5, high = 0;
  for (;;) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return high;
    (lower_tail(middle) < p ? low : high) = middle;
  }
}

}  // namespace mantissa::faults
