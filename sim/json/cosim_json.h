// SPDX-License-Identifier: Apache-2.0
// A co-simulation as one JSON object: what `cosim --json` prints. The same run gives the same
// bytes, but for `host`, which says how long this machine took.
#pragma once

#include <string>

#include "rtl/cosim/cosim.h"
#include "sim/json/result_json.h"

namespace mantissa::sim {

struct CosimReport {
  rtl::CosimRequest request;
  rtl::CosimResult result;
  // Of a failure: files that were written, empty if not, and the command that shows it again.
  std::string commands_file, waves_file, again;
};

Json to_json(const CosimReport& report);

// Parameters and ports of a unit, `clk_i` and `rst_ni` included.
Json contract_json(const rtl::Unit& unit, const rtl::Parameters& parameters);

}  // namespace mantissa::sim
