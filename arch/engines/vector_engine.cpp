// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/vector_engine.h"

#include <algorithm>

namespace mantissa::arch {

VectorEngine::VectorEngine(const sc_core::sc_module_name& name, const CoreConfig& config,
                           Accumulators& accumulators, Scratchpad& scratchpad, CoreContext& context)
    : Engine(name, EngineKind::vector, context),
      line_(config.vector, config.scratchpad),
      read_latency_(config.scratchpad.read_latency()),
      accumulators_(accumulators),
      scratchpad_(scratchpad) {}

void VectorEngine::reset() {
  Engine::reset();
  agenda_.clear();
  free_ = Cycles(0);
  bytes_read_ = bytes_written_ = post_processed_ = 0;
}

void VectorEngine::advance(Cycles now) {
  while (ready_head() != nullptr) {
    const Cycles able_since = readiness(queue_head()).at;
    Command command = pop();
    const auto& work = std::get<VectorCommand>(command.work);
    const Cycles start = std::max(now, free_);
    Cycles complete{};
    post_processed_ += work.post_vectors;
    if (work.slot >= 0) {
      complete = accumulators_.slot(static_cast<std::uint32_t>(work.slot)).complete_at;
      accumulators_.read_bytes += work.m * work.n * 4;
    }
    const VectorTime time =
        line_.time({work.elements, work.passes, work.last_row, work.read_bytes, work.write_bytes},
                   start, complete);
    free_ = std::max(time.free, start + work.post_cycles);
    bytes_read_ += work.read_bytes;
    bytes_written_ += work.write_bytes;
    scratchpad_.count_read(work.addend, work.read_bytes);
    scratchpad_.count_write(work.out, work.write_bytes);
    Cycles done = time.written + (free_ - time.free) + work.post_latency;
    if (work.read_bytes > 0) done += read_latency_;
    if (!agenda_.empty()) done = std::max(done, agenda_.back().at);  // in order
    agenda_.push_back({done, std::move(command), start, able_since, time});
  }
  while (!agenda_.empty() && agenda_.front().at <= now) {
    const Pending done = std::move(agenda_.front());
    agenda_.pop_front();
    if (compute_) compute_(done.command, done.time, now);
    const auto slot = std::get<VectorCommand>(done.command.work).slot;
    if (slot >= 0) accumulators_.release(static_cast<std::uint32_t>(slot));
    complete(done.command, done.started, done.at, done.able_since);
  }
  if (!agenda_.empty()) wake_at(agenda_.front().at);
}

}  // namespace mantissa::arch
