// SPDX-License-Identifier: Apache-2.0
// What data mode computes.
#pragma once

#include "base/trace/graph.h"

namespace mantissa::arch {

// Throws Error(not_computable) listing every operator that has no values in data mode, or the first
// layer whose operands have no addresses there.
void check_computable(const trace::Trace& trace);

}  // namespace mantissa::arch
