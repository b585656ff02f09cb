// SPDX-License-Identifier: Apache-2.0
// One bank of SRAM, computed from its geometry in the manner of CACTI: subarrays of rows x columns,
// one of which opens a row per access, joined by a tree of wires. Single port; one access moves one
// word with its check bits. Wires between the bank and its user are not in it.
//
// With C per unit from the circuit, columns = stored bits x mux, V the supply:
//   word line    C_wl = columns (2 access gates + wire over a cell);  E = C_wl V^2
//                t = 0.38 R_wire C_wl                                  (distributed line, Sakurai
//                1983)
//   bit line     C_bl = rows (access drain + wire over a cell);        E = columns C_bl s V^2
//                t = (R_cell + R_wire / 2) C_bl ln 1 / (1 - s),        s: sense swing / V
//                a write swings the word's columns fully; the other mux - 1 of mux columns, half
//                selected, discharge as for a read
//   decoder      t = FO4 log4(5/3 4/3 rows/2 C_wl / C_inv), at least one FO4 (logical effort)
//                E = (lines of 3-bit predecoders + C_wl / 3 of driver stages, each 4 times the
//                next)
//   tree         half the width and half the height of the bank beyond the subarray; delay-optimal
//                repeaters: t = 2.5 sqrt(R0 C0 r c) per length, capacitance x 1.756 (H. Bakoglu
//                1990), R0 C0 = FO4 / 3.45; random bits: a quarter C V^2 each
//   sense amplifiers, registers and gates: per bit and per gate from the circuit; the gates beside
//                the opened columns work once per access
//   cycle        access without the tree, plus a precharge as long as the discharge
//   leakage      cells x I_off x V, I_off as at the nominal supply (an upper bound below it), plus
//                the gates' area x the technology's leakage density
// Sakurai, Bakoglu and logical effort are recalled. At another supply, energy is (V / nominal)^2 of
// the nominal one exactly, transistors follow the node's published delay polynomial, wires keep
// their time.
//
// Rows and mux that are not given minimise  read energy x access time x area  over powers of two
// (rows 16 to 512; columns up to 512, or a word); the first of equals wins, so it is deterministic.
//
// Errors: bad_sram, unknown_figure, scaling_range.
//
//   const auto m = sram_macro({Bytes(32 << 10), 64}, tech);
//   total(m.read), total(m.area), total(m.access), total(m.at(Volts(.6)).read)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/units.h"
#include "power/sram/circuit.h"
#include "power/sram/ecc.h"

namespace mantissa::power {

struct MacroConfig {
  Bytes capacity{};              // data bits only, of one bank
  std::uint64_t word_bits = 64;  // data bits only
  Ecc ecc = Ecc::none;
  std::uint64_t interleave = 1;     // neighbouring cells of a row belong to this many words
  std::uint64_t rows = 0, mux = 0;  // 0: chosen
  double celsius = 27;              // 25 to 85; sets the leakage
};

struct MacroGeometry {
  std::uint64_t words = 0, stored_bits = 0, address_bits = 0;
  std::uint64_t rows = 0, columns = 0, mux = 0;
  std::uint64_t subarrays = 0, across = 0, down = 0;
  double width = 0, height = 0;  // um, of the bank
  double tree = 0;               // um, from the port to the furthest subarray
};

// A share of a total: {"bit lines", 0.4}.
struct Part {
  std::string name;
  double value = 0;
};
double total(const std::vector<Part>& parts);
double part(const std::vector<Part>& parts, const std::string& name);  // 0 when there is none

struct Macro {
  MacroConfig config;
  Circuit circuit;
  Volts supply{};
  MacroGeometry geometry;
  std::vector<Part> area;         // um2
  std::vector<Part> read, write;  // pJ per access of one word
  std::vector<Part> access;       // ps
  double cycle = 0;               // ps
  std::vector<Part> leakage;      // W

  double efficiency() const;     // cells / area
  Macro at(Volts supply) const;  // the same bank at another supply
  // Reading and writing back every word once, pJ.
  double scrub() const;
};

Macro sram_macro(const MacroConfig& config, const Technology& technology);

}  // namespace mantissa::power
