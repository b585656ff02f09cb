// SPDX-License-Identifier: Apache-2.0
// What an engine's logic and on-chip memory did, as components and action counts for power/. DRAM
// keeps books of its own (LookupTotals::hbm, ddr).
//
//   banks            sram: the on-chip banks; read: bytes of the rows that were looked up there
//   layerN.pe        mac_array of `pes` PEs, each of 2 w MACs as in accelerator.h
//   layerN.weights   sram in each PE: r F elements; read: every row once per item
//   layerN.features  sram in each PE: F elements; written once per item, read once per row
//   output.*         the same for the single output
//
// F: a layer's inputs, padded; the padding is multiplied, too. Left out, since no figure of theirs
// is known: the FIFOs between stages, the ports' logic, row caches.
#pragma once

#include <cstdint>
#include <vector>

#include "arch/engines/embedding/lookup_engine.h"
#include "power/component.h"

namespace mantissa::arch::embedding {

struct EngineActivity {
  std::vector<power::Component> components;
  std::vector<power::ActionCount> actions;
};

// Of `items` items with as many elements each, behind which `layers` follow (none: lookup alone).
EngineActivity activity_of(const EmbeddingConfig& config, const LookupTotals& totals,
                           std::uint64_t elements, const std::vector<std::int64_t>& layers,
                           std::uint64_t items);

}  // namespace mantissa::arch::embedding
