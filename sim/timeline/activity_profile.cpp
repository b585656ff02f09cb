// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/activity_profile.h"

#include <algorithm>

namespace mantissa::sim {

void ActivityProfile::widen() {
  width_ = width_ * 2;
  for (std::size_t i = 0; i < active_.size(); i += 2)
    active_[i / 2] = active_[i] + (i + 1 < active_.size() ? active_[i + 1] : 0);
  active_.resize((active_.size() + 1) / 2);
}

void ActivityProfile::add(Cycles start, Cycles end) {
  if (end <= start) return;
  while (end.value > width_.value * windows) widen();
  const std::uint64_t width = width_.value;
  const std::size_t last = static_cast<std::size_t>((end.value - 1) / width);
  if (active_.size() <= last) active_.resize(last + 1, 0);
  for (std::size_t i = start.value / width; i <= last; ++i) {
    const std::uint64_t begin = std::max<std::uint64_t>(start.value, i * width);
    const std::uint64_t stop = std::min<std::uint64_t>(end.value, (i + 1) * width);
    active_[i] += stop - begin;
  }
}

}  // namespace mantissa::sim
