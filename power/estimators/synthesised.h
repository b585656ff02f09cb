// SPDX-License-Identifier: Apache-2.0
// Prices from synthesis results, in front of the table estimators.
//
//   mac_array    mac                   unit mac, its energy per MAC; Format 0: int8, 1: bf16
//                area                  its area x cells, placed
//   vector_alu   every operation that  unit vector_alu, its energy per element of that operation;
//                the lane has          Format 0: int32, 1: fp32. multiply_add: mul, then add
//                requantize            unit requantize, its energy per element
//                area                  their areas / Lanes x lanes, placed; requantize where int32
//   dma          descriptor            unit dma_agu, its energy per address, beside the table's
//                area                  its area x channels, placed, beside the table's
//   vector_mac     vector              unit vsq, per vector that is not gated
//                  gated_vector        per gated one
//                  idle_cycle          per cycle without a vector
//                  area                its area x lanes x units, placed
//   post_processor vector              unit vsq_ppu, per vector
//                  area                its area x units, placed
//
// A rule (synthesised.cpp) says which unit prices what of a kind, and where a result fits; of
// several results the first that fits counts. Where widths decide (vector_mac, post_processor), the
// nearest result prices widths that were not synthesised: its price times the ratio of the tables'
// prices of both, said in the formula and in a warning. Nearest is what has the same parts (scales,
// a rounded product, signed elements) and, of these, the nearest area by the tables. Moved from the
// library's node and voltage to the technology's by power/technology_scaling.h; the formula says by
// how much, and what the tables would have said. What no result fits (other formats, functions,
// operand movement, leakage, for which no factor is published) has its table price. Memories, too:
// in RTL they are flip-flops, which nobody would build a scratchpad from.
#pragma once

#include <string>
#include <vector>

#include "power/estimator.h"
#include "power/synthesis_result.h"

namespace mantissa::power {

EstimatorSource synthesised(std::vector<SynthesisResult> results);
// Units that have a rule, by name.
std::vector<std::string> units_that_price();

}  // namespace mantissa::power
