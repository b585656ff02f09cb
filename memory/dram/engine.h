// SPDX-License-Identifier: Apache-2.0
// The state behind Controller, and its steps. The rules are those of controller.h; what is said
// here is how they are followed without looking at every cycle:
//
// - Nothing changes between two events, so the engine jumps to the earliest of: a request that can
//   be accepted or dispatched, a change of direction, a refresh that is due, a command that becomes
//   legal.
// - What a bank wants, and when the bank itself allows it, change only with its own queue, its row,
//   or the direction. Banks that want the same kind of command stand in one mask.
// - Which bank of a mask comes first holds until a command is sent that this kind has to wait for.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "memory/dram/controller.h"
#include "memory/dram/ready_times.h"

namespace mantissa::memory::dram {

// A request that has been accepted.
struct Entry {
  std::uint64_t order = 0;  // of acceptance
  Cycle accepted = 0;
  Cycle visible = 0;  // in its bank's queue since
  std::uint32_t row = 0, column = 0, tag = 0;
  std::uint8_t bank = 0;
  bool write = false;
  bool prompt = false;           // accepted in the cycle of its arrival
  bool activated = false;        // its row was opened for it
  bool conflicted = false;       // ... after another one was closed for it
  Wait first_wait = Wait::none;  // what the first command sent for it had waited for
  Entry* next = nullptr;         // younger, among those staged for one bank or in its queue
  Entry* previous = nullptr;     // older, in the bank's queue
};

// Requests pushed and not yet accepted.
class Inbox {
 public:
  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  const Request& front() const { return ring_[head_ & mask_]; }
  void pop() { ++head_; }
  void push(const Request& request) {
    if (size() == ring_.size()) grow();
    ring_[tail_++ & mask_] = request;
  }

 private:
  void grow();
  std::vector<Request> ring_ = std::vector<Request>(64);
  std::size_t head_ = 0, tail_ = 0, mask_ = 63;
};

// How many queued requests of one direction may go to a location: never too low, zero for most of
// those that are not queued.
class LocationFilter {
 public:
  void add(const Entry& e) { ++counts_[slot(e.bank, e.row, e.column)]; }
  void remove(const Entry& e) { --counts_[slot(e.bank, e.row, e.column)]; }
  bool may_hold(const Request& r) const { return counts_[slot(r.bank, r.row, r.column)] != 0; }

 private:
  static std::size_t slot(std::uint32_t bank, std::uint32_t row, std::uint32_t column) {
    return ((row * 0x9E3779B1u ^ column * 0x85EBCA77u ^ bank * 0xC2B2AE3Du) >> 20) & 4095u;
  }
  std::array<std::uint16_t, 4096> counts_{};
};

// How many requests in one bank's queue may want a row: never too low, zero for most rows that none
// of them wants. It saves the walk through the queue for a row hit that is not there.
class RowFilter {
 public:
  void add(std::uint32_t row) { ++counts_[slot(row)]; }
  void remove(std::uint32_t row) { --counts_[slot(row)]; }
  bool may_hold(std::uint32_t row) const { return counts_[slot(row)] != 0; }

 private:
  static constexpr unsigned slot_bits = 8;
  static std::size_t slot(std::uint32_t row) { return row * 0x9E3779B1u >> (32 - slot_bits); }
  std::array<std::uint16_t, 1u << slot_bits> counts_{};
};

class Engine {
 public:
  explicit Engine(const DramConfig& config);

  void push(const Request& request);
  std::size_t waiting() const { return inbox_.size(); }
  std::size_t open() const { return inbox_.size() + queued_; }
  void run(Cycle horizon);
  void run_until_waiting(std::size_t count);
  Cycle next_event();
  void settle(Cycle end);

  bool keep_completions = false;
  std::vector<Completion> completions;
  CommandSink* sink = nullptr;
  ChannelStatistics statistics;
  Cycle now() const { return now_; }
  Cycle shortest_answer() const;

