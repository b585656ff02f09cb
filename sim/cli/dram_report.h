// SPDX-License-Identifier: Apache-2.0
// A memory alone under a trace, for people: how the memory is set, what it did, what bounds it, and
// the table of its timing rules.
#pragma once

#include <string>

#include "sim/cli/console.h"
#include "sim/json/dram_json.h"

namespace mantissa::cli {

std::string dram_summary(const sim::DramRun& run, const Console& console);
std::string timing_table(const memory::dram::DramConfig& config, const Console& console);

}  // namespace mantissa::cli
