// SPDX-License-Identifier: Apache-2.0
// Data sets as one JSON object: what `data --json` prints.
#pragma once

#include <vector>

#include "sim/json/result_json.h"
#include "workloads/data/inventory.h"

namespace mantissa::sim {

Json to_json(const std::vector<data::SetStatus>& sets, const data::SearchPath& search);

}  // namespace mantissa::sim
