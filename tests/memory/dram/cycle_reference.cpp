// SPDX-License-Identifier: Apache-2.0
#include "tests/memory/dram/cycle_reference.h"

#include <algorithm>

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;

bool same_place(const Request& a, const Request& b) {
  return a.bank == b.bank && a.row == b.row && a.column == b.column;
}

}  // namespace

CycleReference::CycleReference(const DramConfig& config)
    : config_(config),
      timing_(config.organization, config.timing),
      banks_per_rank_(config.organization.banks_per_rank()),
      banks_(config.organization.banks_per_channel()),
      ranks_(static_cast<std::size_t>(config.organization.ranks)) {
  for (std::size_t r = 0; r < ranks_.size(); ++r)
    ranks_[r].next_refresh = refresh_interval() * (r + 1) / ranks_.size();
}

void CycleReference::push(const Request& request) { arrivals_.push_back(request); }

void CycleReference::run(Cycle end) {
  while (now_ < end) step();
}

bool CycleReference::run_until_idle(Cycle limit) {
  while (open() > 0 && now_ < limit) step();
  return open() == 0;
}

void CycleReference::step() {
  refresh();
  const bool moved = dispatch();
  intake();
  choose_direction();
  if (!moved) dispatch();
  const bool sent = !older_row_goes_first() && send_column();
  if (!sent || config_.controller.separate_buses) send_row();
  count_background();
  ++now_;
}

// ---- the steps of a cycle ---------------------------------------------------------------------

void CycleReference::refresh() {
  if (config_.refresh.mode == RefreshMode::none) return;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    Rank& rank = ranks_[r];
    if (rank.power == Power::self_refresh) continue;
    if (now_ == rank.next_refresh) {
      ++rank.owed;
      rank.next_refresh += refresh_interval();
    }
    if (rank.owed > config_.refresh.postpone || (rank.owed > 0 && !rank_has_requests(r)))
      rank.refreshing = true;
  }
}

bool CycleReference::dispatch() {
  if (config_.controller.bank_queue == 0) return false;
  for (Entry& e : queued_) {
    if (e.in_bank_queue || e.request.write != serving_writes_) continue;
    if (in_bank_queue(e.request.bank) < static_cast<std::size_t>(config_.controller.bank_queue)) {
      e.in_bank_queue = true;
      return true;
    }
  }
  return false;
}

void CycleReference::intake() {
  if (waiting() == 0 || arrivals_[next_arrival_].arrival > now_) return;
  const Request& request = arrivals_[next_arrival_];
  if (in_transaction_queue(request.write) >=
      static_cast<std::size_t>(config_.controller.transaction_queue))
    return;
  bool holds_write = false, holds_read = false;
  for (const Entry& e : queued_)
    if (same_place(e.request, request)) (e.request.write ? holds_write : holds_read) = true;
  if (request.write && holds_read) return;
  ++next_arrival_;
  counts_.wait_before_acceptance += now_ - request.arrival;
  if (holds_write) {
    ++(request.write ? counts_.merged : counts_.forwarded);
    answer(request, now_, now_ + 1);
  } else {
    Entry entry;
    entry.request = request;
    entry.accepted = now_;
    queued_.push_back(entry);
  }
}

void CycleReference::choose_direction() {
  const auto reads = in_transaction_queue(false), writes = in_transaction_queue(true);
  const auto high = static_cast<std::size_t>(config_.controller.write_high);
  const auto low = static_cast<std::size_t>(config_.controller.write_low);
  if (!serving_writes_)
    serving_writes_ = writes >= high || queued(false) == 0;
  else
    serving_writes_ = !(writes == 0 || (writes <= low && reads > 0));
}

// The oldest request that a legal command to a bank is for.
std::optional<CycleReference::Want> CycleReference::best_of_banks(bool column) const {
  std::optional<Want> best;
  for (std::size_t b = 0; b < banks_.size(); ++b) {
    const auto want = wanted_by_bank(b);
    if (want && is_column(want->kind) == column && timing_.legal(command(want->kind, b)) &&
        (!best || want->entry < best->entry))
      best = want;
  }
  return best;
}

bool CycleReference::older_row_goes_first() const {
  if (config_.controller.scheduling != Scheduling::oldest_ready ||
      config_.controller.separate_buses)
    return false;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const auto want = wanted_by_rank(r);
    if (want && timing_.legal(command(want->kind, want->bank))) return false;
  }
  const auto row = best_of_banks(false), column = best_of_banks(true);
  return row && column && row->entry < column->entry;
}

