// SPDX-License-Identifier: Apache-2.0
// When each command becomes legal: the rules of constraints.h, applied command by command.
//
// A time and the reason for it are one integer, `cycle << 4 | wait`: the latest of several rules is
// their maximum, and says which rule it was at no cost.
//
//   ReadyTimes ready(organization, timing, mask_of(Target::activate) | mask_of(Target::read));
//   ready.apply(CommandKind::activate, bank, t);
//   cycle_of(ready.bank(Target::read, bank))   // first cycle in which RD is legal
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "memory/dram/constraints.h"

namespace mantissa::memory::dram {

using Ready = std::uint64_t;
constexpr unsigned wait_bits = 4;
static_assert(waits <= (1u << wait_bits));
constexpr Cycle cycle_of(Ready ready) { return ready >> wait_bits; }
constexpr Wait wait_of(Ready ready) { return static_cast<Wait>(ready & ((1u << wait_bits) - 1u)); }

// Commands whose legality is told apart: with and without auto-precharge is the same.
enum class Target : std::uint8_t {
  activate,
  precharge,
  read,
  write,
  refresh_bank,
  refresh,
  power_down_enter,
  power_down_exit,
  self_refresh_enter,
  self_refresh_exit,
};
constexpr std::size_t targets = 10;
constexpr std::uint32_t mask_of(Target target) { return 1u << static_cast<unsigned>(target); }
Target target_of(CommandKind kind);

class ReadyTimes {
 public:
  // `used`: a mask of the targets that anybody will ask for.
  ReadyTimes(const Organization& organization, const Timing& timing, std::uint32_t used);

  // A command to one bank of the channel (rank x banks per rank + bank).
  Ready bank(Target target, std::uint32_t bank) const {
    return std::max(of_banks(target)[bank], rank(target, where_[bank].rank));
  }
  // A command to a whole rank, where no bank has a say of its own.
  Ready rank(Target target, std::uint32_t rank) const {
    return ready_[base(target) + banks_ + rank];
  }
  // What the banks of the channel and their bank groups say, without their ranks; and the ranks.
  const Ready* of_banks(Target target) const { return &ready_[base(target)]; }
  const Ready* of_ranks(Target target) const { return &ready_[base(target) + banks_]; }

  // The command was sent in cycle t. `bank`: of the channel; any bank of the rank for rank
  // commands.
  void apply(CommandKind kind, std::uint32_t bank, Cycle t) {
    Rules& rules = rules_[static_cast<std::size_t>(kind)];
    const Where& w = where_[bank];
    const Ready now = t << wait_bits;
    Ready* const ready = ready_.data();
    const std::array<std::uint32_t, 2> place = {bank, w.rank};
    const Rule* rule = rules.all.data();
    const Rule* end = rule + rules.of_bank_or_rank;
    for (; rule != end; ++rule) raise(ready[rule->base + place[rule->of_rank]], now + rule->delay);
    for (end += rules.of_group; rule != end; ++rule)
      for (std::uint32_t b = 0; b < group_size_; ++b)
        raise(ready[rule->base + w.group + b], now + rule->delay);
    for (end += rules.of_other_ranks; rule != end; ++rule)
      for (std::uint32_t r = 0; r < ranks_; ++r)
        if (r != w.rank) raise(ready[rule->base + r], now + rule->delay);
    for (Window& window : rules.windows) raise(ready[window.base + w.rank], window.add(w.rank, t));
  }
  // A mask of the targets that other banks may have to wait for after this command.
  std::uint32_t affects(CommandKind kind) const;

 private:
  struct Where {
    std::uint32_t group = 0;  // its first bank
    std::uint32_t rank = 0;
  };
  struct Rule {
    std::uint32_t base;  // in ready_, of the target and level
    std::uint16_t target;
    std::uint16_t of_rank;  // 1: of the rank, not of the bank
    Ready delay;            // cycles and wait, packed
  };
  // The last n commands of each rank, oldest next to be replaced.
  struct Window {
    std::uint32_t base, target, length;
    Ready delay;
    std::vector<Cycle> last;  // rank x length; `never` before the first
    std::vector<std::uint32_t> oldest;
    static constexpr Cycle never = ~0ull;
    // The first cycle in which one more fits, and the reason.
    Ready add(std::uint32_t rank, Cycle t) {
      Cycle* const times = &last[static_cast<std::size_t>(rank) * length];
      std::uint32_t& next = oldest[rank];
      times[next] = t;
      next = next + 1 == length ? 0 : next + 1;
      return times[next] == never ? 0 : (times[next] << wait_bits) + delay;
    }
  };
  struct Rules {
    std::vector<Rule> all;  // in this order
    std::uint32_t of_bank_or_rank = 0, of_group = 0, of_other_ranks = 0;
    std::vector<Window> windows;
  };
  std::uint32_t base(Target target) const { return static_cast<std::uint32_t>(target) * stride_; }
  static void raise(Ready& ready, Ready to) { ready = std::max(ready, to); }

  std::uint32_t banks_, ranks_, group_size_, stride_;
  std::array<Rules, command_kinds> rules_;
  std::vector<Where> where_;  // by bank of the channel
  std::vector<Ready> ready_;  // by target: banks, ranks
};

}  // namespace mantissa::memory::dram
