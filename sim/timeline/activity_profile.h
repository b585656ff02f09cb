// SPDX-License-Identifier: Apache-2.0
// How busy something was over time, in bounded memory whatever the length of the run.
//
// Time is cut into windows of equal width. When a slice ends beyond the last window, the width
// doubles and neighbours are merged, so at most `windows` counters are ever held.
#pragma once

#include <cstdint>
#include <vector>

#include "base/units.h"

namespace mantissa::sim {

class ActivityProfile {
 public:
  static constexpr std::size_t windows = 1024;

  void add(Cycles start, Cycles end);

  Cycles width() const { return width_; }
  // Cycles of activity in each window, up to the last one touched. Slices that overlap count twice.
  const std::vector<std::uint64_t>& active() const { return active_; }

 private:
  void widen();

  Cycles width_{64};
  std::vector<std::uint64_t> active_;
};

}  // namespace mantissa::sim
