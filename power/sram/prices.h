// SPDX-License-Identifier: Apache-2.0
// An SRAM component's prices: the printed figures (or the analytic model, where the technology says
// `sram_model: analytic`), at the component's supply voltage and with its error-correcting code.
//
//   energy   = E x (supply_v / V)^2, V the technology's voltage
//   printed    E per byte = figure per 64 bits / 8 x stored / data bits + gates of the code / bytes
//   analytic   E per byte = macro.read or .write / bytes of a word
//   area     = that of the bits x stored / data bits + gates of the code; or macro area x banks
//   leakage  = that of the bits x stored / data bits x supply_v / V: the current as at V, an upper
//              bound below it; or macro leakage x banks
//
// Attributes of the component: capacity_bytes (data), banks [1], width_bits [64], the word that one
// check code covers, supply_v [V]; label ecc [none]. Errors: bad_attribute for a supply outside
// 0.3 V to 2 V, bad_sram for a word or name that fits no code.
#pragma once

#include "power/estimator.h"

namespace mantissa::power {

Price sram_energy(const Query& query, bool writes);  // pJ per byte
Price sram_area(const Query& query);                 // um2, all banks
Price sram_leakage(const Query& query);              // W, all banks

}  // namespace mantissa::power
