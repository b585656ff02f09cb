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

// The targets that commands of a kind usually bind, by level. Their rules have a fixed place, so
// that a command raises them without a loop; others stand in lists.
struct FixedRules {
  std::uint32_t of_bank = 0, of_group = 0, of_rank = 0;  // masks
};
constexpr FixedRules fixed_rules(CommandKind kind) {
  constexpr std::uint32_t activate = mask_of(Target::activate), read = mask_of(Target::read),
                          precharge = mask_of(Target::precharge), write = mask_of(Target::write),
                          refresh = mask_of(Target::refresh);
  switch (kind) {
    case CommandKind::activate:
      return {activate | precharge | read | write, activate, activate | refresh};
    case CommandKind::precharge:
      return {activate, 0, refresh};
    case CommandKind::read:
      return {precharge, read, read | write};
    case CommandKind::read_a:
      return {activate, read, read | write | refresh};
    case CommandKind::write:
      return {precharge, read | write, read | write};
    case CommandKind::write_a:
      return {activate, read | write, read | write | refresh};
    default:
      return {};
  }
}

class ReadyTimes {
 public:
  // `used`: a mask of the targets that anybody will ask for.
  ReadyTimes(const Organization& organization, const Timing& timing, std::uint32_t used);

  // A command to one bank of the channel (rank x banks per rank + bank).
  Ready bank(Target target, std::uint32_t bank) const {
    return std::max(of_banks(target)[bank], rank(target, rank_of_[bank]));
  }
  // A command to a whole rank, where no bank has a say of its own.
  Ready rank(Target target, std::uint32_t rank) const { return ranks_[index(target)][rank]; }
  // What the banks of the channel and their bank groups say, without their ranks.
  const Ready* of_banks(Target target) const { return banks_[index(target)].data(); }

  // The command was sent in cycle t. `bank`: of the channel; any bank of the rank for rank
  // commands. Where a fixed rule is missing, a time is raised to t itself: that changes nothing.
  template <CommandKind kind>
  void apply(std::uint32_t bank, Cycle t) {
    constexpr FixedRules fixed = fixed_rules(kind);
    Rules& rules = rules_[static_cast<std::size_t>(kind)];
    const Ready now = t << wait_bits;
    const std::uint32_t rank = rank_of_[bank];
    each<fixed.of_bank>(
        [&](std::size_t target) { raise(banks_[target][bank], now + rules.of_bank[target]); });
    each<fixed.of_rank>(
        [&](std::size_t target) { raise(ranks_[target][rank], now + rules.of_rank[target]); });
    each<fixed.of_group>([&](std::size_t target) {
      const Ready to = now + rules.of_group[target];
      Ready* const group = &banks_[target][bank & ~(group_size_ - 1)];
      for (std::uint32_t b = 0; b < group_size_; ++b) raise(group[b], to);
    });
    if (kind == CommandKind::activate)
      for (Window& window : rules.windows)
        raise(ranks_[window.target][rank], window.add(rank, now));
    if (rules.listed) apply_listed(rules, bank, rank, now);
  }
  void apply(CommandKind kind, std::uint32_t bank, Cycle t);
  // A mask of the targets that other banks may have to wait for after this command.
  std::uint32_t affects(CommandKind kind) const;

 private:
  struct Rule {
    std::size_t target;
    Ready delay;  // cycles and wait, packed
  };
  // The last n commands of each rank, oldest next to be replaced.
  struct Window {
    std::size_t target;
    std::uint32_t length;
    Ready delay;
    std::vector<Ready> free_at{};  // rank x length: when each no longer counts
    std::vector<std::uint32_t> oldest{};
    // The first cycle in which one more fits, and the reason.
    Ready add(std::uint32_t rank, Ready now) {
      Ready* const times = &free_at[static_cast<std::size_t>(rank) * length];
      const std::uint32_t last = oldest[rank];
      const std::uint32_t next = (last + 1) * static_cast<std::uint32_t>(last + 1 != length);
      times[last] = now + delay;
      oldest[rank] = next;
      return times[next];
    }
  };
  struct Rules {
    std::array<Ready, targets> of_bank{}, of_group{}, of_rank{};  // the fixed ones
    bool listed = false;                                          // there are others:
    std::vector<Rule> bank_list, group_list, rank_list, other_ranks_list;
    std::vector<Window> windows;
  };
  static constexpr std::size_t most_banks = 64;

  static std::size_t index(Target target) { return static_cast<std::size_t>(target); }
  static void raise(Ready& ready, Ready to) { ready = std::max(ready, to); }
  template <std::uint32_t mask, std::size_t target = 0, class Do>
  static void each(const Do& what) {
    if constexpr ((mask >> target & 1u) != 0) what(target);
    if constexpr ((mask >> target) > 1u) each<mask, target + 1>(what);
  }
  void apply_listed(const Rules& rules, std::uint32_t bank, std::uint32_t rank, Ready now);

  std::uint32_t group_size_, rank_count_;  // a group's banks: a power of two
  std::array<Rules, command_kinds> rules_;
  std::array<std::uint8_t, most_banks> rank_of_{};  // by bank of the channel
  std::array<std::array<Ready, most_banks>, targets> banks_{}, ranks_{};
};

}  // namespace mantissa::memory::dram
