// SPDX-License-Identifier: Apache-2.0
// The ports that a verilated module has, held against those that a unit promises.
#pragma once

#include <string>
#include <vector>

#include "rtl/unit.h"

namespace mantissa::rtl {

struct FoundPort {
  std::string name;
  bool input = false, output = false;  // both: inout
  std::uint32_t width = 0;
  bool flat = true;  // false: an unpacked array
};

// From the class that Verilator writes: VL_IN8(&clk_i,0,0); VL_OUTW(&data_o,127,0,4);
std::vector<FoundPort> ports_of_class(const std::string& header);

// Throws port_contract, one message for all ports that differ. `clk_i` and `rst_ni` are demanded
// beside those of the contract. `sources` and `top` tell where they stand.
void check_ports(const std::vector<FoundPort>& found, const std::vector<Port>& contract,
                 const std::vector<std::string>& sources, const std::string& top);

}  // namespace mantissa::rtl
