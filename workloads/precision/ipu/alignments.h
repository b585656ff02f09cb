// SPDX-License-Identifier: Apache-2.0
// Exponent differences of many operations: how far every product lies below the greatest one of its
// operation, in bits. What decides about the cycles of multi-cycle alignment.
//
//   alignment[k] = max over valid lanes of (ea + eb)  -  (ea[k] + eb[k]),     0..58 for FP16
//
// Lanes with a zero are not valid and have no alignment (numerics/inner_product/alignment.h).
//
//   const Alignments x(operations);
//   x.histogram();                     // products by alignment
//   partitions(parameters, x);         // cycles per iteration of every operation
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/parameters.h"
#include "workloads/precision/ipu/operations.h"

namespace mantissa::workloads::ipu {

class Alignments {
 public:
  static constexpr int most = 58;  // 2^30 beside 2^-28
  static constexpr std::uint8_t none = 255;

  explicit Alignments(const Operations& operations);

  std::size_t operations() const { return values_.size() / lanes_; }
  // The farthest one that is at most `software_precision`; -1: no valid lane.
  int farthest(std::size_t operation, int software_precision) const;
  // Valid products by alignment, most + 1 counts.
  std::vector<std::uint64_t> histogram() const;

 private:
  std::size_t lanes_;
  std::vector<std::uint8_t> values_;  // [operation][lane]
};

// As numerics/inner_product/timing.h counts them: 0 for an operation without a valid lane. Empty
// partitions are not skipped.
std::vector<std::uint16_t> partitions(const numerics::inner_product::IpuParameters& parameters,
                                      const Alignments& alignments);

// Share of the valid products that are aligned by more than `bits`, 0..1; 0 when there are none.
double share_beyond(const std::vector<std::uint64_t>& histogram, int bits);

}  // namespace mantissa::workloads::ipu
