// SPDX-License-Identifier: Apache-2.0
// The devices, wires and cells that an SRAM macro is made of, at a technology's node and nominal
// supply: the figures of configs/tech/circuits.yaml, each interpolated log-log in the node between
// the two listed nodes around it.
//
//   cell          height = 2 poly pitches (a thin cell), width = bit cell area / height
//   FO4           = its printed figure x delay ratio (power/technology_scaling.h)
//   gate          a 24th of the technology's 8-bit adder, in energy and area: eight full adders of
//                 three two-input gates each, the majority gate counted as one of them
//   sense swing   = max(0.08 V, 5 % of the supply), kept as a share of it at every voltage
//   leakage       log-linear in the temperature between the figures of 300 K and 360 K
//
// The cell's resistance and the sense amplifier's figures were printed for supplies of their own
// (configs/tech/circuits.yaml); they are taken to hold at the technology's nominal one.
//
// Errors: unknown_figure when the technology lists no such figure, scaling_range outside the nodes
// that the figures cover.
#pragma once

#include <string>
#include <vector>

#include "power/technology.h"

namespace mantissa::power {

// Plain numbers, because closed forms combine them; the unit stands in each name or beside it.
struct Circuit {
  Nanometres node{};
  Volts nominal{};

  double cell_area = 0, cell_width = 0, cell_height = 0;          // um2, um, um
  double access_gate = 0, access_drain = 0, inverter = 0;         // fF
  double cell_resistance = 0;                                     // kohm, so that kohm x fF = ps
  double cell_leakage = 0;                                        // nA at the asked temperature
  double fo4 = 0, sense_delay = 0;                                // ps
  double sense_swing = 0;                                         // share of the supply
  double sense_energy = 0, gate_energy = 0, register_energy = 0;  // pJ
  double gate_area = 0, register_area = 0;                        // um2
  double wire_resistance = 0;                                     // kohm/um
  double wire_capacitance = 0, wire_pitch = 0;                    // fF/um, um
  double row_gates = 0, column_gates = 0, bit_gates = 0, layout_overhead = 0;
  double logic_leakage = 0;  // W/um2

  std::vector<Price> figures;  // all of the above with their sources, in the order of reading
  Method method = Method::derived;
  std::string source;  // each once
};

Circuit circuit_at(const Technology& technology, double celsius = 27);

// How much slower transistors switch at `supply` than at the nominal one: the ratio of the node's
// published delay polynomial, at least 1 below the nominal supply. Throws scaling_range outside
// 0.3 V to 2 V, and where the polynomial is no delay or rises with the supply.
double slowdown(const Circuit& circuit, Volts supply);

// The legal supplies, those of a technology file.
constexpr double lowest_supply = 0.3, highest_supply = 2;
void check_supply(Volts supply);

}  // namespace mantissa::power
