// SPDX-License-Identifier: Apache-2.0
// A run for human eyes: what `mantissa run` prints without --json. Every figure with its unit,
// every rate with its definition.
#pragma once

#include <string>

#include "arch/session/run_result.h"
#include "sim/cli/console.h"
#include "sim/run/run_point.h"

namespace mantissa::cli {

std::string summary(const sim::Point& point, const arch::RunResult& result, const Console& console);

}  // namespace mantissa::cli
