// SPDX-License-Identifier: Apache-2.0
#include "arch/core/engine.h"

#include "memory/memory.h"

namespace mantissa::arch {

const char* name(EngineKind kind) {
  static const char* const names[engine_kinds] = {"load",   "weights", "matrix",
                                                  "vector", "store",   "link"};
  return names[static_cast<std::size_t>(kind)];
}

Engine::Engine(const sc_core::sc_module_name& name, EngineKind kind, CoreContext& context)
    : sc_module(name), context_(context), kind_(kind) {
  SC_METHOD(activate);
  sensitive << event_;
  dont_initialize();
}

bool Engine::push(Command command) {
  queue_.push_back(std::move(command));
  return queue_.size() == 1;
}

void Engine::reset() {
  queue_.clear();
  event_.cancel();
  next_wake_ = Cycles(~0ull);
}

void Engine::activate() {
  if (*context_.failure) return;
  ++*context_.wakeups;
  const Cycles cycle = now();
  if (next_wake_ <= cycle) next_wake_ = Cycles(~0ull);
  try {
    advance(cycle);
  } catch (...) {
    *context_.failure = std::current_exception();
    sc_core::sc_pause();
    return;
  }
  // notify() keeps only the earliest pending notification; ask again for the one still owed.
  if (next_wake_.value != ~0ull) {
    const Cycles owed = next_wake_;
    next_wake_ = Cycles(~0ull);
    wake_at(owed);
  }
}

Cycles Engine::now() const {
  return context_.clock.edge_at_or_after(Femtoseconds(sc_core::sc_time_stamp().value()) -
                                         context_.origin);
}

void Engine::wake_at(Cycles cycle) {
  if (cycle >= next_wake_) return;
  next_wake_ = cycle;
  constexpr std::uint64_t longest_seconds = memory::latest_time / femtoseconds_per_second;
  if (cycle.value / context_.clock.frequency().value >= longest_seconds)
    throw Error(memory::time_overflow)
        .say("the run would take more than " + std::to_string(longest_seconds) +
             " s of simulated time")
        .expected("a run that ends before")
        .remedy("raise core.clock");
  const Femtoseconds at = context_.clock.time_of(cycle) + context_.origin;
  const std::uint64_t stamp = sc_core::sc_time_stamp().value();
  event_.notify(sc_core::sc_time::from_value(at.value > stamp ? at.value - stamp : 0));
}

Command* Engine::ready_head() {
  if (queue_.empty()) return nullptr;
  Command& head = queue_.front();
  for (TokenId token : head.waits) {
    if (context_.tokens->done(token)) continue;
    context_.tokens->listen(token, kind_);
    return nullptr;
  }
  return &head;
}

Engine::Readiness Engine::readiness(const Command& command) const {
  Readiness latest;
  for (TokenId id : command.waits) {
    const Token& token = (*context_.tokens)[id];
    if (token.done_at >= latest.at) latest = {token.done_at, token.kind, token.able_since};
  }
  return latest;
}

Command Engine::pop() {
  Command command = std::move(queue_.front());
  queue_.pop_front();
  return command;
}

void Engine::signal(const TokenList& list, Cycles able_since) {
  const Cycles cycle = now();
  for (TokenId token : list) context_.tokens->signal(token, cycle, able_since);
}

void Engine::complete(const Command& command, Cycles started, Cycles ended, Cycles able_since) {
  if (context_.span) context_.span(command, started, ended);
  if (context_.finished) context_.finished(command);  // bytes first, then whoever waits for them
  signal(command.signals, able_since);
}

}  // namespace mantissa::arch