bool CycleReference::send_column() {
  const std::optional<Want> best = best_of_banks(true);
  if (!best) return false;

  const Entry entry = queued_[best->entry];
  const Request& request = entry.request;
  Command sent = command(best->kind, best->bank);
  sent.column = request.column;
  queued_.erase(queued_.begin() + static_cast<std::ptrdiff_t>(best->entry));
  send(sent);

  const Timing& t = config_.timing;
  const Cycle first = now_ + static_cast<Cycle>(request.write ? t.CWL : t.CL);
  const Cycle last = first + static_cast<Cycle>(t.burst);
  ++(entry.precharged_for  ? counts_.row_conflicts
     : entry.activated_for ? counts_.row_misses
                           : counts_.row_hits);
  counts_.last_data = std::max(counts_.last_data, last);
  counts_.bus_busy += static_cast<Cycle>(t.burst);
  answer(request, entry.accepted, last);
  return true;
}

void CycleReference::send_row() {
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const auto want = wanted_by_rank(r);
    if (want && timing_.legal(command(want->kind, want->bank)))
      return send(command(want->kind, want->bank));
  }
  const std::optional<Want> best = best_of_banks(false);
  if (!best) return;
  Entry& entry = queued_[best->entry];
  Command sent = command(best->kind, best->bank);
  if (sent.kind == K::activate) {
    sent.row = entry.request.row;
    entry.activated_for = true;
  } else {
    entry.precharged_for = true;
  }
  send(sent);
}

void CycleReference::count_background() {
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const bool active = any_row_open(r);
    RankState state = active ? RankState::active_standby : RankState::precharge_standby;
    if (ranks_[r].power == Power::down)
      state = active ? RankState::active_power_down : RankState::precharge_power_down;
    if (ranks_[r].power == Power::self_refresh) state = RankState::self_refresh;
    ++counts_.rank_time[static_cast<std::size_t>(state)];
  }
}

// ---- who wants what ---------------------------------------------------------------------------

bool CycleReference::serves_requests(std::size_t bank) const {
  const Rank& rank = ranks_[bank / banks_per_rank_];
  if (rank.power != Power::up) return false;
  if (!rank.refreshing) return true;
  return config_.refresh.mode == RefreshMode::per_bank &&
         bank % banks_per_rank_ != rank.bank_in_turn;
}

bool CycleReference::listed(const Entry& e, std::size_t bank) const {
  return e.request.bank == bank &&
         (config_.controller.bank_queue > 0 ? e.in_bank_queue : e.request.write == serving_writes_);
}

std::optional<CycleReference::Want> CycleReference::wanted_by_bank(std::size_t bank) const {
  if (!serves_requests(bank)) return std::nullopt;
  const auto open_row = banks_[bank].open_row;
  std::optional<std::size_t> oldest, oldest_hit;
  for (std::size_t i = queued_.size(); i-- > 0;) {  // youngest first, so the oldest stays
    if (!listed(queued_[i], bank)) continue;
    oldest = i;
    if (open_row == queued_[i].request.row) oldest_hit = i;
  }
  if (!oldest) return std::nullopt;
  if (!open_row) return Want{K::activate, *oldest, bank};
  if (oldest == oldest_hit) return Want{column_kind(*oldest), *oldest, bank};

  // The oldest wants another row.
  const auto limit = config_.controller.row_hit_limit;
  const bool at_limit = limit > 0 && banks_[bank].columns_sent >= limit;
  if (config_.controller.scheduling != Scheduling::fcfs && oldest_hit && !at_limit)
    return Want{column_kind(*oldest_hit), *oldest_hit, bank};
  return Want{K::precharge, *oldest, bank};
}

CommandKind CycleReference::column_kind(std::size_t entry) const {
  const Request& request = queued_[entry].request;
  bool closes = config_.controller.page_policy == PagePolicy::closed;
  if (config_.controller.page_policy == PagePolicy::adaptive) {
    closes = true;
    for (std::size_t i = 0; i < queued_.size(); ++i)
      if (i != entry && queued_[i].request.bank == request.bank &&
          queued_[i].request.row == request.row)
        closes = false;
  }
  if (request.write) return closes ? K::write_a : K::write;
  return closes ? K::read_a : K::read;
}

