// SPDX-License-Identifier: Apache-2.0
// What `mantissa cosim` prints for people.
#pragma once

#include <string>

#include "sim/cli/console.h"
#include "sim/json/cosim_json.h"

namespace mantissa::cli {

std::string cosim_text(const sim::CosimReport& report, const Console& console);
std::string contract_text(const rtl::Unit& unit, const rtl::Parameters& parameters,
                          const Console& console);

}  // namespace mantissa::cli
