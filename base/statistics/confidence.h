// SPDX-License-Identifier: Apache-2.0
// Mean, deviation and confidence interval of a few independent measurements.
//
// The interval is mean +- t s / sqrt(n), where t is the quantile of Student's distribution with n -
// 1 degrees of freedom: right for normal measurements, near enough for means of many. It is
// computed from the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4 in plain double
// arithmetic, so that every machine prints the same figures.
//
//   Summary s = summarise({1.0, 2.0, 4.0});       // s.low .. s.high holds the mean in 95 of 100
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::statistics {

struct Summary {
  std::uint64_t count = 0;
  double mean = 0;
  double deviation = 0;      // of one measurement: divided by n - 1; 0 for a single one
  double low = 0, high = 0;  // of the mean; equal to it for a single measurement
};

// Sums in the given order. At least one value.
Summary summarise(const std::vector<double>& values, double confidence = 0.95);

// P(T <= t) and its inverse, `freedom` at least 1, p in (0, 1).
double student_cdf(double t, std::uint64_t freedom);
double student_quantile(double p, std::uint64_t freedom);

}  // namespace mantissa::statistics
