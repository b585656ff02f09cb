// SPDX-License-Identifier: Apache-2.0
// How fast a tile is on operands of a stated distribution: the cycles of a fixed number of steps of
// the clusters, with exponents drawn from it. What shape mode uses in place of real operands.
//
// Every step has fresh operands: `pixels` vectors of inputs and `columns` of weights, each used by
// all units that see it, as in the tile. Numbers come from a counter-based generator and a fixed
// seed: the same on every machine. They are rounded to the format of inputs and, where that is
// another one, of weights.
#pragma once

#include <cstdint>
#include <optional>

#include "arch/units/ipu/config.h"

namespace mantissa::arch {

struct LawCycles {
  std::uint64_t steps = 1, cycles = 1;         // until the last unit of the tile is done
  std::uint64_t operations = 1, demanded = 1;  // of single units: cycles without waiting for others
};

LawCycles law_cycles(const IpuConfig& config, std::int64_t lanes, std::int64_t columns,
                     trace::NumberFormat format, std::uint64_t interval,
                     std::optional<trace::NumberFormat> weight_format = {});

}  // namespace mantissa::arch
