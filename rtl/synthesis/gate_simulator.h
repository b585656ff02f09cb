// SPDX-License-Identifier: Apache-2.0
// Simulates a netlist cycle by cycle, without delays, and counts how often every net changes.
//
// Every cell is its truth table from the Liberty; cells are evaluated once per cycle, in an order
// in which drivers come before readers. Without delays a net changes at most once per cycle:
// glitches, which cost energy in a real circuit, are not seen, so that energies are a lower bound.
#pragma once

#include <cstdint>
#include <vector>

#include "rtl/design.h"
#include "rtl/synthesis/netlist.h"

namespace mantissa::rtl {

class GateSimulator final : public Design {
 public:
  // `netlist` outlives the simulator. Throws bad_netlist.
  GateSimulator(const Netlist& netlist, const std::vector<Port>& ports);

  const Pins& pins() const override { return pins_; }
  void reset() override;
  void settle() override;
  void edge() override;

  // Since clear_toggles, by net. The clock is not counted: it changes twice per cycle.
  const std::vector<std::uint64_t>& toggles() const { return toggles_; }
  std::uint64_t cycles() const { return cycles_; }
  void clear_toggles();

 private:
  struct Step {  // one output, or a flip-flop's (`flop` >= 0)
    std::uint64_t table = 0;
    Net in[6] = {};
    Net out = 0;
    std::int32_t flop = -1;
    std::uint8_t inputs = 0;
    bool inverted = false;
  };
  struct Term {  // a function of nets
    std::uint64_t table = 0;
    std::vector<Net> in;
  };
  struct Flop {
    Term next, clear, preset;  // empty: never
    bool state = false;
  };
  unsigned row(const std::vector<Net>& in) const;
  bool value(const Term& term) const { return (term.table >> row(term.in)) & 1; }

  Term term(const Gate& gate, const Function& function) const;
  void add_gate(const Gate& gate);
  void order_steps();

  const Netlist& netlist_;
  std::vector<Port> ports_;
  std::vector<std::vector<Net>> port_nets_;
  std::vector<std::vector<std::byte>> bytes_;
  Pins pins_;
  Net clock_ = 0, reset_ = 0;
  std::vector<Step> steps_;
  std::vector<Flop> flops_;
  std::vector<std::uint8_t> values_;
  std::vector<std::uint64_t> toggles_;
  std::uint64_t cycles_ = 0;
};

}  // namespace mantissa::rtl
