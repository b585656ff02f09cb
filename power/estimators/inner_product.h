// SPDX-License-Identifier: Apache-2.0
// Prices of inner-product units from synthesis results of the unit ipu, in front of the tables.
//
//   cycle        energy per product of the run of synthesis x its products per cycle
//   area         blocks of a unit x units, of the exponent handling unit (u_ehu) its share, placed
//
// A result fits that has the component's lanes, window, digits, alignment and accumulator, and the
// same kinds of formats; what none fits, idle cycles and weights that shift in have table prices.
// The run of synthesis has exponents far apart and all modes: its cycles are what a busy unit
// takes, averaged over those.
#pragma once

#include "power/estimator.h"
#include "power/synthesis_result.h"

namespace mantissa::power {

EstimatorSource synthesised_inner_products(std::vector<SynthesisResult> results);

}  // namespace mantissa::power
