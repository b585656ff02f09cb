// SPDX-License-Identifier: Apache-2.0
#include "base/faults/error_rate.h"

#include <algorithm>
#include <string>

#include "base/faults/normal.h"

namespace mantissa::config {

const std::vector<std::pair<faults::ErrorLaw, const char*>>& EnumNames<faults::ErrorLaw>::names() {
  static const std::vector<std::pair<faults::ErrorLaw, const char*>> table = {
      {faults::ErrorLaw::measured, "measured"}, {faults::ErrorLaw::normal, "normal"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::faults {
namespace {

// Of the failing voltage of a cell, in Vmin (fit of arXiv 2006.13977's points).
constexpr double mean_failing_voltage = 0.7055, deviation_of_failing_voltage = 0.0553;

// The points below Vmin, with probits for rates: p = 0 has none.
struct Probit {
  double voltage_ratio, z;
};
const std::array<Probit, 6>& probits() {
  static const auto table = [] {
    std::array<Probit, 6> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = {measured_points()[i].voltage_ratio,
                normal_quantile(measured_points()[i].error_rate)};
    return out;
  }();
  return table;
}

// The segment whose far end is the first point at or beyond; the last one goes on.
template <class Beyond>
std::size_t segment(Beyond beyond) {
  std::size_t i = 0;
  while (i + 2 < probits().size() && !beyond(probits()[i + 1])) ++i;
  return i;
}

double z_at(ErrorLaw law, double v) {
  if (law == ErrorLaw::normal) return (mean_failing_voltage - v) / deviation_of_failing_voltage;
  const std::size_t i = segment([v](const Probit& p) { return v <= p.voltage_ratio; });
  const Probit &a = probits()[i], &b = probits()[i + 1];
  return a.z + (v - a.voltage_ratio) * ((b.z - a.z) / (b.voltage_ratio - a.voltage_ratio));
}

}  // namespace

const std::array<MeasuredPoint, 7>& measured_points() {
  // arXiv 2006.13977; its voltages are k / 24 of Vmin.
  static const std::array<MeasuredPoint, 7> points = {{{18.0 / 24, 0.2056},
                                                       {19.0 / 24, 0.05573},
                                                       {20.0 / 24, 0.01115},
                                                       {21.0 / 24, 0.00129},
                                                       {22.0 / 24, 6.86646e-5},
                                                       {23.0 / 24, 1.90735e-6},
                                                       {24.0 / 24, 0}}};
  return points;
}

double error_rate(ErrorLaw law, double voltage_ratio) {
  if (!is_legal(voltage_ratio))
    throw Error(illegal_voltage)
        .read(config::real_text(voltage_ratio) + " Vmin")
        .expected("at least 0.75 Vmin, the lowest voltage at which error rates were measured");
  return voltage_ratio >= 1 ? 0 : normal_cdf(z_at(law, voltage_ratio));
}

double voltage_ratio(ErrorLaw law, double rate) {
  const double highest = error_rate(law, lowest_voltage_ratio);
  if (!(rate >= 0 && rate <= highest))
    throw Error(illegal_voltage)
        .read(config::real_text(rate))
        .expected("an error rate from 0 to " + config::real_text(highest) + ", that of 0.75 Vmin");
  if (rate <= 0) return 1;
  const double z = normal_quantile(rate);
  double v;
  if (law == ErrorLaw::normal) {
    v = mean_failing_voltage - z * deviation_of_failing_voltage;
  } else {
    const std::size_t i = segment([z](const Probit& p) { return z >= p.z; });
    const Probit &a = probits()[i], &b = probits()[i + 1];
    v = a.voltage_ratio + (z - a.z) * ((b.voltage_ratio - a.voltage_ratio) / (b.z - a.z));
  }
  return std::clamp(v, lowest_voltage_ratio, 1.0);
}

}  // namespace mantissa::faults
