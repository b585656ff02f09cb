// SPDX-License-Identifier: Apache-2.0
// What one channel did. Counts are exact; times are cycles of the command clock.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "memory/dram/constraints.h"

namespace mantissa::memory::dram {

// Latencies of one kind of request, one bin per cycle; the last bin holds all longer ones.
class LatencyHistogram {
 public:
  static constexpr std::size_t bins = 1 << 16;

  void add(Cycle latency) {
    const std::size_t bin = latency < bins ? latency : bins - 1;
    if (bin >= counts_.size()) counts_.resize(bin < bins / 4 ? 2 * bin + 64 : bins);
    ++counts_[bin];
    ++count_;
    sum_ += latency;
    if (latency < least_) least_ = latency;
    if (latency > most_) most_ = latency;
  }
  void merge(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  double mean() const;
  Cycle least() const { return count_ == 0 ? 0 : least_; }
  Cycle most() const { return most_; }
  // The least latency that at least this share of the requests does not exceed; exact below the
  // last bin, `most()` in it. 0 < share <= 1.
  Cycle percentile(double share) const;
  const std::vector<std::uint64_t>& counts() const { return counts_; }

 private:
  std::vector<std::uint64_t> counts_;  // as far as was needed
  std::uint64_t count_ = 0, sum_ = 0;
  Cycle least_ = ~0ull, most_ = 0;
};

// What a rank draws its background current for.
enum class RankState : std::uint8_t {
  active_standby,
  precharge_standby,
  active_power_down,
  precharge_power_down,
  self_refresh,
};
constexpr std::size_t rank_states = 5;
const char* name(RankState state);

struct ChannelStatistics {
  std::uint64_t reads = 0, writes = 0;  // requests answered, the two below included
  std::uint64_t forwarded = 0;          // reads answered from the write queue
  std::uint64_t merged = 0;             // writes that replaced a queued one
  // By what their column command found: its row open; its bank closed; another row open.
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
  std::array<std::uint64_t, command_kinds> commands{};
  Cycle bus_busy = 0;                   // the data bus moved bytes
  std::array<Cycle, waits> bus_idle{};  // between bursts, by what the next burst had waited for
  Cycle last_data = 0;                  // first cycle after the last data
  std::array<Cycle, rank_states> rank_time{};    // summed over ranks
  LatencyHistogram read_latency, write_latency;  // acceptance to last data
  std::uint64_t wait_before_acceptance = 0;      // summed, arrival to acceptance

  std::uint64_t count(CommandKind kind) const { return commands[static_cast<std::size_t>(kind)]; }
  std::uint64_t command_count() const;
  void merge(const ChannelStatistics& other);  // sums; last_data is the later one
};

// Why a data bus did not move more: the largest cause of its idle time, or the bus itself if it was
// busy all but one part in twenty of the time.
Wait bound_by(Cycle busy, const std::array<Cycle, waits>& idle);

}  // namespace mantissa::memory::dram
