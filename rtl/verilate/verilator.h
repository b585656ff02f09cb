// SPDX-License-Identifier: Apache-2.0
// One run of Verilator, and its messages as Errors.
#pragma once

#include <string>
#include <vector>

#include "rtl/verilate/ports.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {

std::vector<std::string> verilator_flags(Waves waves);

// The text of all sources with what they include and define, as Verilator sees it.
std::string preprocessed(const DesignRequest& request);

struct Verilated {
  std::vector<FoundPort> ports;
  std::string root;  // of Verilator's own files
};

// Writes the class `Vdesign` into the folder.
Verilated verilate(const DesignRequest& request, const std::string& folder);

}  // namespace mantissa::rtl
