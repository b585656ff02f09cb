// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/alignment.h"

#include <algorithm>

namespace mantissa::numerics::inner_product {
namespace {

bool is_valid(const IpuParameters& p, const Operand& a, const Operand& b) {
  if (a.special != Special::none || b.special != Special::none) return false;
  return !p.mask_zeros || (a.significand != 0 && b.significand != 0);
}

}  // namespace

int partition_of(const IpuParameters& p, int alignment) {
  if (p.alignment == Alignment::single_cycle) return 0;
  if (p.edge == PartitionEdge::exclusive) return alignment / p.safe_precision();
  return alignment == 0 ? 0 : (alignment - 1) / p.safe_precision();
}

AlignedLanes align(const IpuParameters& p, const std::vector<Operand>& a,
                   const std::vector<Operand>& b, int scale) {
  AlignedLanes out;
  out.lanes.resize(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!is_valid(p, a[k], b[k])) continue;
    const int c = a[k].exponent + b[k].exponent + scale;
    out.greatest = out.any ? std::max(out.greatest, c) : c;
    out.any = true;
  }
  int last = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!is_valid(p, a[k], b[k])) continue;
    const int alignment = out.greatest - (a[k].exponent + b[k].exponent + scale);
    if (alignment > p.software_precision) continue;
    LaneAlignment& lane = out.lanes[k];
    lane.kept = true;
    lane.partition = partition_of(p, alignment);
    lane.shift = alignment -
                 (p.alignment == Alignment::multi_cycle ? lane.partition * p.safe_precision() : 0);
    last = std::max(last, lane.partition);
  }
  for (int q = 0; out.any && q <= last; ++q) {
    const bool empty = std::none_of(out.lanes.begin(), out.lanes.end(), [q](const auto& lane) {
      return lane.kept && lane.partition == q;
    });
    if (!empty || !p.skip_empty_partitions) out.served.push_back(q);
  }
  return out;
}

}  // namespace mantissa::numerics::inner_product
