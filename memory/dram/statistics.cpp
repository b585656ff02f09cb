// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mantissa::memory::dram {

const char* name(RankState state) {
  static constexpr std::array<const char*, rank_states> names = {
      "active_standby", "precharge_standby", "active_power_down", "precharge_power_down",
      "self_refresh"};
  return names[static_cast<std::size_t>(state)];
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (counts_.size() < other.counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
}

double LatencyHistogram::mean() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

Cycle LatencyHistogram::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < std::min(counts_.size(), bins - 1); ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen > 0) return i;
  }
  return most_;
}

std::uint64_t ChannelStatistics::command_count() const {
  std::uint64_t sum = 0;
  for (const auto count : commands) sum += count;
  return sum;
}

void ChannelStatistics::merge(const ChannelStatistics& o) {
  reads += o.reads;
  writes += o.writes;
  forwarded += o.forwarded;
  merged += o.merged;
  row_hits += o.row_hits;
  row_misses += o.row_misses;
  row_conflicts += o.row_conflicts;
  for (std::size_t i = 0; i < command_kinds; ++i) commands[i] += o.commands[i];
  bus_busy += o.bus_busy;
  for (std::size_t i = 0; i < waits; ++i) bus_idle[i] += o.bus_idle[i];
  last_data = std::max(last_data, o.last_data);
  for (std::size_t i = 0; i < rank_states; ++i) rank_time[i] += o.rank_time[i];
  read_latency.merge(o.read_latency);
  write_latency.merge(o.write_latency);
  wait_before_acceptance += o.wait_before_acceptance;
}

Wait bound_by(Cycle busy, const std::array<Cycle, waits>& idle) {
  const Cycle whole = std::accumulate(idle.begin(), idle.end(), busy);
  if (busy * 20 >= whole * 19) return Wait::bus;
  return static_cast<Wait>(std::max_element(idle.begin(), idle.end()) - idle.begin());
}

}  // namespace mantissa::memory::dram
