// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/gate_simulator.h"

#include <algorithm>

namespace mantissa::rtl {
namespace {

[[noreturn]] void refuse(const Gate& gate, const std::string& why) {
  throw Error(bad_netlist).say("cell '" + gate.name + "' (" + gate.cell->name + ") " + why);
}

}  // namespace

GateSimulator::GateSimulator(const Netlist& netlist, const std::vector<Port>& ports)
    : netlist_(netlist), ports_(ports), values_(netlist.nets), toggles_(netlist.nets) {
  values_[net_one] = 1;
  clock_ = netlist.port("clk_i").bits[0];
  reset_ = netlist.port("rst_ni").bits[0];
  for (const auto& port : ports_) {
    port_nets_.push_back(netlist.port(port.name).bits);
    bytes_.emplace_back((port.width + 7) / 8);
  }
  for (std::size_t i = 0; i < ports_.size(); ++i)
    pins_.push_back({bytes_[i].data(), ports_[i].width});
  for (const auto& gate : netlist.gates) add_gate(gate);
  order_steps();
}

unsigned GateSimulator::row(const std::vector<Net>& in) const {
  unsigned index = 0;
  for (std::size_t i = 0; i < in.size(); ++i) index |= unsigned{values_[in[i]]} << i;
  return index;
}

GateSimulator::Term GateSimulator::term(const Gate& gate, const Function& function) const {
  Term term{function.table, {}};
  for (const auto& name : function.pins) {
    std::size_t i = 0;
    while (i < gate.cell->pins.size() && gate.cell->pins[i].name != name) ++i;
    if (i == gate.cell->pins.size()) refuse(gate, "has a function of '" + name + "', no pin");
    term.in.push_back(gate.nets[i]);
  }
  return term;
}

void GateSimulator::add_gate(const Gate& gate) {
  if (gate.cell->other_state)
    refuse(gate, "holds a state other than a flip-flop's, or three-state");
  std::int32_t flop = -1;
  if (const auto& ff = gate.cell->flip_flop) {
    const Term clock = term(gate, ff->clock);
    if (clock.in.size() != 1 || clock.in[0] != clock_ || clock.table != 0b10)
      refuse(gate, "is not clocked by the rising edge of clk_i itself");
    Flop state;
    state.next = term(gate, ff->next);
    if (ff->clear) state.clear = term(gate, *ff->clear);
    if (ff->preset) state.preset = term(gate, *ff->preset);
    flop = static_cast<std::int32_t>(flops_.size());
    flops_.push_back(std::move(state));
  }
  for (std::size_t i = 0; i < gate.nets.size(); ++i) {
    const LibraryPin& pin = gate.cell->pins[i];
    if (pin.direction != Direction::output) continue;
    if (!pin.function) refuse(gate, "has no function at pin '" + pin.name + "'");
    Step step;
    step.out = gate.nets[i];
    std::vector<Net> in;
    if (flop >= 0) {
      const auto& ff = *gate.cell->flip_flop;
      const Function& f = *pin.function;
      const bool direct = f.pins == std::vector<std::string>{ff.state};
      const bool inverse = f.pins == std::vector<std::string>{ff.inverted};
      if (!direct && !inverse) refuse(gate, "has an output that is not its state");
      step.flop = flop;
      step.inverted = inverse != (f.table == 0b01);
      const Flop& state = flops_[static_cast<std::size_t>(flop)];
      in = state.clear.in;
      in.insert(in.end(), state.preset.in.begin(), state.preset.in.end());
      if (in.size() > 6) refuse(gate, "has more than six asynchronous inputs");
    } else {
      const Term function = term(gate, *pin.function);
      step.table = function.table;
      in = function.in;
    }
    if (std::count(in.begin(), in.end(), clock_) > 0) refuse(gate, "gates the clock");
    step.inputs = static_cast<std::uint8_t>(in.size());
    std::copy(in.begin(), in.end(), step.in);
    steps_.push_back(step);
  }
}

void GateSimulator::order_steps() {
  constexpr std::uint32_t none = ~0u;
  std::vector<std::uint32_t> driver(netlist_.nets, none);
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    if (driver[steps_[i].out] != none)
      throw Error(bad_netlist).say("two cells drive one net of the netlist");
    driver[steps_[i].out] = i;
  }
  std::vector<std::vector<std::uint32_t>> readers(steps_.size());
  std::vector<std::uint32_t> waits(steps_.size(), 0), ready;
  for (std::uint32_t i = 0; i < steps_.size(); ++i) {
    for (unsigned k = 0; k < steps_[i].inputs; ++k)
      if (const auto d = driver[steps_[i].in[k]]; d != none) {
        readers[d].push_back(i);
        ++waits[i];
      }
    if (waits[i] == 0) ready.push_back(i);
  }
  std::vector<Step> ordered;
  for (std::size_t next = 0; next < ready.size(); ++next) {
    ordered.push_back(steps_[ready[next]]);
    for (const auto reader : readers[ready[next]])
      if (--waits[reader] == 0) ready.push_back(reader);
  }
  if (ordered.size() != steps_.size())
    throw Error(bad_netlist).say("the netlist has a combinational loop");
  steps_ = std::move(ordered);
}

