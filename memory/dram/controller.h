// SPDX-License-Identifier: Apache-2.0
// The controller of one channel: requests in, commands and answers out. Plain C++ without a kernel;
// it jumps from event to event, and its result equals the following rules applied in every cycle.
//
// In cycle t
//   1. Refresh. A rank whose refresh interval has run out owes one more refresh: rank r first in
//      cycle interval x (r + 1) / ranks, then every interval (tREFI, or tREFIpb per bank). A rank
//      that owes more than `postpone`, or that owes any and has no request queued, starts one.
//   2. Dispatch. The oldest transaction of the direction served whose bank queue has room moves
//      there.
//   3. Intake. The oldest request that has arrived is accepted, if its transaction queue has room.
//      A read of what a queued write holds is answered from it in t + 1; a write to what a queued
//      write holds is merged into that, and answered in t + 1; a write to what a queued read asks
//      for waits. Neither of the first two takes an entry.
//   4. Direction. Reads are served until `write_high` writes stand in the transaction queue, or any
//      does and no read is queued anywhere; then writes, until none stands there, or only
//      `write_low` and reads too.
//   5. If step 2 moved nothing, it is tried again, with what was accepted.
//   6. Column command: of all that are legal, the one of the oldest request.
//   7. Row command: of all that are legal, those for ranks (refresh, power) before those for banks
//      (activate, precharge), lowest rank or oldest request first. Unless `separate_buses`, only if
//      step 6 sent nothing. With oldest_ready and one bus the two are one step, if no rank wants a
//      command: the oldest request's command goes, row or column.
//
// What a bank wants (steps 6, 7): unless scheduling is fcfs, the oldest request for the open row,
// unless `row_hit_limit` column commands have been sent to that row and an older request wants
// another; else what its oldest request needs: precharge, activate or column command.
//
// Without bank queues (bank_queue: 0) accepted requests stand in their bank's list at once, those
// of the direction not served are passed over, and steps 2 and 5 fall away.
//
// A rank that starts a refresh serves no request until it is over: rows are closed (PREA), then
// REF. Per-bank refresh takes the banks in turn and leaves the others alone. Self-refresh refreshes
// by itself: its rank owes nothing and counts from its end.
//
// A rank without queued requests that refreshes nothing goes down (PDE) `power_down.after` cycles
// after its last column command, or after cycle 0, with its rows as they are; `self_refresh` cycles
// after it, it goes into self-refresh (PDX if it is down, PREA if a row is open, SRE). A request
// that is queued wakes it (PDX, SRX), and so does a refresh that it has to start (PDX).
//
// A read's last data have moved CL + burst after its command, a write's CWL + burst. An answer is
// due then; ControllerConfig::latency is the caller's to add.
//
//   Controller channel(config);
//   channel.push({/*arrival*/ 0, row, column, bank, /*write*/ false, tag});
//   channel.run(forever);                       // everything that was pushed
//   channel.completions();                      // {tag, cycle}
#pragma once

#include <memory>
#include <vector>

#include "memory/dram/config.h"
#include "memory/dram/statistics.h"

namespace mantissa::memory::dram {

constexpr Cycle forever = ~0ull >> 8;

struct Request {
  Cycle arrival = 0;  // not before that of the request pushed before it
  std::uint32_t row = 0, column = 0;
  std::uint8_t bank = 0;  // of the channel: rank x banks per rank + bank
  bool write = false;
  std::uint32_t tag = 0;
};

struct Completion {
  std::uint32_t tag;
  Cycle at;
};

class Engine;  // engine.h

class Controller {
 public:
  explicit Controller(const DramConfig& config);
  ~Controller();
  Controller(Controller&&) noexcept;
  Controller& operator=(Controller&&) noexcept;

  std::size_t push(const Request& request);  // returns how many wait now
  std::size_t waiting() const;               // pushed and not yet accepted
  std::size_t open() const;                  // pushed and without a column command yet

  // Decides every cycle below `horizon`; what is pushed later must not arrive before it. Ends
  // earlier when nothing is left to do: `forever` runs until every request is answered.
  void run(Cycle horizon);
  // Decides cycles until no more than `count` requests wait: for a caller that has more of them.
  void run_until_waiting(std::size_t count);
  // The first cycle, from the last horizon on, in which anything can happen for a request.
  Cycle next_event() const;
  // Closes the books at this cycle: refreshes and background up to it.
  void settle(Cycle end);

  void keep_completions(bool on);
  std::vector<Completion>& completions();  // since last cleared by the caller
  void set_sink(CommandSink* sink);        // null: nobody listens
  const ChannelStatistics& statistics() const;
  Cycle now() const;  // the first cycle that is not decided

  // The shortest time from a command to its answer.
  Cycle shortest_answer() const;

 private:
  std::unique_ptr<Engine> engine_;
};

}  // namespace mantissa::memory::dram
