// SPDX-License-Identifier: Apache-2.0
// Requests and what banks want: the steps of a cycle that run for every request.
#include <algorithm>
#include <limits>

#include "base/error.h"
#include "memory/dram/engine.h"

namespace mantissa::memory::dram {
namespace {

// Not by a branch, which nobody could predict, and not by a table, which goes through memory.
template <class T>
T* pick(bool first, T* a, T* b) {
  const std::uintptr_t mask = 0 - static_cast<std::uintptr_t>(first);
  return reinterpret_cast<T*>((reinterpret_cast<std::uintptr_t>(a) & mask) |
                              (reinterpret_cast<std::uintptr_t>(b) & ~mask));
}

}  // namespace

Cycle Engine::shortest_answer() const {
  return static_cast<Cycle>(std::min(timing_.CL, timing_.CWL) + timing_.burst);
}

void Engine::push(const Request& request) {
  MANTISSA_CHECK(request.bank < banks_, "a request to a bank that the channel does not have");
  inbox_.push(request);
}

void Engine::run(Cycle horizon) {
  const std::int64_t left = horizon == forever ? 0 : -1;
  decide(horizon, left, left);
}

void Engine::run_until_waiting(std::size_t count) {
  decide(forever, static_cast<std::int64_t>(count), std::numeric_limits<std::int64_t>::max());
}

// One body with all steps of a cycle in it: most of them are shorter than a call.
[[gnu::flatten]] void Engine::decide(Cycle horizon, std::int64_t waiting, std::int64_t queued) {
  while (static_cast<std::int64_t>(inbox_.size()) > waiting ||
         static_cast<std::int64_t>(queued_) > queued) {
    if (queued_ == 0 && refreshes_alone_)
      refresh_idle(inbox_.empty() ? horizon : std::min(horizon, inbox_.front().arrival));
    const Event event = next();
    if (event.at >= horizon) {
      now_ = std::max(now_, horizon);
      return;
    }
    step(event);
  }
}

inline Engine::Event Engine::next() {
  if (can_dispatch() || wanted_direction() != direction_) return {now_, true};
  if (owing_ > 0 && refresh_may_start()) return {now_, true};
  if (stale_ != 0) choose();
  Event event{command_at_, false};
  if (refresh_due_ <= event.at) event = {refresh_due_, true};
  if (intake_ != Intake::no && !inbox_.empty() && inbox_.front().arrival <= event.at) {
    if (intake_ == Intake::unknown) intake_ = acceptable(inbox_.front()) ? Intake::yes : Intake::no;
    if (intake_ == Intake::yes) event = {inbox_.front().arrival, true};
  }
  event.at = std::max(event.at, now_);
  return event;
}

Cycle Engine::next_event() { return next().at; }

inline void Engine::step(Event event) {
  now_ = event.at;
  if (event.more) prepare();
  if (command_at_ <= now_) send();
  ++now_;
}

void Engine::prepare() {
  if (now_ >= refresh_due_ || owing_ > 0) count_refreshes();
  const bool moves = can_dispatch();
  if (moves) dispatch();
  if (intake_ != Intake::no && !inbox_.empty() && inbox_.front().arrival <= now_) intake();
  if (wanted_direction() != direction_) turn();
  if (!moves && can_dispatch()) dispatch();
  if (stale_ != 0) choose();
}

// 2. and 5. Dispatch.
void Engine::dispatch() {
  std::uint64_t banks = staged_banks_[direction_] & banks_with_room_;
  Entry* oldest = nullptr;
  for (; banks != 0; banks &= banks - 1) {
    Entry* const entry = staged_head_[direction_][static_cast<unsigned>(__builtin_ctzll(banks))];
    if (oldest == nullptr || entry->order < oldest->order) oldest = entry;
  }
  const std::uint32_t b = oldest->bank;
  Entry*& head = staged_head_[direction_][b];
  head = oldest->next;
  staged_banks_[direction_] &= ~(static_cast<std::uint64_t>(head == nullptr) << b);
  --staged_[direction_];
  ask_again();
  enter_bank(oldest);
}

void Engine::enter_bank(Entry* entry) {
  const std::uint32_t b = entry->bank;
  Bank& bank = bank_[b];
  entry->visible = now_;
  // Reads and writes come by two ways, so the last to enter need not be the youngest.
  Entry* older = bank.youngest;
  while (older != nullptr && older->order > entry->order) older = older->previous;
  Entry* const younger = older == nullptr ? bank.oldest : older->next;
  entry->previous = older;
  entry->next = younger;
  (older == nullptr ? bank.oldest : older->next) = entry;
  (younger == nullptr ? bank.youngest : younger->previous) = entry;
  rows_queued_[b].add(entry->row);
  if (++bank.queued == bank_depth_) banks_with_room_ &= ~(1ull << b);
  const bool hit = entry->row == bank.open_row;
  // Behind others, a request changes what the bank wants only if it is the first for the open row.
  const bool behind = !direct() && older != nullptr && younger == nullptr;
  if (behind && (!hit || wanted_[b] != static_cast<std::uint8_t>(Target::precharge))) return;
  want(b);
}

// 3. Intake.
bool Engine::acceptable(const Request& request) {
  if (staged_[request.write ? writes : reads] >= queue_depth_) return false;
  // A write may not overtake a read of the same place.
  if (!request.write || in_queues_[reads] == 0) return true;
  if (!filters_reads_) filter_reads();
  return !filters_[reads].may_hold(request) || queued_at(request, false) == nullptr;
}

void Engine::filter_reads() {
  filters_reads_ = true;
  const auto add = [&](const Entry* entry) {
    for (; entry != nullptr; entry = entry->next)
      if (!entry->write) filters_[reads].add(*entry);
  };
  for (std::uint32_t b = 0; b < banks_; ++b) {
    add(bank_[b].oldest);
    if ((staged_banks_[reads] >> b & 1) != 0) add(staged_head_[reads][b]);
  }
}

Entry* Engine::queued_at(const Request& request, bool write) const {
  const auto matches = [&](const Entry& e) {
    return e.write == write && e.row == request.row && e.column == request.column;
  };
  for (Entry* entry = bank_[request.bank].oldest; entry != nullptr; entry = entry->next)
    if (matches(*entry)) return entry;
  if (direct()) return nullptr;
  const Direction direction = write ? writes : reads;
  if ((staged_banks_[direction] >> request.bank & 1) == 0) return nullptr;
  for (Entry* entry = staged_head_[direction][request.bank]; entry != nullptr; entry = entry->next)
    if (matches(*entry)) return entry;
  return nullptr;
}

inline void Engine::answer(bool write, std::uint32_t tag, Cycle accepted, Cycle at) {
  (write ? statistics.writes : statistics.reads) += 1;
  (write ? statistics.write_latency : statistics.read_latency).add(at - accepted);
  if (keep_completions) completions.push_back({tag, at});
}

void Engine::intake() {
  if (intake_ == Intake::unknown && !acceptable(inbox_.front())) {
    intake_ = Intake::no;
    return;
  }
  intake_ = Intake::unknown;
  const Request& request = inbox_.front();
  inbox_.pop();  // its place is not written again before the next push
  statistics.wait_before_acceptance += now_ - request.arrival;
  if (in_queues_[writes] > 0 && filters_[writes].may_hold(request)) {
    if (Entry* const queued = queued_at(request, true)) {
      (request.write ? statistics.merged : statistics.forwarded) += 1;
      answer(request.write, request.tag, now_, now_ + 1);
      return;
    }
  }
  Entry* const entry = free_.back();
  free_.pop_back();
  entry->activated = entry->conflicted = false;
  entry->first_wait = Wait::none;
  entry->next = nullptr;
  entry->order = accepted_++;
  entry->accepted = now_;
  entry->row = request.row;
  entry->column = request.column;
  entry->tag = request.tag;
  entry->bank = request.bank;
  entry->write = request.write;
  entry->prompt = now_ == request.arrival;

  const Direction direction = request.write ? writes : reads;
  if (filtered(direction)) filters_[direction].add(*entry);
  ++in_queues_[direction];
  ++staged_[direction];
  ++queued_;
  if (rank_[rank_of_[entry->bank]].queued++ == 0 && ranks_want_) stale_ |= rank_stale;
  if (direct()) {
    enter_bank(entry);
    return;
  }
  const bool first = (staged_banks_[direction] >> entry->bank & 1) == 0;
  Entry**& end = staged_end_[direction][entry->bank];
  *pick(first, &staged_head_[direction][entry->bank], end) = entry;
  end = &entry->next;
  staged_banks_[direction] |= 1ull << entry->bank;
}

// 4. Direction.
void Engine::turn() {
  direction_ = direction_ == reads ? writes : reads;
  if (!direct()) return;
  for (std::uint32_t b = 0; b < banks_; ++b) want(b);
}

void Engine::want(std::uint32_t b) {
  const Bank& bank = bank_[b];
  if ((blocked_banks_ >> b & 1) != 0) return want_nothing(b);
  Entry* oldest = bank.oldest;
  // Without bank queues, those of the other direction are passed over.
  const auto served = [&](const Entry& e) {
    return !direct() || e.write == (direction_ == writes);
  };
  while (oldest != nullptr && !served(*oldest)) oldest = oldest->next;
  if (oldest == nullptr) return want_nothing(b);
  if (bank.open_row == no_row) return set_want(b, Target::activate, oldest);
  Entry* hit = oldest;
  const bool hits_may_pass = scheduling_ != Scheduling::fcfs &&
                             (row_hit_limit_ == 0 || bank.row_hits < row_hit_limit_) &&
                             rows_queued_[b].may_hold(bank.open_row);
  while (hit != nullptr && (hit->row != bank.open_row || !served(*hit)))
    hit = hits_may_pass ? hit->next : nullptr;
  if (hit == nullptr) return set_want(b, Target::precharge, oldest);
  set_want(b, hit->write ? Target::write : Target::read, hit);
}

inline void Engine::want_nothing(std::uint32_t b) {
  const std::uint32_t wanted = wanted_[b];
  Wanting& w = wanting_[wanted];
  w.banks &= ~(1ull << b);
  // It may have been the choice; then another bank may be first now.
  stale_ |= static_cast<std::uint32_t>(w.choice.bank == b) << wanted;
  wanted_[b] = nothing;
}

inline void Engine::set_want(std::uint32_t b, Target target, Entry* entry) {
  want_nothing(b);
  wanted_[b] = static_cast<std::uint8_t>(target);
  wanted_for_[b] = entry;
  wanted_order_[b] = entry->order;
  Wanting& w = wanting(target);
  w.banks |= 1ull << b;
  // Compared even if the choice is stale: that costs less than to ask.
  const Choice mine{std::max(cycle_of(ready_.bank(target, b)), now_), entry->order, b};
  const bool first = mine.before(w.choice);
  w.choice.at = first ? mine.at : w.choice.at;
  w.choice.order = first ? mine.order : w.choice.order;
  w.choice.bank = first ? b : w.choice.bank;
  command_at_ = std::min(command_at_, mine.at);
}

// One pass without branches that nobody can predict: time and order are compared as one number.
inline Engine::Choice Engine::first_of(Target target) const {
  constexpr unsigned order_bits = 40;  // 10^12 requests; times lie within 2^24 cycles of each other
  std::uint64_t wanting = wanting_[static_cast<std::size_t>(target)].banks;
  if (wanting == 0) return {};
  const Ready* const ready = ready_.of_banks(target);
  const bool one_rank = rank_.size() == 1;
  const Ready now = now_ << wait_bits;
  const Ready floor = std::max(ready_.rank(target, 0), now);
  std::uint64_t best = ~0ull;
  std::uint32_t bank = 0;
  for (; wanting != 0; wanting &= wanting - 1) {
    const auto b = static_cast<std::uint32_t>(__builtin_ctzll(wanting));
    const Ready rank_allows = one_rank ? floor : std::max(ready_.rank(target, rank_of_[b]), now);
    const Cycle wait = cycle_of(std::max(ready[b], rank_allows)) - now_;
    const std::uint64_t key = (wait << order_bits) | wanted_order_[b];
    bank = key < best ? b : bank;
    best = key < best ? key : best;
  }
  return {now_ + (best >> order_bits), wanted_order_[bank], bank};
}

void Engine::choose() {
  for (unsigned t = 0; t < wanted_targets; ++t)
    if ((stale_ >> t & 1) != 0) wanting_[t].choice = first_of(static_cast<Target>(t));
  if (ranks_want_ && (stale_ & rank_stale) != 0) {
    rank_command_ = RankChoice{};
    for (std::uint32_t r = 0; r < rank_.size(); ++r) {
      const RankChoice choice = rank_choice(r);
      if (choice.at < rank_command_.at) rank_command_ = choice;
    }
  }
  stale_ = 0;
  command_at_ = rank_command_.at;
  for (unsigned t = 0; t < wanted_targets; ++t)
    command_at_ = std::min(command_at_, wanting_[t].choice.at);
}

void Engine::send() {
  // Numbers, not copies of the choices: those were written in halves a moment ago, and a processor
  // waits before it loads them as one.
  const auto second_first = [&](Target a, Target b) {
    return wanting(b).choice.before(wanting(a).choice);
  };
  const Target row =
      second_first(Target::activate, Target::precharge) ? Target::precharge : Target::activate;
  const Target column = second_first(Target::read, Target::write) ? Target::write : Target::read;
  const Cycle row_at = wanting(row).choice.at, column_at = wanting(column).choice.at;
  const std::uint32_t row_bank = wanting(row).choice.bank;
  const std::uint32_t column_bank = wanting(column).choice.bank;
  // One bus, and the older request wants a row.
  const bool row_goes_first = scheduling_ == Scheduling::oldest_ready && !separate_buses_ &&
                              rank_command_.at > now_ && row_at <= now_ &&
                              wanting(row).choice.order < wanting(column).choice.order;
  // What is legal now and has to wait will compete with what becomes legal in the next cycle.
  for (unsigned t = 0; t < wanted_targets; ++t)
    stale_ |= static_cast<std::uint32_t>(wanting_[t].choice.at <= now_) << t;
  if (column_at <= now_ && !row_goes_first) {
    send_column(column_bank);
    if (!separate_buses_) return;
  }
  if (rank_command_.at <= now_)
    send_rank(rank_command_);
  else if (row_at <= now_)
    send_row(row_bank, row);
}

// What a command sent now had waited for: the last rule to allow it, or its request to come.
Wait Engine::wait_for(const Entry& entry, Ready ready, Cycle last_on_bus) const {
  if (cycle_of(ready) == now_ && wait_of(ready) != Wait::none) {
    const Wait wait = wait_of(ready);
    // The row was opened for this request as soon as it was seen: it came too late to hide that.
    const bool late = entry.first_wait == Wait::demand || entry.first_wait == Wait::queue;
    return wait == Wait::row && late ? entry.first_wait : wait;
  }
  if (entry.visible == now_)
    return entry.prompt && entry.accepted == now_ ? Wait::demand : Wait::queue;
  return last_on_bus + 1 == now_ ? Wait::command_bus : Wait::queue;
}

template <CommandKind kind>
inline void Engine::record(std::uint32_t bank, std::uint32_t row, std::uint32_t column) {
  ready_.apply<kind>(bank, now_);
  book(kind, bank, row, column);
}

void Engine::record(CommandKind kind, std::uint32_t bank) {
  ready_.apply(kind, bank, now_);
  book(kind, bank, 0, 0);
}

inline void Engine::book(CommandKind kind, std::uint32_t bank, std::uint32_t row,
                         std::uint32_t column) {
  ++statistics.commands[static_cast<std::size_t>(kind)];
  (is_column(kind) ? last_column_ : last_row_) = now_;
  if (!separate_buses_) last_column_ = last_row_ = now_;
  stale_ |= affects_[static_cast<std::size_t>(kind)];
  if (sink == nullptr) return;
  const std::uint32_t rank = bank / banks_per_rank_;
  sink->command({now_, kind, static_cast<std::uint8_t>(rank),
                 static_cast<std::uint8_t>(bank - rank * banks_per_rank_), row, column});
}

bool Engine::row_wanted_again(const Entry& served) const {
  for (const Entry* entry = bank_[served.bank].oldest; entry != nullptr; entry = entry->next)
    if (entry != &served && entry->row == served.row) return true;
  if (direct()) return false;
  for (const Direction direction : {reads, writes}) {
    if ((staged_banks_[direction] >> served.bank & 1) == 0) continue;
    for (const Entry* e = staged_head_[direction][served.bank]; e != nullptr; e = e->next)
      if (e->row == served.row) return true;
  }
  return false;
}

// When its data move, and what the bus had waited for if it was idle before.
void Engine::count_data(const Entry& entry, const Bank& bank) {
  const Cycle from = now_ + static_cast<Cycle>(entry.write ? timing_.CWL : timing_.CL);
  if (from > bus_free_) {
    const Ready ready = ready_.bank(entry.write ? Target::write : Target::read, entry.bank);
    Wait wait = wait_for(entry, ready, last_column_);
    // Bound by the activate: the gap is what that had waited for.
    if (wait == Wait::row && !(entry.activated && entry.first_wait == Wait::none))
      wait = bank.activate_wait;
    statistics.bus_idle[static_cast<std::size_t>(wait)] += from - bus_free_;
  }
  const auto burst = static_cast<Cycle>(timing_.burst);
  statistics.bus_busy += burst;
  bus_free_ = from + burst;
  statistics.last_data = bus_free_;
}

void Engine::send_column(std::uint32_t b) {
  Bank& bank = bank_[b];
  Entry* const entry = wanted_for_[b];
  const bool closes = page_policy_ == PagePolicy::closed ||
                      (page_policy_ == PagePolicy::adaptive && !row_wanted_again(*entry));
  count_data(*entry, bank);
  if (entry->write)
    closes ? record<CommandKind::write_a>(b, bank.open_row, entry->column)
           : record<CommandKind::write>(b, bank.open_row, entry->column);
  else
    closes ? record<CommandKind::read_a>(b, bank.open_row, entry->column)
           : record<CommandKind::read>(b, bank.open_row, entry->column);
  (entry->conflicted  ? statistics.row_conflicts
   : entry->activated ? statistics.row_misses
                      : statistics.row_hits) += 1;
  answer(entry->write, entry->tag, entry->accepted, bus_free_);

  const Direction direction = entry->write ? writes : reads;
  if (filtered(direction)) filters_[direction].remove(*entry);
  --in_queues_[direction];
  --queued_;
  if (direct()) --staged_[direction];
  Rank& rank = rank_[rank_of_[b]];
  --rank.queued;
  rank.idle_since = now_;
  (entry->previous == nullptr ? bank.oldest : entry->previous->next) = entry->next;
  (entry->next == nullptr ? bank.youngest : entry->next->previous) = entry->previous;
  --bank.queued;
  rows_queued_[b].remove(entry->row);
  free_.push_back(entry);
  banks_with_room_ |= 1ull << b;
  ask_again();
  ++bank.row_hits;
  if (closes) close_row(b);
  want(b);
}

void Engine::send_row(std::uint32_t b, Target target) {
  Bank& bank = bank_[b];
  Entry& entry = *wanted_for_[b];
  const Wait wait = wait_for(entry, ready_.bank(target, b), last_row_);
  // Asked in both branches: which command comes is hard to predict, whether it is the first is not.
  if (target == Target::precharge) {
    if (!entry.activated && !entry.conflicted) entry.first_wait = wait;
    entry.conflicted = true;
    record<CommandKind::precharge>(b);
    close_row(b);
    set_want(b, Target::activate, &entry);
  } else {
    if (!entry.activated && !entry.conflicted) entry.first_wait = wait;
    entry.activated = true;
    record<CommandKind::activate>(b, entry.row);
    Rank& rank = rank_[rank_of_[b]];
    if (rank.open_banks++ == 0) change_books(rank_of_[b]);
    bank.open_row = entry.row;
    bank.row_hits = 0;
    bank.activate_wait = wait;
    set_want(b, entry.write ? Target::write : Target::read, &entry);
  }
}

void Engine::close_row(std::uint32_t b) {
  Bank& bank = bank_[b];
  if (--rank_[rank_of_[b]].open_banks == 0) change_books(rank_of_[b]);
  bank.open_row = no_row;
}

}  // namespace mantissa::memory::dram
