// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/ready_times.h"

#include "base/error.h"

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
    : group_size_(static_cast<std::uint32_t>(o.banks)),
      rank_count_(static_cast<std::uint32_t>(o.ranks)) {
  MANTISSA_CHECK(o.banks_per_channel() <= static_cast<std::int64_t>(most_banks),
                 "more banks in a channel than its tables hold");
  for (std::int64_t b = 0; b < o.banks_per_channel(); ++b)
    rank_of_[static_cast<std::size_t>(b)] = static_cast<std::uint8_t>(b / o.banks_per_rank());

  const auto table = constraints(o, timing);
  // A rule for one bank or bank group cannot bind where the whole rank has to wait as long.
  const auto needless = [&](const Constraint& c) {
    if (c.level != Level::bank && c.level != Level::bank_group) return false;
    return std::any_of(table.begin(), table.end(), [&](const Constraint& other) {
      return other.level == Level::rank && other.window == 1 && other.before == c.before &&
             target_of(other.after) == target_of(c.after) && other.cycles >= c.cycles;
    });
  };
  for (const Constraint& c : table) {
    const Target target = target_of(c.after);
    if ((used & mask_of(target)) == 0 || needless(c)) continue;
    Rules& rules = rules_[static_cast<std::size_t>(c.before)];
    const FixedRules fixed = fixed_rules(c.before);
    const std::size_t t = index(target);
    const Ready delay = (static_cast<Ready>(c.cycles) << wait_bits) | static_cast<Ready>(c.wait);
    if (c.window > 1) {
      MANTISSA_CHECK(c.before == CommandKind::activate, "a window of something but activates");
      rules.windows.push_back({t, c.window, delay, std::vector<Ready>(rank_count_ * c.window),
                               std::vector<std::uint32_t>(rank_count_)});
      continue;
    }
    const auto add = [&](std::uint32_t mask, std::array<Ready, targets>& place,
                         std::vector<Rule>& list) {
      if ((mask & mask_of(target)) != 0) return raise(place[t], delay);
      list.push_back({t, delay});
      rules.listed = true;
    };
    switch (c.level) {
      case Level::bank:
        add(fixed.of_bank, rules.of_bank, rules.bank_list);
        break;
      case Level::bank_group:
        add(fixed.of_group, rules.of_group, rules.group_list);
        break;
      case Level::rank:
        add(fixed.of_rank, rules.of_rank, rules.rank_list);
        break;
      case Level::other_ranks:
        add(0, rules.of_rank, rules.other_ranks_list);
        break;
    }
  }
}

void ReadyTimes::apply_listed(const Rules& rules, std::uint32_t bank, std::uint32_t rank,
                              Ready now) {
  for (const Rule& rule : rules.bank_list) raise(banks_[rule.target][bank], now + rule.delay);
  for (const Rule& rule : rules.rank_list) raise(ranks_[rule.target][rank], now + rule.delay);
  const std::uint32_t first = bank & ~(group_size_ - 1);
  for (const Rule& rule : rules.group_list)
    for (std::uint32_t b = first; b < first + group_size_; ++b)
      raise(banks_[rule.target][b], now + rule.delay);
  for (const Rule& rule : rules.other_ranks_list)
    for (std::uint32_t r = 0; r < rank_count_; ++r)
      if (r != rank) raise(ranks_[rule.target][r], now + rule.delay);
}

void ReadyTimes::apply(CommandKind kind, std::uint32_t bank, Cycle t) {
  switch (kind) {
    case CommandKind::activate:
      return apply<CommandKind::activate>(bank, t);
    case CommandKind::precharge:
      return apply<CommandKind::precharge>(bank, t);
    case CommandKind::read:
      return apply<CommandKind::read>(bank, t);
    case CommandKind::read_a:
      return apply<CommandKind::read_a>(bank, t);
    case CommandKind::write:
      return apply<CommandKind::write>(bank, t);
    case CommandKind::write_a:
      return apply<CommandKind::write_a>(bank, t);
    default:
      apply_listed(rules_[static_cast<std::size_t>(kind)], bank, rank_of_[bank], t << wait_bits);
  }
}

std::uint32_t ReadyTimes::affects(CommandKind kind) const {
  std::uint32_t mask = 0;
  const Rules& rules = rules_[static_cast<std::size_t>(kind)];
  for (std::size_t t = 0; t < targets; ++t)
    if (rules.of_group[t] != 0 || rules.of_rank[t] != 0) mask |= 1u << t;
  for (const auto* list : {&rules.group_list, &rules.rank_list, &rules.other_ranks_list})
    for (const Rule& rule : *list) mask |= 1u << rule.target;
  for (const Window& window : rules.windows) mask |= 1u << window.target;
  return mask;
}

}  // namespace mantissa::memory::dram