 private:
  static constexpr std::uint32_t no_row = ~0u;
  static constexpr std::size_t most_banks = 64;
  enum Direction : std::uint8_t { reads = 0, writes = 1 };

  struct alignas(64) Bank {
    std::uint32_t open_row = no_row;
    std::uint32_t row_hits = 0;                    // column commands since the row was opened
    Wait activate_wait = Wait::none;               // what its activate had waited for
    Entry *oldest = nullptr, *youngest = nullptr;  // of its queue
    std::size_t queued = 0;
  };
  enum class Power : std::uint8_t { up, down, self_refresh };
  struct alignas(64) Rank {
    Cycle refresh_due = forever;
    std::int64_t owed = 0;
    bool refreshing = false;
    std::uint32_t refresh_bank = 0;  // next in turn, within the rank
    std::uint32_t queued = 0;        // requests
    std::uint32_t open_banks = 0;
    Power power = Power::up;
    Cycle idle_since = 0;
    RankState state = RankState::precharge_standby;  // for the books
    Cycle state_since = 0;
  };
  // Which bank comes first, when, and for which request.
  struct Choice {
    Cycle at = forever;
    std::uint64_t order = ~0ull;  // of the request behind it
    std::uint32_t bank = 0;
    // Nobody can predict it, so it has no branch.
    bool before(const Choice& o) const { return (at < o.at) | ((at == o.at) & (order < o.order)); }
  };
  // The banks that want one kind of command, and the first of them.
  struct Wanting {
    std::uint64_t banks = 0;  // a mask
    Choice choice;
  };
  struct RankChoice {
    Cycle at = forever;
    std::uint32_t rank = 0;
    CommandKind kind{};
  };

  // The next cycle in which anything happens; whether that is more than a command.
  struct Event {
    Cycle at;
    bool more;
  };
  // Up to the horizon, or until no more than so many requests wait and no more are queued.
  void decide(Cycle horizon, std::int64_t waiting, std::int64_t queued);
  Event next();
  void step(Event event);

  // The steps of a cycle.
  void prepare();  // all that come before commands
  bool refresh_may_start() const;
  void count_refreshes();
  void refresh_idle(Cycle end);
  bool can_dispatch() const { return (staged_banks_[direction_] & banks_with_room_) != 0; }
  void dispatch();
  void intake();
  void turn();
  void send();

  // Requests.
  bool acceptable(const Request& request);
  void filter_reads();
  bool filtered(Direction direction) const { return direction == writes || filters_reads_; }
  void ask_again() {  // a queue has changed: what could not come in may now
    if (intake_ == Intake::no) intake_ = Intake::unknown;
  }
  Entry* queued_at(const Request& request, bool write) const;
  void answer(bool write, std::uint32_t tag, Cycle accepted, Cycle at);
  void enter_bank(Entry* entry);
  Direction wanted_direction() const {
    const std::size_t w = staged_[writes];
    if (w == 0) return reads;
    if (direction_ == reads) return w >= write_high_ || in_queues_[reads] == 0 ? writes : reads;
    return staged_[reads] > 0 && w <= write_low_ ? reads : writes;
  }
  bool direct() const { return bank_depth_ == 0; }

  // Commands.
  void want(std::uint32_t bank);
  void set_want(std::uint32_t bank, Target target, Entry* entry);
  void want_nothing(std::uint32_t bank);
  void choose();
  Choice first_of(Target target) const;
  Wanting& wanting(Target target) { return wanting_[static_cast<std::size_t>(target)]; }
  RankChoice rank_choice(std::uint32_t rank) const;
  Cycle all_precharge_ready(std::uint32_t rank) const;
  Wait wait_for(const Entry& entry, Ready ready, Cycle last_on_bus) const;
  void send_column(std::uint32_t bank);
  void send_row(std::uint32_t bank, Target target);
  void send_rank(RankChoice choice);
  template <CommandKind kind>
  void record(std::uint32_t bank, std::uint32_t row = 0, std::uint32_t column = 0);
  void record(CommandKind kind, std::uint32_t bank);
  void book(CommandKind kind, std::uint32_t bank, std::uint32_t row, std::uint32_t column);
  void count_data(const Entry& entry, const Bank& bank);
  bool row_wanted_again(const Entry& served) const;

