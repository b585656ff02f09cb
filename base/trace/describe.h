// SPDX-License-Identifier: Apache-2.0
// A trace as text for people: one aligned row per op and a line of totals.
#pragma once

#include <string>

#include "base/trace/graph.h"

namespace mantissa::trace {

// Columns: op, kind, inputs -> outputs as format[shape], multiply-accumulates, parameters
// (elements; a tensor that several ops read counts at the first), bytes of all operands.
std::string describe(const Trace& trace);

}  // namespace mantissa::trace
