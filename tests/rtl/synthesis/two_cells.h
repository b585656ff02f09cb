// SPDX-License-Identifier: Apache-2.0
// A library of three cells and a netlist of two, small enough for energies by hand.
#pragma once

#include <string>
#include <vector>

#include "rtl/synthesis/netlist.h"

namespace mantissa::rtl {

inline std::string tiny_liberty() {
  return R"lib(library (tiny) {
  time_unit : "1ns"; voltage_unit : "1V"; leakage_power_unit : "1nW";
  capacitive_load_unit (1, pf); nom_voltage : 2;
  power_lut_template (t) { variable_1 : total_output_net_capacitance;
    variable_2 : input_transition_time; index_1 ("0, 1"); index_2 ("0, 1"); }
  cell (NAND) { area : 3; cell_leakage_power : 2;
    pin (A) { direction : input; capacitance : 0.25; }
    pin (B) { direction : input; capacitance : 0.25; }
    pin (Y) { direction : output; function : "!(A B)";
      internal_power () { related_pin : "A";
        rise_power (t) { values ("1, 2", "3, 4"); }
        fall_power (t) { values ("3, 4", "5, 6"); } } } }
  cell (FF) { area : 7; cell_leakage_power : 5;
    ff (IQ, IQN) { next_state : "D"; clocked_on : "CK"; clear : "!R"; }
    pin (CK) { direction : input; capacitance : 0.5; clock : true;
      internal_power () {
        rise_power (scalar) { values ("0.5"); }
        fall_power (scalar) { values ("1.5"); } } }
    pin (D) { direction : input; capacitance : 0.125; }
    pin (R) { direction : input; capacitance : 0.125; }
    pin (Q) { direction : output; function : "IQ"; } }
  cell (LATCH) { area : 1; latch (IQ, IQN) { enable : "G"; data_in : "D"; }
    pin (G) { direction : input; } pin (D) { direction : input; }
    pin (Q) { direction : output; function : "IQ"; } }
}
)lib";
}

// q <= !(a & q)
inline std::string two_cells(bool latch = false) {
  const std::string clock = latch ? R"json("G": [2])json" : R"json("CK": [2], "R": [3])json";
  return R"json({"modules": {"top": {"ports": {
    "clk_i": {"direction": "input", "bits": [2]}, "rst_ni": {"direction": "input", "bits": [3]},
    "a_i": {"direction": "input", "bits": [4]}, "q_o": {"direction": "output", "bits": [5]}},
    "cells": {"g": {"type": "NAND", "connections": {"A": [4], "B": [5], "Y": [6]}},
              "f": {"type": ")json" +
         std::string(latch ? "LATCH" : "FF") + R"json(", "connections": {)json" + clock +
         R"json(, "D": [6], "Q": [5]}}}}}})json";
}

inline std::vector<Port> two_cell_ports() {
  return {{"a_i", Direction::input, 1, ""}, {"q_o", Direction::output, 1, ""}};
}

}  // namespace mantissa::rtl
