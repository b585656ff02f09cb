// SPDX-License-Identifier: Apache-2.0
// The specification of memory/dram/controller.h carried out to the letter, one cycle after the
// other, with plain vectors and linear scans. Slow, and meant to be seen to be right at a glance;
// the controller has to send the very same commands.
//
//   CycleReference reference(config);
//   for (const Request& request : traffic) reference.push(request);
//   reference.run_until_idle(1'000'000);
//   reference.run(reference.now() + 1000);      // refreshes and power-down go on
//   reference.commands();
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "memory/dram/config.h"
#include "memory/dram/controller.h"
#include "memory/dram/statistics.h"
#include "tests/memory/dram/timing_oracle.h"

namespace mantissa::memory::dram {

class CycleReference {
 public:
  explicit CycleReference(const DramConfig& config);

  void push(const Request& request);
  void run(Cycle end);               // every cycle below `end`
  bool run_until_idle(Cycle limit);  // until no request is without its command; false: not by then

  Cycle now() const { return now_; }
  std::size_t waiting() const { return arrivals_.size() - next_arrival_; }
  std::size_t open() const { return waiting() + queued_.size(); }
  const std::vector<Command>& commands() const { return commands_; }
  const std::vector<Completion>& completions() const { return completions_; }  // as decided
  // As in ChannelStatistics; latencies one by one, in the order of the answers' decisions.
  struct Counts {
    std::uint64_t reads = 0, writes = 0, forwarded = 0, merged = 0;
    std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
    std::array<std::uint64_t, command_kinds> commands{};
    Cycle bus_busy = 0, last_data = 0;
    std::array<Cycle, rank_states> rank_time{};
    std::vector<Cycle> read_latencies, write_latencies;
    std::uint64_t wait_before_acceptance = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  // A request from its acceptance to its column command. They are kept in the order of acceptance,
  // those in bank queues among them.
  struct Entry {
    Request request;
    Cycle accepted = 0;
    bool in_bank_queue = false;
    bool precharged_for = false, activated_for = false;
  };
  struct Bank {
    std::optional<std::uint32_t> open_row;
    std::int64_t columns_sent = 0;  // since its row was opened
  };
  enum class Power { up, down, self_refresh };
  struct Rank {
    Power power = Power::up;
    Cycle last_column = 0;
    Cycle next_refresh = 0;  // in this cycle it owes one more
    std::int64_t owed = 0;
    bool refreshing = false;       // started, and its REF not sent
    std::size_t bank_in_turn = 0;  // of per-bank refresh
  };
  struct Want {
    CommandKind kind{};
    std::size_t entry = 0;  // who wants it; unused for ranks
    std::size_t bank = 0;   // of the channel
  };

  void step();
  void refresh();           // 1
  bool dispatch();          // 2 and 5
  void intake();            // 3
  void choose_direction();  // 4
  bool send_column();       // 6
  void send_row();          // 7
  void count_background();

  std::optional<Want> best_of_banks(bool column) const;
  bool older_row_goes_first() const;
  std::optional<Want> wanted_by_bank(std::size_t bank) const;
  std::optional<Want> wanted_by_rank(std::size_t rank) const;
  bool serves_requests(std::size_t bank) const;
  bool listed(const Entry& entry, std::size_t bank) const;  // in the list that the bank serves
  CommandKind column_kind(std::size_t entry) const;

  Cycle refresh_interval() const;
  std::size_t queued(bool write) const;  // accepted and without a column command, in any queue
  std::size_t in_transaction_queue(bool write) const;
  std::size_t in_bank_queue(std::size_t bank) const;
  bool rank_has_requests(std::size_t rank) const;
  bool any_row_open(std::size_t rank) const;

  Command command(CommandKind kind, std::size_t bank) const;
  void send(const Command& command);
  void answer(const Request& request, Cycle accepted, Cycle at);

  DramConfig config_;
  TimingOracle timing_;
  std::size_t banks_per_rank_;
  Cycle now_ = 0;
  bool serving_writes_ = false;
  std::vector<Request> arrivals_;  // from next_arrival_ on not accepted
  std::size_t next_arrival_ = 0;
  std::vector<Entry> queued_;
  std::vector<Bank> banks_;  // of the channel
  std::vector<Rank> ranks_;
  std::vector<Command> commands_;
  std::vector<Completion> completions_;
  Counts counts_;
};

}  // namespace mantissa::memory::dram
