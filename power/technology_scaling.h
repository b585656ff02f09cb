// SPDX-License-Identifier: Apache-2.0
// Moving area, energy and delay between technology nodes.
//
// Area factors, energy and delay polynomials: A. Stillmaker and B. Baas, "Scaling equations for the
// accurate prediction of CMOS device performance from 180 nm to 7 nm", Integration 58 (2017), high
// performance devices below 65 nm. Fitted there to simulated inverter chains:
//   energy factor(node, V) = a2 V^2 + a1 V + a0,   delay factor = d3 V^3 + d2 V^2 + d1 V + d0
// and x_to = x_from * factor(to) / factor(from). The coefficients were read second-hand (the table
// of UCLA's nodeScale); those of 65 and 32 nm agree with the worked example of the authors'
// erratum.
//
// A node between two listed ones (28 nm) is interpolated log-log in the node, and `note` says so.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace mantissa::power {

inline const ErrorKind scaling_range{
    "power.scaling-range", ExitCode::bad_input,
    "A node or a voltage lies outside what the published scaling covers."};

// How energies move between nodes: between the measured anchor tables (power/anchors.h), or by the
// simulated polynomials, which see no wires and promise far more.
enum class EnergyScaling { anchors, stillmaker };

struct Factor {
  double value = 1;
  std::string note;  // "interpolated between 32 nm and 20 nm", or empty
};

const std::vector<double>& listed_nodes();  // nm, descending

// Area relative to 180 nm.
Factor relative_area(Nanometres node);
// Energy and delay in the publication's arbitrary units: only ratios mean anything.
Factor energy_factor(Nanometres node, Volts voltage);
Factor delay_factor(Nanometres node, Volts voltage);

// Multipliers from one point to another, exactly 1 when both are the same.
Factor area_ratio(Nanometres from, Nanometres to);
Factor energy_ratio(Nanometres from, Volts from_voltage, Nanometres to, Volts to_voltage);
Factor delay_ratio(Nanometres from, Volts from_voltage, Nanometres to, Volts to_voltage);

}  // namespace mantissa::power
