// SPDX-License-Identifier: Apache-2.0
// The table of an SRAM as one JSON object: keys carry their unit, rates and shares are fractions,
// what is not known is null.
#pragma once

#include <vector>

#include "power/sram/published.h"
#include "sim/json/result_json.h"
#include "sim/sram/table.h"

namespace mantissa::sim {

Json to_json(const LoadedSram& sram, const SramTable& table,
             const std::vector<power::PublishedRow>& published);

}  // namespace mantissa::sim
