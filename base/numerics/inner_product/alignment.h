// SPDX-License-Identifier: Apache-2.0
// The exponent handling unit (EHU): from the exponents of one operation's operands to the shift of
// every lane and the number of cycles.
//
//   1  c[k] = exponent of a[k] + exponent of b[k] (+ the scales of their blocks)
//   2  greatest = max of c[k] over valid lanes
//   3  alignment[k] = greatest - c[k]
//   4  lanes aligned by more than the software precision are dropped
//   5  multi_cycle: partition[k] = floor(alignment / sp), shift[k] = alignment - partition * sp;
//      partition q is served in cycle q of every iteration
//
// A lane is valid if both operands are finite and, with mask_zeros, neither is zero.
//
//   window 14 (sp = 5), exponents 10, 2, 3, 8 -> alignments 0, 8, 7, 2 -> two cycles, {A, D} with
//   shifts 0, 2 and {B, C} with shifts 3, 2
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product {

// The partition of a kept lane.
int partition_of(const IpuParameters& parameters, int alignment);

struct LaneAlignment {
  bool kept = false;
  int partition = 0;
  int shift = 0;  // inside the window
};

struct AlignedLanes {
  bool any = false;  // at least one lane is valid
  int greatest = 0;  // exponent; only where there is one
  std::vector<LaneAlignment> lanes;
  std::vector<int> served;  // partitions in the order of their cycles
};

// `scale`: added to every c[k]; exponents of the blocks' scales (MX formats), otherwise 0.
AlignedLanes align(const IpuParameters& parameters, const std::vector<Operand>& a,
                   const std::vector<Operand>& b, int scale = 0);

}  // namespace mantissa::numerics::inner_product
