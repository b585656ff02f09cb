// SPDX-License-Identifier: Apache-2.0
// What several table estimators are made of: flip-flops, memory macros, placement, leakage.
//
//   registers(n)  = n x register_bit                          pJ per clocked bit, um2 per bit
//   memory area   = bits x bit cell / array efficiency
//   placed area   = cell area / utilisation of the placed rows
//   leakage       = cell area x leakage density (logic or sram)
#pragma once

#include "base/units.h"
#include "power/estimator.h"
#include "power/technology.h"

namespace mantissa::power {

Price register_energy(const Technology& technology, double bits);
Price register_area(const Technology& technology, double bits);
Price placed(const Technology& technology, const Price& cell_area);
Price logic_leakage(const Technology& technology, const Price& placed_area);

// Per byte, of one bank; warns when the capacity lies outside the printed points.
Price memory_energy(const Query& query, Bytes bank);
Price memory_area(const Technology& technology, double bytes);
Price memory_leakage(const Technology& technology, double bytes);

}  // namespace mantissa::power
