// SPDX-License-Identifier: Apache-2.0
// A fault map from a file, cell by cell as a tester saw them.
//
//   # first byte.bit[-last]   p(0 read as 1)   p(1 read as 0)   [fails up to, V / Vmin]
//   0x0040.7                  1                0                        # stuck at one
//   0x0080.0-0x00ff.7         0.5              0.5              0.8     # only from 0.8 Vmin down
//
// Bytes count from 0, bits from the least significant one; a range runs over whole bits from its
// first to its last, inclusive. A line without a voltage holds at every one. Since a cell fails at
// every voltage up to its own, maps are nested as drawn ones are. Check bits have no addresses.
//
// Errors: faults.file, faults.line, faults.overlap, faults.beyond-memory.
#pragma once

#include <string>
#include <vector>

#include "base/faults/cell_layout.h"
#include "base/faults/fault_map.h"

namespace mantissa::faults {

struct MapEntry {
  std::uint64_t first = 0, last = 0;  // data bits, 8 to a byte, inclusive
  double zero_to_one = 0, one_to_zero = 0;
  double fails_up_to = 0;  // V / Vmin; infinite for always
  int line = 0;
};

// In order of bits, without overlap.
std::vector<MapEntry> read_map_file(const std::string& path, std::uint64_t bytes);

// The map at a voltage. `words` says in which cells the memory's bits lie.
FaultMap map_at(const std::vector<MapEntry>& entries, double voltage_ratio,
                const CellLayout& words);

}  // namespace mantissa::faults
