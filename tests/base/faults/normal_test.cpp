// SPDX-License-Identifier: Apache-2.0
#include "base/faults/normal.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mantissa::faults {
namespace {

TEST(NaturalLog, agrees_with_the_library_to_four_units_in_1e_16) {
  for (double x = 0x1p-53; x <= 1e6; x *= 1.00037) {
    const long double exact = std::log(static_cast<long double>(x));
    EXPECT_LE(std::abs(static_cast<long double>(natural_log(x)) - exact),
              4e-16L * std::max(std::abs(exact), 0x1p-52L))
        << x;
  }
  EXPECT_EQ(natural_log(1.0), 0.0);
}

TEST(NaturalExp, agrees_with_the_library_to_four_units_in_1e_16) {
  for (double x = -700; x <= 700; x += 0.0713) {
    const long double exact = std::exp(static_cast<long double>(x));
    EXPECT_LE(std::abs(static_cast<long double>(natural_exp(x)) - exact), 4e-16L * exact) << x;
  }
  EXPECT_EQ(natural_exp(0.0), 1.0);
}

TEST(NormalCdf, agrees_with_erfc_in_the_whole_lower_tail) {
  for (double z = -37; z <= 8; z += 0.0137) {
    const long double exact = 0.5L * std::erfc(-static_cast<long double>(z) / std::sqrt(2.0L));
    EXPECT_NEAR(static_cast<double>(normal_cdf(z) / exact), 1, 1e-12) << z;
  }
}

TEST(NormalCdf, joins_its_series_and_its_fraction_without_a_step) {
  const double below = normal_cdf(std::nextafter(-3.0, -4.0)), above = normal_cdf(-3.0);
  EXPECT_NEAR(below / above, 1, 1e-12);
  EXPECT_EQ(normal_cdf(-40), 0);
  EXPECT_EQ(normal_cdf(40), 1);
}

TEST(NormalQuantile, gives_published_quantiles) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);  // Abramowitz & Stegun 26.2
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-12);
}

TEST(NormalQuantile, inverts_the_distribution) {
  for (double p = 1e-300; p < 0.5; p *= 1.7)
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 2e-12) << p;
}

}  // namespace
}  // namespace mantissa::faults
