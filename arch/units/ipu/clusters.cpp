// SPDX-License-Identifier: Apache-2.0
#include "arch/units/ipu/clusters.h"

#include <algorithm>

#include "base/error.h"

namespace mantissa::arch {

Clusters::Clusters(std::uint64_t units, std::uint64_t cluster, std::uint64_t buffer,
                   std::uint64_t interval)
    : cluster_(cluster),
      clusters_(units / cluster),
      buffer_(buffer),
      interval_(interval),
      done_(buffer * (units / cluster)) {
  MANTISSA_CHECK(units % cluster == 0, "clusters of unequal size");
}

void Clusters::step(const std::uint32_t* cycles) {
  // The place in the buffer that this operation takes, and that of the one before it.
  std::uint64_t* place = done_.data() + steps_ % buffer_ * clusters_;
  const std::uint64_t* before = done_.data() + (steps_ + buffer_ - 1) % buffer_ * clusters_;
  if (steps_ > 0) sent_ += interval_;
  for (std::uint64_t g = 0; g < clusters_; ++g) sent_ = std::max(sent_, place[g]);
  for (std::uint64_t g = 0; g < clusters_; ++g, cycles += cluster_) {
    const std::uint32_t slowest = *std::max_element(cycles, cycles + cluster_);
    place[g] = std::max(sent_, before[g]) + slowest;
    end_ = std::max(end_, place[g]);
  }
  ++steps_;
}

}  // namespace mantissa::arch
