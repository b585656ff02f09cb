// SPDX-License-Identifier: Apache-2.0
// The accumulators below a core's arrays in RTL: rows of sums as they leave an array, added to what
// the rows hold, and given out when the vector unit empties a slot.
// `core.accumulator.implementation` says what becomes of them: `rtl` takes them for the core's own,
// `lockstep` compares them with the golden ones and stops at the first row that differs.
//
// Sums come from the arrays where these are RTL (MatrixTwin), otherwise from the golden kernel, one
// chain of the array's order of addition after the other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"
#include "base/trace/number_format.h"

namespace mantissa::arch {

// A row of an array's accumulators: `count` sums of a slot, whose m x n are row-major.
struct AccumulatorRow {
  std::uint32_t slot = 0;
  std::uint64_t array = 0;  // of config.matrix.units
  std::uint64_t first = 0;  // element of the slot
  std::uint64_t stride = 1;
  std::uint64_t count = 0;
};

class AccumulatorTwin {
 public:
  virtual ~AccumulatorTwin() = default;

  // `count` sums of `format`, int32 or fp32, side by side. Throws what is wrong with those before.
  virtual void add(const std::string& layer, trace::NumberFormat format, const AccumulatorRow& row,
                   bool overwrites, const std::uint32_t* sums) = 0;
  // `sums` are the slot's golden ones, and become the RTL's where the implementation asks for it.
  virtual void drain(std::uint32_t slot, std::vector<std::uint32_t>& sums) = 0;
  virtual TwinResult result() const = 0;
};

using AccumulatorTwins = TwinRegistry<AccumulatorTwin, CoreConfig>;

}  // namespace mantissa::arch
