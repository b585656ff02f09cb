// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/energy.h"

namespace mantissa::rtl {

Energy energy_of(const Netlist& netlist, const std::vector<double>& toggles, double cycles,
                 double voltage, const EnergyOptions& options) {
  const std::vector<double> load = netlist.loads(options.wire);
  const double half_v2 = 0.5 * voltage * voltage;
  const Net clock = netlist.port("clk_i").bits[0];
  Energy energy;
  // 1. Clock net and nets driven from outside.
  energy.clock += 2 * cycles * half_v2 * load[clock];
  for (const auto& port : netlist.ports)
    if (port.direction == Direction::input)
      for (const Net net : port.bits)
        if (net != clock) energy.inputs += toggles[net] * half_v2 * load[net];
  // 2. Every pin.
  for (const auto& gate : netlist.gates)
    for (std::size_t i = 0; i < gate.nets.size(); ++i) {
      const LibraryPin& pin = gate.cell->pins[i];
      const Net net = gate.nets[i];
      const bool output = pin.direction == Direction::output;
      if (output) energy.switching += toggles[net] * half_v2 * load[net];
      if (pin.power.empty()) continue;
      double mean = 0;
      for (const auto& arc : pin.power) mean += arc.mean(output ? load[net] : 0, options.slew);
      mean /= static_cast<double>(pin.power.size());
      if (net == clock)
        energy.clock += 2 * cycles * mean;
      else
        energy.internal += toggles[net] * mean;
    }
  return energy;
}

}  // namespace mantissa::rtl
