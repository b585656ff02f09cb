// SPDX-License-Identifier: Apache-2.0
// A run as one JSON object: what `run --json` prints, result.json holds and `compare` reads. Its
// fields are declared in fields.h. The same run gives the same bytes: host times stay out.
//
//   std::cout << to_json(point, result).dump(2);
#pragma once

#include <nlohmann/json.hpp>

#include "arch/session/run_result.h"
#include "base/config/node.h"
#include "sim/run/run_point.h"

namespace mantissa::sim {

using Json = nlohmann::ordered_json;

Json to_json(const Point& point, const arch::RunResult& result);

// The core whose matrix unit is busy longest, the first of equals: whose busy + stalls stand for
// the run.
std::size_t busiest_core(const arch::RunResult& result);

// Numbers and booleans where a scalar is written like one and not quoted, text otherwise.
Json to_json(const config::Node& node);

}  // namespace mantissa::sim
