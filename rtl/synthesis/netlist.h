// SPDX-License-Identifier: Apache-2.0
// A netlist of library cells, flattened, with the block that every cell belongs to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtl/synthesis/liberty.h"
#include "rtl/unit.h"

namespace mantissa::rtl {

inline const ErrorKind bad_netlist{
    "synth.bad-netlist", ExitCode::bad_input,
    "A netlist that cannot be simulated: cells without a function, latches, gated or falling "
    "clocks, combinational loops, or ports other than the unit's."};

using Net = std::uint32_t;
constexpr Net net_zero = 0, net_one = 1;  // the constants

struct Gate {
  const LibraryCell* cell = nullptr;
  std::uint32_t block = 0;  // index into Netlist::blocks
  std::string name;
  std::vector<Net> nets;  // by pin of the cell; unconnected inputs are net_zero
};

struct NetlistPort {
  std::string name;
  Direction direction = Direction::input;
  std::vector<Net> bits;
};

struct Netlist {
  std::uint32_t nets = 2;
  std::vector<std::string> blocks;  // "" is the top module, then "u_mul", "u_mul.u_add"
  std::vector<Gate> gates;
  std::vector<NetlistPort> ports;  // clk_i and rst_ni included

  const NetlistPort& port(const std::string& name) const;
  double area() const;     // um2
  double leakage() const;  // W
  // Of each net, what its readers present to it, with `wire` for each of them (pF).
  std::vector<double> loads(double wire) const;
};

// What yosys wrote with write_json. `library` outlives the result. Throws bad_netlist, and for
// ports whose width or direction is not that of `contract`.
Netlist read_netlist(const std::string& json, const std::string& top, const Library& library,
                     const std::vector<Port>& contract);

}  // namespace mantissa::rtl
