// SPDX-License-Identifier: Apache-2.0
// A place for every tensor: in memory, or, for activations that fit, in the scratchpad from the
// layer that makes them to the last that reads them.
//
// Residency. Activations are taken by increasing size x lifetime; each gets the lowest offset at
// which it collides with no tensor taken before and alive at the same time. The offsets do not
// depend on the scratchpad's capacity, and a tensor is resident exactly when its end lies within
// the resident area. So a larger scratchpad keeps a superset of what a smaller one keeps, and never
// moves more bytes to and from memory.
#pragma once

#include "arch/mapper/layer.h"

namespace mantissa::arch {

constexpr std::uint64_t place_alignment = 64;  // bytes

// Needs plan.layers and plan.storage; fills places, producer, last_use. `dram_base` is the first
// address that this rank may use. `whole_layer_loads`: layers whose results the mapper cannot write
// into the scratchpad directly keep theirs in memory.
void place_tensors(Plan& plan, std::uint64_t resident_area, std::uint64_t dram_base,
                   std::uint64_t dram_capacity);

}  // namespace mantissa::arch
