// SPDX-License-Identifier: Apache-2.0
// Accumulator slots below the matrix unit: which cycle their last result arrives in and, in data
// mode, the 32-bit sums themselves (int32 or the bits of fp32), row-major m x n.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/units.h"

namespace mantissa::arch {

struct Accumulators {
  struct Slot {
    Cycles complete_at{};
    std::vector<std::uint32_t> sums;
  };
  std::map<std::uint32_t, Slot> slots;  // in use
  std::uint64_t read_bytes = 0, write_bytes = 0;

  Slot& slot(std::uint32_t index) { return slots[index]; }
  void release(std::uint32_t index) { slots.erase(index); }
  void reset() {
    slots.clear();
    read_bytes = write_bytes = 0;
  }
};

}  // namespace mantissa::arch