void GateSimulator::reset() {
  for (auto& bytes : bytes_) std::fill(bytes.begin(), bytes.end(), std::byte{0});
  for (auto& flop : flops_) flop.state = false;
  values_[reset_] = 0;
  for (int i = 0; i < 4; ++i) {
    settle();
    edge();
  }
  values_[reset_] = 1;
  settle();
  clear_toggles();
}

void GateSimulator::settle() {
  const auto set = [&](Net net, std::uint8_t value) {
    toggles_[net] += values_[net] ^ value;
    values_[net] = value;
  };
  // 1. Inputs as they stand on the pins.
  for (std::size_t p = 0; p < ports_.size(); ++p)
    if (ports_[p].direction == Direction::input)
      for (std::uint32_t i = 0; i < ports_[p].width; ++i)
        set(port_nets_[p][i],
            static_cast<std::uint8_t>((std::to_integer<unsigned>(bytes_[p][i / 8]) >> i % 8) & 1));
  // 2. Every cell, drivers first.
  for (const Step& step : steps_) {
    if (step.flop < 0) {
      unsigned index = 0;
      for (unsigned k = 0; k < step.inputs; ++k) index |= unsigned{values_[step.in[k]]} << k;
      set(step.out, static_cast<std::uint8_t>((step.table >> index) & 1));
    } else {
      Flop& flop = flops_[static_cast<std::size_t>(step.flop)];
      if (flop.clear.table && value(flop.clear))
        flop.state = false;
      else if (flop.preset.table && value(flop.preset))
        flop.state = true;
      set(step.out, static_cast<std::uint8_t>(flop.state != step.inverted));
    }
  }
  // 3. Outputs.
  for (std::size_t p = 0; p < ports_.size(); ++p) {
    if (ports_[p].direction != Direction::output) continue;
    std::fill(bytes_[p].begin(), bytes_[p].end(), std::byte{0});
    for (std::uint32_t i = 0; i < ports_[p].width; ++i)
      bytes_[p][i / 8] |= static_cast<std::byte>(values_[port_nets_[p][i]] << i % 8);
  }
}

// States only: what follows from them settles together with the inputs of the next cycle, as if
// these came from flip-flops, too.
void GateSimulator::edge() {
  for (auto& flop : flops_) {
    if (flop.clear.table && value(flop.clear))
      flop.state = false;
    else
      flop.state = (flop.preset.table && value(flop.preset)) || value(flop.next);
  }
  ++cycles_;
}

void GateSimulator::clear_toggles() {
  std::fill(toggles_.begin(), toggles_.end(), 0);
  cycles_ = 0;
}

}  // namespace mantissa::rtl
