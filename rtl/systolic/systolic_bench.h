// SPDX-License-Identifier: Apache-2.0
// The bench of the systolic array: folds and their times by arch/units/systolic, sums by
// base/numerics in the array's order of addition.
#pragma once

#include <memory>

#include "rtl/unit.h"

namespace mantissa::rtl {

std::vector<Port> systolic_ports(const Parameters& parameters);
std::unique_ptr<Bench> systolic_bench(const Parameters& parameters);

}  // namespace mantissa::rtl
