// SPDX-License-Identifier: Apache-2.0
// The bound between two orders of one fp32 sum of products.
//
// With unit roundoff u = 2^-24 and exact products, any order of summing K terms lies within
// gamma_K * sum |a*b| of the exact value, gamma_K = K*u / (1 - K*u) (Higham, Accuracy and Stability
// of Numerical Algorithms, section 3.1); products that are themselves rounded are covered as well.
// Two orders therefore differ by at most twice that. Valid while nothing overflows or underflows.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/numerics/bf16.h"

namespace mantissa::numerics {

// Infinity when K*u >= 1: then no bound holds.
inline double gamma(std::int64_t k) {
  const double ku = static_cast<double>(k) * 0x1p-24;
  return ku < 1 ? ku / (1 - ku) : std::numeric_limits<double>::infinity();
}

inline double as_double(Bf16 x) { return to_float(x); }
template <class T>
double as_double(T x) {
  return static_cast<double>(x);
}

// sum |a[i] * b[i]| over k terms at the given strides, in binary64.
template <class A, class B>
double sum_of_magnitudes(const A* a, std::int64_t stride_a, const B* b, std::int64_t stride_b,
                         std::int64_t k) {
  double sum = 0;
  for (std::int64_t i = 0; i < k; ++i) {
    sum += std::fabs(as_double(a[i * stride_a]) * as_double(b[i * stride_b]));
  }
  return sum;
}

// Whether two fp32 results of the same sum of k products, in any two orders, are compatible.
inline bool within_reordering(float x, float y, std::int64_t k, double magnitudes) {
  return std::fabs(double{x} - double{y}) <= 2 * gamma(k) * magnitudes;
}

}  // namespace mantissa::numerics
