// SPDX-License-Identifier: Apache-2.0
// What `mantissa sram` prints: the bank by parts, the table over the voltages, the outcome of
// words, the model beside published figures.
#pragma once

#include <string>
#include <vector>

#include "power/sram/published.h"
#include "sim/cli/console.h"
#include "sim/sram/table.h"

namespace mantissa::cli {

std::string sram_text(const sim::LoadedSram& sram, const sim::SramTable& table,
                      const Console& console);
std::string published_text(const std::vector<power::PublishedRow>& rows, const Console& console);

}  // namespace mantissa::cli
