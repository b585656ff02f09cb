// SPDX-License-Identifier: Apache-2.0
// The two tools of synthesis: yosys with ABC, and OpenSTA.
#pragma once

#include "rtl/synthesis/synthesis.h"

namespace mantissa::rtl {

// What stands in `folder` afterwards: netlist.json for us, netlist.v for OpenSTA.
void map_to_cells(const SynthesisRequest& request, const std::string& folder);

struct Timing {
  double period = 0;  // ns: the shortest that closes, verified by a second analysis
  std::string start, end;
  Power power;  // at `clock`, or at `period`
};
Timing analyse_timing(const SynthesisRequest& request, const std::string& folder);

std::string synthesis_tools();  // "yosys 0.23, OpenSTA 2.0.17"

}  // namespace mantissa::rtl
