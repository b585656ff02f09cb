// SPDX-License-Identifier: Apache-2.0
#include "base/statistics/confidence.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mantissa::statistics {
namespace {

constexpr double pi = 3.14159265358979324;

// For x >= 0: the angle is halved three times, then the series of its small tangent.
double arc_tangent(double x) {
  for (int i = 0; i < 3; ++i) x = x / (1 + std::sqrt(1 + x * x));
  double sum = 0;
  for (int k = 41; k > 0; k -= 2) sum = 1.0 / k - x * x * sum;
  return 8 * x * sum;
}

// P(|T| <= t) for t >= 0.
double central(double t, std::uint64_t freedom) {
  const double tangent = t / std::sqrt(static_cast<double>(freedom));
  const double cosine2 = 1 / (1 + tangent * tangent), sine = tangent * std::sqrt(cosine2);
  double term = 1, sum = 0;
  if (freedom % 2 == 0) {  // sin (1 + 1/2 cos^2 + 1*3/(2*4) cos^4 + ...)
    for (std::uint64_t k = 0; 2 * k + 2 <= freedom; ++k) {
      sum += term;
      term *= cosine2 * static_cast<double>(2 * k + 1) / static_cast<double>(2 * k + 2);
    }
    return sine * sum;
  }
  // 2/pi (theta + sin (cos + 2/3 cos^3 + 2*4/(3*5) cos^5 + ...))
  term = std::sqrt(cosine2);
  for (std::uint64_t k = 1; 2 * k + 1 <= freedom; ++k) {
    sum += term;
    term *= cosine2 * static_cast<double>(2 * k) / static_cast<double>(2 * k + 1);
  }
  return 2 / pi * (arc_tangent(tangent) + sine * sum);
}

}  // namespace

double student_cdf(double t, std::uint64_t freedom) {
  MANTISSA_CHECK(freedom >= 1, "Student's distribution without a degree of freedom");
  return t < 0 ? 0.5 - 0.5 * central(-t, freedom) : 0.5 + 0.5 * central(t, freedom);
}

double student_quantile(double p, std::uint64_t freedom) {
  MANTISSA_CHECK(p > 0 && p < 1, "a quantile of no probability");
  if (p < 0.5) return -student_quantile(1 - p, freedom);
  double low = 0, high = 1;
  while (student_cdf(high, freedom) < p) high *= 2;
  for (;;) {  // until no double lies between
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return high;
    (student_cdf(middle, freedom) < p ? low : high) = middle;
  }
}

Summary summarise(const std::vector<double>& values, double confidence) {
  MANTISSA_CHECK(!values.empty(), "statistics of nothing");
  const auto n = static_cast<double>(values.size());
  Summary s;
  s.count = values.size();
  for (const double v : values) s.mean += v;
  s.mean /= n;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (*least == *most) s.mean = *least;  // n times a value over n may round to its neighbour
  s.low = s.high = s.mean;
  if (values.size() == 1) return s;
  double squares = 0;
  for (const double v : values) squares += (v - s.mean) * (v - s.mean);
  s.deviation = std::sqrt(squares / (n - 1));
  const double reach =
      student_quantile(0.5 + 0.5 * confidence, values.size() - 1) * s.deviation / std::sqrt(n);
  s.low = s.mean - reach;
  s.high = s.mean + reach;
  return s;
}

}  // namespace mantissa::statistics
