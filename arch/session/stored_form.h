// SPDX-License-Identifier: Apache-2.0
// A tensor's contents as they lie in memory and in the scratchpad: feature maps channels last where
// the plan says so, elements below a byte packed along rows that begin at whole bytes. `logical` is
// row-major in the trace's order of dimensions.
#pragma once

#include <cstddef>
#include <vector>

#include "arch/mapper/layer.h"

namespace mantissa::arch {

std::vector<std::byte> stored_form(const Plan& plan, trace::TensorId id,
                                   const std::vector<std::byte>& logical);
std::vector<std::byte> logical_form(const Plan& plan, trace::TensorId id,
                                    const std::vector<std::byte>& stored);

}  // namespace mantissa::arch
