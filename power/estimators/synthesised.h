// SPDX-License-Identifier: Apache-2.0
// Prices from synthesis results, in front of the table estimators.
//
//   mac_array    mac                   unit mac, its energy per MAC; Format 0: int8, 1: bf16
//                area                  its area x cells, placed
//   vector_alu   every operation that  unit vector_alu, its energy per element, a mean over random
//                the lane has          operations and operands; lanes of int32
//                area                  its area / Lanes x lanes, placed
//
// Moved from the library's node and voltage to the technology's by power/technology_scaling.h; the
// formula says by how much, and what the tables would have said. What no result fits (other
// formats, functions, operand movement, leakage, for which no factor is published) has its table
// price. Memories, too: in RTL they are flip-flops, which nobody would build a scratchpad from.
#pragma once

#include "power/estimator.h"
#include "power/synthesis_result.h"

namespace mantissa::power {

EstimatorSource synthesised(std::vector<SynthesisResult> results);

}  // namespace mantissa::power
