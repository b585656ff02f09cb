// SPDX-License-Identifier: Apache-2.0
// The rare part: construction, refresh, power-down, and the books of ranks.
#include <algorithm>

#include "base/error.h"
#include "memory/dram/engine.h"

namespace mantissa::memory::dram {

namespace {

// Commands that are never sent need no rules.
std::uint32_t used_targets(const DramConfig& c) {
  std::uint32_t used = mask_of(Target::activate) | mask_of(Target::precharge) |
                       mask_of(Target::read) | mask_of(Target::write);
  if (c.refresh.mode == RefreshMode::all_bank) used |= mask_of(Target::refresh);
  if (c.refresh.mode == RefreshMode::per_bank) used |= mask_of(Target::refresh_bank);
  if (c.power_down.after > 0)
    used |= mask_of(Target::power_down_enter) | mask_of(Target::power_down_exit);
  if (c.power_down.self_refresh > 0)
    used |= mask_of(Target::self_refresh_enter) | mask_of(Target::self_refresh_exit);
  return used;
}

}  // namespace

Engine::Engine(const DramConfig& c)
    : timing_(c.timing),
      scheduling_(c.controller.scheduling),
      page_policy_(c.controller.page_policy),
      refresh_(c.refresh),
      power_down_(c.power_down),
      banks_(static_cast<std::uint32_t>(c.organization.banks_per_channel())),
      banks_per_rank_(static_cast<std::uint32_t>(c.organization.banks_per_rank())),
      queue_depth_(static_cast<std::size_t>(c.controller.transaction_queue)),
      bank_depth_(static_cast<std::size_t>(c.controller.bank_queue)),
      write_high_(static_cast<std::size_t>(c.controller.write_high)),
      write_low_(static_cast<std::size_t>(c.controller.write_low)),
      row_hit_limit_(static_cast<std::uint32_t>(c.controller.row_hit_limit)),
      separate_buses_(c.controller.separate_buses),
      refresh_interval_([&]() -> Cycle {
        if (c.refresh.mode == RefreshMode::none) return forever;
        if (c.refresh.mode == RefreshMode::all_bank) return static_cast<Cycle>(c.timing.REFI);
        return c.timing.REFIpb > 0
                   ? static_cast<Cycle>(c.timing.REFIpb)
                   : static_cast<Cycle>(c.timing.REFI) / c.organization.banks_per_rank();
      }()),
      refreshes_alone_(c.refresh.mode == RefreshMode::per_bank && c.organization.ranks == 1 &&
                       c.power_down.after == 0 && c.power_down.self_refresh == 0),
      ready_(c.organization, c.timing, used_targets(c)) {
  MANTISSA_CHECK(banks_ <= most_banks, "more banks in a channel than its masks hold");
  pool_.resize(2 * queue_depth_ + banks_ * bank_depth_);
  free_.reserve(pool_.size());
  for (auto entry = pool_.rbegin(); entry != pool_.rend(); ++entry) free_.push_back(&*entry);
  const auto ranks = static_cast<std::uint32_t>(c.organization.ranks);
  rank_.resize(ranks);
  bank_.resize(banks_);
  rows_queued_.resize(banks_);
  wanted_.fill(nothing);
  for (std::size_t k = 0; k < command_kinds; ++k)
    affects_[k] = (ready_.affects(static_cast<CommandKind>(k)) & (rank_stale - 1)) | rank_stale;
  for (std::uint32_t b = 0; b < banks_; ++b)
    rank_of_[b] = static_cast<std::uint8_t>(b / banks_per_rank_);
  banks_with_room_ = banks_ == 64 ? ~0ull : (1ull << banks_) - 1;
  if (refresh_.mode != RefreshMode::none)
    for (std::uint32_t r = 0; r < ranks; ++r) {
      rank_[r].refresh_due = refresh_interval_ * (r + 1) / ranks;
      refresh_due_ = std::min(refresh_due_, rank_[r].refresh_due);
    }
  ranks_want_ = power_down_.after > 0 || power_down_.self_refresh > 0;
}

void Inbox::grow() {
  std::vector<Request> larger(ring_.size() * 2);
  const std::size_t count = size();
  for (std::size_t i = 0; i < count; ++i) larger[i] = ring_[(head_ + i) & mask_];
  ring_ = std::move(larger);
  mask_ = ring_.size() - 1;
  head_ = 0;
  tail_ = count;
}

// 1. Refresh.
bool Engine::refresh_may_start() const {
  for (const Rank& rank : rank_)
    if (rank.owed > 0 && !rank.refreshing && (rank.owed > refresh_.postpone || rank.queued == 0))
      return true;
  return false;
}

void Engine::count_refreshes() {
  if (now_ >= refresh_due_) {
    refresh_due_ = forever;
    for (Rank& rank : rank_) {
      while (rank.refresh_due <= now_) {
        rank.refresh_due += refresh_interval_;
        if (rank.power != Power::self_refresh && rank.owed++ == 0) ++owing_;
      }
      refresh_due_ = std::min(refresh_due_, rank.refresh_due);
    }
  }
  if (owing_ == 0) return;
  for (std::uint32_t r = 0; r < rank_.size(); ++r) {
    Rank& rank = rank_[r];
    if (rank.owed == 0 || rank.refreshing) continue;
    if (rank.owed <= refresh_.postpone && rank.queued > 0) continue;
    rank.refreshing = true;
    ranks_want_ = true;
    block(r);
  }
}

// Without requests, nothing but refreshes happens: those that are over before `end` need no choice.
void Engine::refresh_idle(Cycle end) {
  if (owing_ > 0) return;
  Rank& rank = rank_.front();
  while (refresh_due_ < end) {
    const std::uint32_t b = rank.refresh_bank;
    const Cycle due = std::max(now_, refresh_due_);
    const bool open = bank_[b].open_row != no_row;
    const Cycle closed = open ? std::max(due, cycle_of(ready_.bank(Target::precharge, b))) : due;
    const Cycle at = std::max(closed + (open ? static_cast<Cycle>(timing_.RP) : 0),
                              cycle_of(ready_.bank(Target::refresh_bank, b)));
    if (at >= end) return;
    if (open) {
      now_ = closed;
      record<CommandKind::precharge>(b);
      close_row(b);
    }
    now_ = at;
    record(CommandKind::refresh_bank, b);
    ++now_;
    rank.refresh_bank = (b + 1) % banks_per_rank_;
    refresh_due_ = rank.refresh_due += refresh_interval_;
  }
}

Cycle Engine::all_precharge_ready(std::uint32_t r) const {
  // Banks that close by themselves, too: their rows are not closed yet.
  Cycle at = 0;
  for (std::uint32_t b = r * banks_per_rank_; b < (r + 1) * banks_per_rank_; ++b)
    at = std::max(at, cycle_of(ready_.bank(Target::precharge, b)));
  return at;
}

Engine::RankChoice Engine::rank_choice(std::uint32_t r) const {
  const Rank& rank = rank_[r];
  const auto at = [&](Cycle ready, CommandKind kind) {
    return RankChoice{std::max(ready, now_), r, kind};
  };
  const auto when = [&](Target target) { return cycle_of(ready_.rank(target, r)); };
  if (rank.power == Power::self_refresh)
    return rank.queued > 0 ? at(when(Target::self_refresh_exit), CommandKind::self_refresh_exit)
                           : RankChoice{};
  const Cycle sleep = power_down_.self_refresh > 0
                          ? rank.idle_since + static_cast<Cycle>(power_down_.self_refresh)
                          : forever;
  if (rank.power == Power::down) {
    const bool woken = rank.queued > 0 || rank.refreshing;
    if (!woken && sleep == forever) return {};
    const Cycle exit = when(Target::power_down_exit);
    return at(woken ? exit : std::max(exit, sleep), CommandKind::power_down_exit);
  }
  if (rank.refreshing) {
    if (refresh_.mode == RefreshMode::per_bank) {
      const std::uint32_t b = r * banks_per_rank_ + rank.refresh_bank;
      const bool closed = bank_[b].open_row == no_row;
      return at(cycle_of(ready_.bank(closed ? Target::refresh_bank : Target::precharge, b)),
                closed ? CommandKind::refresh_bank : CommandKind::precharge);
    }
    return rank.open_banks > 0 ? at(all_precharge_ready(r), CommandKind::precharge_all)
                               : at(when(Target::refresh), CommandKind::refresh);
  }
  if (rank.queued > 0) return {};
  // Asleep comes after down; a rank that may do both in one cycle sleeps.
  const Cycle down = power_down_.after > 0
                         ? std::max(rank.idle_since + static_cast<Cycle>(power_down_.after),
                                    when(Target::power_down_enter))
                         : forever;
  if (sleep != forever) {
    const bool open = rank.open_banks > 0;
    const Cycle ready = open ? all_precharge_ready(r) : when(Target::self_refresh_enter);
    const Cycle asleep = std::max(ready, sleep);
    if (now_ >= sleep || down >= sleep)
      return at(asleep, open ? CommandKind::precharge_all : CommandKind::self_refresh_enter);
  }
  return down == forever ? RankChoice{} : at(down, CommandKind::power_down_enter);
}

void Engine::send_rank(RankChoice choice) {
  const std::uint32_t r = choice.rank, first = r * banks_per_rank_;
  Rank& rank = rank_[r];
  switch (choice.kind) {
    case CommandKind::precharge:  // before a per-bank refresh
    case CommandKind::refresh_bank:
      record(choice.kind, first + rank.refresh_bank);
      if (choice.kind == CommandKind::precharge) {
        close_row(first + rank.refresh_bank);
        want(first + rank.refresh_bank);
        return;
      }
      want(first + rank.refresh_bank);
      rank.refresh_bank = (rank.refresh_bank + 1) % banks_per_rank_;
      break;
    case CommandKind::precharge_all:
      record(choice.kind, first);
      for (std::uint32_t b = first; b < first + banks_per_rank_; ++b)
        if (bank_[b].open_row != no_row) {
          close_row(b);
          want(b);
        }
      return;
    case CommandKind::refresh:
      record(choice.kind, first);
      break;
    default:
      record(choice.kind, first);
      if (choice.kind == CommandKind::self_refresh_exit) {
        // It has refreshed by itself: the interval begins anew.
        if (rank.owed > 0) --owing_;
        rank.owed = 0;
        rank.refresh_due = now_ + refresh_interval_;
        refresh_due_ = forever;
        for (const Rank& each : rank_) refresh_due_ = std::min(refresh_due_, each.refresh_due);
      }
      rank.power = choice.kind == CommandKind::power_down_enter     ? Power::down
                   : choice.kind == CommandKind::self_refresh_enter ? Power::self_refresh
                                                                    : Power::up;
      change_books(r);
      block(r);
      return;
  }
  // A refresh has begun: nothing more is owed for it.
  rank.refreshing = false;
  if (--rank.owed == 0) --owing_;
  block(r);
  ranks_want_ = power_down_.after > 0 || power_down_.self_refresh > 0;
  for (const Rank& each : rank_) ranks_want_ = ranks_want_ || each.refreshing;
  if (!ranks_want_) rank_command_ = RankChoice{};
}

// Which banks of a rank take no command for requests. The others want what they wanted before.
void Engine::block(std::uint32_t r) {
  const Rank& rank = rank_[r];
  stale_ |= rank_stale;
  const std::uint32_t first = r * banks_per_rank_;
  const std::uint64_t all = (banks_per_rank_ == 64 ? 0 : 1ull << banks_per_rank_) - 1;
  std::uint64_t blocked = 0;
  if (rank.power != Power::up || (rank.refreshing && refresh_.mode == RefreshMode::all_bank))
    blocked = all;
  else if (rank.refreshing)
    blocked = 1ull << rank.refresh_bank;
  std::uint64_t changed = (blocked_banks_ >> first ^ blocked) & all;
  blocked_banks_ ^= changed << first;
  for (; changed != 0; changed &= changed - 1)
    want(first + static_cast<std::uint32_t>(__builtin_ctzll(changed)));
}

void Engine::change_books(std::uint32_t r) {
  Rank& rank = rank_[r];
  statistics.rank_time[static_cast<std::size_t>(rank.state)] += now_ - rank.state_since;
  rank.state_since = now_;
  rank.state = RankState::self_refresh;
  if (rank.power == Power::up)
    rank.state = rank.open_banks > 0 ? RankState::active_standby : RankState::precharge_standby;
  if (rank.power == Power::down)
    rank.state =
        rank.open_banks > 0 ? RankState::active_power_down : RankState::precharge_power_down;
}

void Engine::settle(Cycle end) {
  if (end > now_) run(end);
  for (std::uint32_t r = 0; r < rank_.size(); ++r) change_books(r);
}

}  // namespace mantissa::memory::dram
