// SPDX-License-Identifier: Apache-2.0
// The probability p(V) that an SRAM bit cell fails at supply voltage V, by V / Vmin.
//
// Vmin is the lowest voltage that was measured without an error; p = 0 from there up, under either
// law. Source of both: bit errors of 32 arrays of 512 x 64 bits in 14 nm FinFET (MLSys 2021, arXiv
// 2006.13977).
//
//   measured   the seven published points at V / Vmin = 18/24 ... 24/24. Between the six that have
//              errors the probit of p is linear in V; the last segment is extended to Vmin.
//   normal     a cell fails below a voltage of its own ~ N(0.7055, 0.0553^2) Vmin: the compact fit
//              of the same points, 0.84 to 1.27 times each of them.
//
//   error_rate(ErrorLaw::measured, 0.875)       == 0.00129
//   voltage_ratio(ErrorLaw::measured, 0.01)     == 0.836 of Vmin
//
// Energy of an access goes with the square of the voltage: exactly so in the published points.
#pragma once

#include <array>

#include "base/config/codec.h"
#include "base/faults/errors.h"

namespace mantissa::faults {

enum class ErrorLaw { measured, normal };

struct MeasuredPoint {
  double voltage_ratio;  // V / Vmin
  double error_rate;     // fraction of cells
};
const std::array<MeasuredPoint, 7>& measured_points();

constexpr double lowest_voltage_ratio = 0.75;  // nothing was measured below
// 0.6 V of 0.8 V is 0.75 but for the rounding of the quotient.
constexpr bool is_legal(double voltage_ratio) {
  return voltage_ratio >= lowest_voltage_ratio - 1e-12;
}

// Throws Error(illegal_voltage) below 0.75 Vmin.
double error_rate(ErrorLaw law, double voltage_ratio);

// The voltage, as V / Vmin, at which a fraction p of the cells fails: the inverse of the above; 1
// for a rate that is lower than any below Vmin. Throws Error(illegal_voltage) for p
// outside [0, p(0.75 Vmin)].
double voltage_ratio(ErrorLaw law, double error_rate);

// Energy of an access relative to Vmin: (V / Vmin)^2.
constexpr double energy_ratio(double voltage_ratio) { return voltage_ratio * voltage_ratio; }

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct EnumNames<faults::ErrorLaw> {
  static const std::vector<std::pair<faults::ErrorLaw, const char*>>& names();
};
}  // namespace mantissa::config
