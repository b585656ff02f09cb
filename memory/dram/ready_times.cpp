// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/ready_times.h"

namespace mantissa::memory::dram {
Target target_of(CommandKind kind) {
  switch (kind) {
    case CommandKind::activate:
      return Target::activate;
    case CommandKind::precharge:
    case CommandKind::precharge_all:
      return Target::precharge;
    case CommandKind::read:
    case CommandKind::read_a:
      return Target::read;
    case CommandKind::write:
    case CommandKind::write_a:
      return Target::write;
    case CommandKind::refresh:
      return Target::refresh;
    case CommandKind::refresh_bank:
      return Target::refresh_bank;
    case CommandKind::power_down_enter:
      return Target::power_down_enter;
    case CommandKind::power_down_exit:
      return Target::power_down_exit;
    case CommandKind::self_refresh_enter:
      return Target::self_refresh_enter;
    case CommandKind::self_refresh_exit:
      return Target::self_refresh_exit;
  }
  return Target::activate;
}

ReadyTimes::ReadyTimes(const Organization& o, const Timing& timing, std::uint32_t used)
    : banks_(static_cast<std::uint32_t>(o.banks_per_channel())),
      ranks_(static_cast<std::uint32_t>(o.ranks)),
      group_size_(static_cast<std::uint32_t>(o.banks)),
      stride_(banks_ + ranks_) {
  const auto per_rank = static_cast<std::uint32_t>(o.banks_per_rank());
  for (std::uint32_t b = 0; b < banks_; ++b)
    where_.push_back({b / group_size_ * group_size_, b / per_rank});
  ready_.resize(stride_ * targets);

  const auto table = constraints(o, timing);
  // A rule for one bank or bank group cannot bind where the whole rank has to wait as long.
  const auto needless = [&](const Constraint& c) {
    if (c.level != Level::bank && c.level != Level::bank_group) return false;
    return std::any_of(table.begin(), table.end(), [&](const Constraint& other) {
      return other.level == Level::rank && other.window == 1 && other.before == c.before &&
             target_of(other.after) == target_of(c.after) && other.cycles >= c.cycles;
    });
  };
  for (const Level level : {Level::bank, Level::rank, Level::bank_group, Level::other_ranks})
    for (const Constraint& c : table) {
      const Target target = target_of(c.after);
      if (c.level != level || (used & mask_of(target)) == 0 || needless(c)) continue;
      Rules& rules = rules_[static_cast<std::size_t>(c.before)];
      const bool of_rank = level == Level::rank || level == Level::other_ranks;
      const std::uint32_t at = base(target) + (of_rank ? banks_ : 0);
      std::uint32_t& count = level == Level::bank_group    ? rules.of_group
                             : level == Level::other_ranks ? rules.of_other_ranks
                                                           : rules.of_bank_or_rank;
      const Ready delay = (static_cast<Ready>(c.cycles) << wait_bits) | static_cast<Ready>(c.wait);
      const auto number = static_cast<std::uint16_t>(target);
      if (c.window > 1) {
        rules.windows.push_back({at, number, c.window, delay,
                                 std::vector<Cycle>(ranks_ * c.window, Window::never),
                                 std::vector<std::uint32_t>(ranks_)});
        continue;
      }
      // With and without auto-precharge, one bank and all: the table names both, here they are one.
      const bool known = std::any_of(rules.all.end() - count, rules.all.end(), [&](const Rule& r) {
        return r.base == at && r.delay == delay;
      });
      if (known) continue;
      rules.all.push_back({at, number, of_rank, delay});
      ++count;
    }
}

std::uint32_t ReadyTimes::affects(CommandKind kind) const {
  std::uint32_t mask = 0;
  const Rules& rules = rules_[static_cast<std::size_t>(kind)];
  for (std::size_t i = 0; i < rules.all.size(); ++i)
    if (i >= rules.of_bank_or_rank || rules.all[i].of_rank != 0) mask |= 1u << rules.all[i].target;
  for (const Window& window : rules.windows) mask |= 1u << window.target;
  return mask;
}

}  // namespace mantissa::memory::dram
