// SPDX-License-Identifier: Apache-2.0
// How long a tile of inner-product units takes whose units stall in clusters (arch/units/ipu/
// clusters.h), beside one whose adder tree is wide enough never to stall.
//
// Operations are dealt to the units in their order: unit u of step s has operation s * units + u.
// A last step that is not full is left out. Broadcasts are at least the 9 cycles of an FP16
// operation in nibbles apart, also where every lane of a step has a zero.
//
//   const TileTime t = tile_time(partitions, 64, 8, 4);
//   t.cluster;         // 1: as fast as the wide tree
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::workloads::ipu {

struct TileTime {
  double mean = 1;     // E[c]: cycles of one unit, by those of an operation that does not stall
  double cluster = 1;  // T: of the tile, per step
  double slowest = 1;  // E[max over the tile of c], a broadcast at least
};

// `partitions`: cycles per iteration (alignments.h). At least `units` of them; `cluster` divides
// `units`; `buffer`: operations that a cluster may be behind.
TileTime tile_time(const std::vector<std::uint16_t>& partitions, std::int64_t units,
                   std::int64_t cluster, std::int64_t buffer);

}  // namespace mantissa::workloads::ipu
