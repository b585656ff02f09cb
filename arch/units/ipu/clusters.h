// SPDX-License-Identifier: Apache-2.0
// The clusters of a tile of inner-product units, operation after operation.
//
// One operation of every unit is broadcast per step. The units of a cluster stall together: the
// cluster takes as long as its slowest member. Each cluster has a buffer of B operations, so that
// clusters drift apart; an operation leaves its place when it is done, and broadcasting waits while
// any cluster's buffer is full. In cycles, of step s and cluster g:
//
//   sent[s]   = max(sent[s-1] + interval, max over g of done[g][s - B])
//   done[g][s] = max(sent[s], done[g][s-1]) + max over members of their cycles
//
// With B = 1 every cluster waits for the slowest unit of the tile; with B unlimited a cluster's
// mean is that of its own slowest member.
//
//   Clusters clusters(64, 8, 4, 1);
//   clusters.step(cycles.data());   // of 64 units
//   clusters.end();
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::arch {

class Clusters {
 public:
  // `cluster` divides `units`; `interval`: cycles from one broadcast to the next at least.
  Clusters(std::uint64_t units, std::uint64_t cluster, std::uint64_t buffer,
           std::uint64_t interval);

  void step(const std::uint32_t* cycles);
  std::uint64_t steps() const { return steps_; }
  std::uint64_t end() const { return end_; }

 private:
  std::uint64_t cluster_, clusters_, buffer_, interval_;
  std::uint64_t steps_ = 0, sent_ = 0, end_ = 0;
  std::vector<std::uint64_t> done_;  // [step % buffer][cluster]
};

}  // namespace mantissa::arch