std::optional<CycleReference::Want> CycleReference::wanted_by_rank(std::size_t r) const {
  const Rank& rank = ranks_[r];
  const std::size_t first = r * banks_per_rank_;
  const auto want = [](CommandKind kind, std::size_t bank) { return Want{kind, 0, bank}; };
  const bool down = rank.power == Power::down;

  if (rank.refreshing) {
    if (down) return want(K::power_down_exit, first);
    if (config_.refresh.mode == RefreshMode::all_bank)
      return want(any_row_open(r) ? K::precharge_all : K::refresh, first);
    const std::size_t bank = first + rank.bank_in_turn;
    return want(banks_[bank].open_row ? K::precharge : K::refresh_bank, bank);
  }
  if (rank_has_requests(r)) {
    if (down) return want(K::power_down_exit, first);
    if (rank.power == Power::self_refresh) return want(K::self_refresh_exit, first);
    return std::nullopt;
  }
  if (rank.power == Power::self_refresh) return std::nullopt;
  const auto idle = now_ - rank.last_column;
  const auto after = static_cast<Cycle>(config_.power_down.after);
  const auto self_refresh = static_cast<Cycle>(config_.power_down.self_refresh);
  if (self_refresh > 0 && idle >= self_refresh) {
    if (down) return want(K::power_down_exit, first);
    return want(any_row_open(r) ? K::precharge_all : K::self_refresh_enter, first);
  }
  if (after > 0 && idle >= after && !down) return want(K::power_down_enter, first);
  return std::nullopt;
}

// ---- what a command does ----------------------------------------------------------------------

Command CycleReference::command(CommandKind kind, std::size_t bank) const {
  Command c;
  c.cycle = now_;
  c.kind = kind;
  c.rank = static_cast<std::uint8_t>(bank / banks_per_rank_);
  c.bank = static_cast<std::uint8_t>(bank % banks_per_rank_);
  return c;
}

void CycleReference::send(const Command& c) {
  Rank& rank = ranks_[c.rank];
  const std::size_t first = c.rank * banks_per_rank_;
  Bank& bank = banks_[first + c.bank];
  switch (c.kind) {
    case K::activate:
      bank.open_row = c.row;
      bank.columns_sent = 0;
      break;
    case K::precharge:
      bank.open_row.reset();
      break;
    case K::precharge_all:
      for (std::size_t b = 0; b < banks_per_rank_; ++b) banks_[first + b].open_row.reset();
      break;
    case K::read:
    case K::write:
      ++bank.columns_sent;
      rank.last_column = now_;
      break;
    case K::read_a:
    case K::write_a:
      bank.open_row.reset();
      rank.last_column = now_;
      break;
    case K::refresh:
      rank.refreshing = false;
      --rank.owed;
      break;
    case K::refresh_bank:
      rank.refreshing = false;
      --rank.owed;
      rank.bank_in_turn = (rank.bank_in_turn + 1) % banks_per_rank_;
      break;
    case K::power_down_enter:
      rank.power = Power::down;
      break;
    case K::power_down_exit:
      rank.power = Power::up;
      break;
    case K::self_refresh_enter:
      rank.power = Power::self_refresh;
      break;
    case K::self_refresh_exit:
      rank.power = Power::up;
      rank.next_refresh = now_ + refresh_interval();
      break;
  }
  timing_.record(c);
  commands_.push_back(c);
  ++counts_.commands[static_cast<std::size_t>(c.kind)];
}

void CycleReference::answer(const Request& request, Cycle accepted, Cycle at) {
  ++(request.write ? counts_.writes : counts_.reads);
  (request.write ? counts_.write_latencies : counts_.read_latencies).push_back(at - accepted);
  completions_.push_back({request.tag, at});
}

// ---- counts -----------------------------------------------------------------------------------

Cycle CycleReference::refresh_interval() const {
  const Timing& t = config_.timing;
  if (config_.refresh.mode != RefreshMode::per_bank) return static_cast<Cycle>(t.REFI);
  return static_cast<Cycle>(t.REFIpb > 0 ? t.REFIpb
                                         : t.REFI / static_cast<std::int64_t>(banks_per_rank_));
}

std::size_t CycleReference::queued(bool write) const {
  return static_cast<std::size_t>(std::count_if(
      queued_.begin(), queued_.end(), [&](const Entry& e) { return e.request.write == write; }));
}

std::size_t CycleReference::in_transaction_queue(bool write) const {
  return static_cast<std::size_t>(
      std::count_if(queued_.begin(), queued_.end(),
                    [&](const Entry& e) { return e.request.write == write && !e.in_bank_queue; }));
}

std::size_t CycleReference::in_bank_queue(std::size_t bank) const {
  return static_cast<std::size_t>(
      std::count_if(queued_.begin(), queued_.end(),
                    [&](const Entry& e) { return e.request.bank == bank && e.in_bank_queue; }));
}

bool CycleReference::rank_has_requests(std::size_t rank) const {
  return std::any_of(queued_.begin(), queued_.end(),
                     [&](const Entry& e) { return e.request.bank / banks_per_rank_ == rank; });
}

bool CycleReference::any_row_open(std::size_t rank) const {
  for (std::size_t b = 0; b < banks_per_rank_; ++b)
    if (banks_[rank * banks_per_rank_ + b].open_row) return true;
  return false;
}

}  // namespace mantissa::memory::dram
