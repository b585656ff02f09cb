// SPDX-License-Identifier: Apache-2.0
// Which tables to merge, by the four rules of MicroRec (MLSys 2021, arXiv 2010.05894):
//
//   R1  only the n smallest tables are candidates
//   R2  they are merged in pairs only
//   R3  the smallest candidate with the largest, the second smallest with the second largest, ...
//   R4  the smallest tables after merging go on chip, `slots` to a bank and as far as they fit, and
//       while the bank takes no longer than the slowest channel; the rest to HBM and DDR
//
// for n = 0, 2, 4, ...: the layout with the least time wins, of equal ones that with the least
// storage. O(N^2) for N tables.
//
//   const Layout layout = heuristic_layout(set, costs, {2});
//
// Errors: embedding.table-too-large, embedding.capacity when no n gives a layout.
#pragma once

#include "workloads/inference/microrec/layout.h"

namespace mantissa::workloads::microrec {

struct HeuristicOptions {
  std::size_t slots = 2;  // tables of an on-chip bank; published layouts: 2 (small), 4 (large)
  bool merge = true;      // false: n = 0 alone
};

Layout heuristic_layout(const TableSet& set, const LookupCosts& costs,
                        const HeuristicOptions& options);

// Throws why not even single tables fit: a table larger than every channel, or all together by how
// much and which are the largest.
[[noreturn]] void refuse_tables(const TableSet& set, const LookupCosts& costs);

}  // namespace mantissa::workloads::microrec
