// SPDX-License-Identifier: Apache-2.0
// The folds of a command on a systolic unit, one by one: which part of the product, on which of its
// arrays, when. What SystolicArray says in closed form, taken apart; RTL is driven by it.
#pragma once

#include <vector>

#include "arch/units/systolic/systolic_array.h"

namespace mantissa::arch {

struct FoldSpan {
  std::uint64_t first = 0, count = 0;
};

struct Fold {
  std::uint64_t array = 0;  // of config.units
  FoldSpan m, k, n;         // of the tile
  Cycles load{};            // the stationary operand may go in from here on (not output stationary)
  Cycles start{};           // first operand
};

// In the order of time, folds of the same cycle by array. `t` is what the model answered for
// `tile`. Arrays that have nothing to do in a round of folds have none.
std::vector<Fold> folds_of(const MatrixConfig& config, const MatrixTile& tile,
                           const MatrixTimetable& t);

}  // namespace mantissa::arch
