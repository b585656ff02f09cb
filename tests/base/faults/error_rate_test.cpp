// SPDX-License-Identifier: Apache-2.0
#include "base/faults/error_rate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/faults/normal.h"

namespace mantissa::faults {
namespace {

TEST(ErrorRate, meets_the_seven_measured_points) {
  for (const auto& point : measured_points()) {
    const double p = error_rate(ErrorLaw::measured, point.voltage_ratio);
    EXPECT_NEAR(p, point.error_rate, 1e-11 * point.error_rate) << point.voltage_ratio;
  }
}

TEST(ErrorRate, has_linear_probits_between_points) {
  const double middle = (20.5) / 24;
  const double z = (normal_quantile(0.01115) + normal_quantile(0.00129)) / 2;
  EXPECT_NEAR(error_rate(ErrorLaw::measured, middle), normal_cdf(z), 1e-13);
}

TEST(ErrorRate, goes_on_above_the_last_point_and_ends_at_vmin) {
  const double z22 = normal_quantile(6.86646e-5), z23 = normal_quantile(1.90735e-6);
  const double just_below = error_rate(ErrorLaw::measured, std::nextafter(1.0, 0.0));
  EXPECT_NEAR(just_below / normal_cdf(2 * z23 - z22), 1, 1e-9);
  EXPECT_EQ(error_rate(ErrorLaw::measured, 1.0), 0);
  EXPECT_EQ(error_rate(ErrorLaw::measured, 1.3), 0);
  EXPECT_EQ(error_rate(ErrorLaw::normal, 1.0), 0);
  EXPECT_GT(error_rate(ErrorLaw::normal, std::nextafter(1.0, 0.0)), 0);
}

TEST(ErrorRate, falls_with_the_voltage) {
  for (const auto law : {ErrorLaw::measured, ErrorLaw::normal}) {
    double last = 1;
    for (double v = 0.75; v < 1; v += 0.0007) {
      const double p = error_rate(law, v);
      EXPECT_LT(p, last) << v;
      last = p;
    }
  }
}

TEST(ErrorRate, of_the_normal_law_lies_near_the_points) {
  double least = 9, most = 0;
  for (const auto& point : measured_points()) {
    if (point.error_rate == 0) continue;
    const double ratio = error_rate(ErrorLaw::normal, point.voltage_ratio) / point.error_rate;
    least = std::min(least, ratio);
    most = std::max(most, ratio);
  }
  EXPECT_NEAR(least, 0.843, 0.001);  // at 21/24
  EXPECT_NEAR(most, 1.266, 0.001);   // at 23/24
}

TEST(ErrorRate, is_refused_just_below_the_lowest_measured_voltage) {
  EXPECT_NO_THROW(error_rate(ErrorLaw::measured, 0.75));
  try {
    error_rate(ErrorLaw::measured, 0.75 - 2e-12);
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &illegal_voltage);
    EXPECT_NE(e.message().find("at least 0.75 Vmin"), std::string::npos) << e.message();
  }
  EXPECT_THROW(error_rate(ErrorLaw::normal, std::nan("")), Error);
}

TEST(VoltageRatio, gives_the_published_savings) {
  const double a = voltage_ratio(ErrorLaw::measured, 0.001);
  EXPECT_NEAR(a, 0.879, 0.0005);
  EXPECT_NEAR(1 - energy_ratio(a), 0.227, 0.0005);
  const double b = voltage_ratio(ErrorLaw::measured, 0.01);
  EXPECT_NEAR(b, 0.836, 0.0005);
  EXPECT_NEAR(1 - energy_ratio(b), 0.302, 0.0007);
}

TEST(VoltageRatio, inverts_both_laws) {
  for (const auto law : {ErrorLaw::measured, ErrorLaw::normal})
    for (double v = 0.75; v < 1; v += 0.0031)
      EXPECT_NEAR(voltage_ratio(law, error_rate(law, v)), v, 1e-11) << v;
}

TEST(VoltageRatio, ends_at_vmin_and_refuses_what_no_legal_voltage_has) {
  EXPECT_EQ(voltage_ratio(ErrorLaw::measured, 0), 1);
  EXPECT_EQ(voltage_ratio(ErrorLaw::measured, 1e-30), 1);
  EXPECT_NEAR(voltage_ratio(ErrorLaw::measured, 0.2055), 0.75, 1e-4);
  EXPECT_THROW(voltage_ratio(ErrorLaw::measured, 0.2057), Error);
  EXPECT_THROW(voltage_ratio(ErrorLaw::measured, -1e-9), Error);
}

TEST(Energy, goes_with_the_square_of_the_voltage_as_published) {
  const double published[] = {.5625, .62674, .69444, .765625, .84028, .91840, 1};
  for (std::size_t i = 0; i < 7; ++i)
    EXPECT_NEAR(energy_ratio(measured_points()[i].voltage_ratio), published[i], 5e-6);
  for (int k = 18; k <= 24; ++k)  // the law itself, exactly
    EXPECT_NEAR(energy_ratio(measured_points()[static_cast<std::size_t>(k - 18)].voltage_ratio),
                k * k / 576.0, 1e-15);
}

}  // namespace
}  // namespace mantissa::faults