  void close_row(std::uint32_t bank);
  void change_books(std::uint32_t rank);  // after the rank's state has changed
  void block(std::uint32_t rank);

  // Configuration.
  const Timing timing_;
  const Scheduling scheduling_;
  const PagePolicy page_policy_;
  const RefreshConfig refresh_;
  const PowerDownConfig power_down_;
  const std::uint32_t banks_, banks_per_rank_;
  const std::size_t queue_depth_, bank_depth_;
  const std::size_t write_high_, write_low_;
  const std::uint32_t row_hit_limit_;
  const bool separate_buses_;
  const Cycle refresh_interval_;
  const bool refreshes_alone_;  // single banks of one rank that never sleeps

  Cycle now_ = 0;  // the first cycle that is not decided

  // Requests.
  Inbox inbox_;
  std::vector<Entry> pool_;
  std::vector<Entry*> free_;
  std::uint64_t accepted_ = 0;
  std::size_t queued_ = 0;                       // accepted, no column command yet
  std::array<std::size_t, 2> staged_{};          // by direction; without bank queues: queued
  std::array<std::uint64_t, 2> staged_banks_{};  // masks of banks
  std::array<std::array<Entry*, most_banks>, 2> staged_head_{};
  std::array<std::array<Entry**, most_banks>, 2>
      staged_end_{};  // where the next one is linked, unless it is the first
  std::uint64_t banks_with_room_ = 0;
  // Whether the oldest request may come in: no until a queue has changed, yes until it has.
  enum class Intake : std::uint8_t { unknown, no, yes } intake_ = Intake::unknown;
  std::array<LocationFilter, 2> filters_;
  bool filters_reads_ = false;              // from the first write on: only writes ask for reads
  std::array<std::size_t, 2> in_queues_{};  // by direction, everywhere
  Direction direction_ = reads;

  // Banks and ranks.
  ReadyTimes ready_;
  std::vector<Bank> bank_;
  std::vector<RowFilter> rows_queued_;  // by bank
  std::vector<Rank> rank_;
  std::array<std::uint8_t, most_banks> rank_of_{};
  // What each bank wants: the kind of command, and the request that it is for.
  static constexpr std::size_t wanted_targets = 4;  // activate, precharge, read, write
  static constexpr std::uint8_t nothing = wanted_targets;
  std::array<Wanting, wanted_targets + 1> wanting_{};  // the last one: nothing
  std::array<std::uint8_t, most_banks> wanted_{};      // Target, or nothing
  std::array<Entry*, most_banks> wanted_for_{};
  std::array<std::uint64_t, most_banks> wanted_order_{};
  std::uint64_t blocked_banks_ = 0;  // in refresh or asleep
  Cycle refresh_due_ = forever;      // the earliest of all ranks
  std::uint32_t owing_ = 0;          // ranks that owe a refresh
  bool ranks_want_ = false;          // any rank command may be due

  // Kinds of commands whose choice no longer holds: a bit by Target (that of `nothing` says
  // nothing), and one for those of ranks.
  static constexpr std::uint32_t rank_stale = 2u << wanted_targets, all_stale = 2 * rank_stale - 1;
  std::uint32_t stale_ = all_stale;
  std::array<std::uint32_t, command_kinds> affects_{};  // what each command makes stale
  RankChoice rank_command_;
  Cycle command_at_ = 0;  // the earliest of all choices, if none is stale
  Cycle last_column_ = forever, last_row_ = forever;  // cycles of the last commands on each bus
  Cycle bus_free_ = 0;                                // first cycle after the last data
};

}  // namespace mantissa::memory::dram
