// SPDX-License-Identifier: Apache-2.0
// What all engines of a core have in common: an in-order queue of commands, one wake-up event, and
// the rule that a command starts when all its tokens are done.
#pragma once

#include <deque>
#include <functional>
#include <systemc>

#include "arch/core/command.h"
#include "arch/core/tokens.h"
#include "arch/session/session.h"

namespace mantissa::arch {

// What an engine needs of its core; owned by the core.
struct CoreContext {
  std::uint32_t core = 0;  // rank
  Clock clock{Hertz(1)};
  Femtoseconds origin{};  // cycle 0 of the run
  TokenTable* tokens = nullptr;
  Observer* observer = nullptr;
  std::uint64_t* wakeups = nullptr;
  std::exception_ptr* failure = nullptr;  // of the run; the kernel would lose an error's kind
  std::function<void(const Command&)> finished;  // after the command's signals
  std::function<void(const Command&, Cycles, Cycles)>
      span;  // start and end, for the layer's record
};

class Engine : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Engine);
  Engine(const sc_core::sc_module_name& name, EngineKind kind, CoreContext& context);

  // True when it became the head: the caller then wakes the engine.
  bool push(Command command);
  std::size_t queued() const { return queue_.size(); }
  // Something that the engine may wait for has happened.
  void wake() { event_.notify(sc_core::SC_ZERO_TIME); }
  virtual void reset();

 protected:
  // Called at every wake-up; must be idempotent.
  virtual void advance(Cycles now) = 0;

  Cycles now() const;
  void wake_at(Cycles cycle);  // keeps the earliest
  // The head command if its tokens are done; else nullptr, and the engine listens.
  Command* ready_head();
  // Latest done_at of the head's tokens, and the token that it belongs to.
  struct Readiness {
    Cycles at{};
    Stall kind = Stall::dependency;
    Cycles able_since{};
  };
  Readiness readiness(const Command& command) const;
  const Command& queue_head() const { return queue_.front(); }
  Command pop();
  void complete(const Command& command, Cycles started, Cycles ended, Cycles able_since);
  void signal(const TokenList& list, Cycles able_since);

  CoreContext& context_;

 private:
  void activate();

  EngineKind kind_;
  std::deque<Command> queue_;
  sc_core::sc_event event_;
  Cycles next_wake_{~0ull};
};

}  // namespace mantissa::arch
