// SPDX-License-Identifier: Apache-2.0
// Energy of a simulated run of a netlist.
//
//   switching = sum over nets of toggles x 1/2 C V^2, C of the pins that read it and its wires
//   internal  = sum over pins of toggles x internal_power(load, slew), the mean of rise and fall
//   and
//               of the arcs listed for the pin
//   clock     = 2 transitions of clk_i per cycle: its switching and the clock pins' internal power
//
// Nets driven from outside load whoever drives them: their switching counts here, too, and is
// listed apart, as OpenSTA leaves it out.
#pragma once

#include "rtl/synthesis/netlist.h"

namespace mantissa::rtl {

struct EnergyOptions {
  double slew = 0.12;  // ns, of every transition
  double wire = 0;     // pF per reader of a net
};

struct Energy {  // pJ
  double switching = 0, internal = 0, clock = 0, inputs = 0;
  double total() const { return switching + internal + clock + inputs; }
};

// `toggles` by net, as often as `cycles` clock cycles had them.
Energy energy_of(const Netlist& netlist, const std::vector<double>& toggles, double cycles,
                 double voltage, const EnergyOptions& options);

}  // namespace mantissa::rtl
