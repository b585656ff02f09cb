// SPDX-License-Identifier: Apache-2.0
// The mapper's first half: formats, layers and places of one trace on one core.
#pragma once

#include "arch/chip/config.h"
#include "arch/mapper/layer.h"

namespace mantissa::arch {

// `data`: operands have values, so no format may be changed. `core_of_chip` of `cores` share a
// memory, each in a slice of its own.
Plan make_plan(const trace::Trace& trace, const ArchConfig& config, bool data,
               std::uint32_t core_of_chip);

}  // namespace mantissa::arch
