// SPDX-License-Identifier: Apache-2.0
// From sources to a shared library: verilator, then g++.
#pragma once

#include <functional>
#include <string>

#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {

// Everything that decides what the library is: the sources after preprocessing, parameters, tools,
// flags, shim. Throws verilator_refused, missing_tool.
std::string design_key(const DesignRequest& request);

// Writes design.so into the empty folder. Throws verilator_refused, no_top_module,
// no_such_parameter, port_contract, does_not_compile, missing_tool.
void make_design(const DesignRequest& request, const std::string& folder);

}  // namespace mantissa::rtl
