// SPDX-License-Identifier: Apache-2.0
// The point functions of the real simulator.
#pragma once

#include "sim/sweep/engine.h"

namespace mantissa::sweep {

PointFunctions simulator();

}  // namespace mantissa::sweep
