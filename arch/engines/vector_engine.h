// SPDX-License-Identifier: Apache-2.0
// The vector unit's engine: commands in order, each in the time of arch/units/vector_time.h. One
// that empties accumulators may start with the first row of results, and its last beats wait for
// the last row.
#pragma once

#include <queue>

#include "arch/core/accumulators.h"
#include "arch/core/engine.h"
#include "arch/core/scratchpad.h"
#include "arch/units/vector_time.h"

namespace mantissa::arch {

class VectorEngine : public Engine {
 public:
  // Data mode: accumulators -> scratchpad, when the command completes.
  using Compute = std::function<void(const Command&, const VectorTime&, Cycles now)>;

  VectorEngine(const sc_core::sc_module_name& name, const CoreConfig& config,
               Accumulators& accumulators, Scratchpad& scratchpad, CoreContext& context);

  void compute_with(Compute compute) { compute_ = std::move(compute); }
  // Through its scratchpad ports.
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }
  std::uint64_t post_processed() const { return post_processed_; }  // vectors
  void reset() override;

 private:
  struct Pending {
    Cycles at;
    Command command;
    Cycles started, able_since;
    VectorTime time;
  };

  void advance(Cycles now) override;

  VectorLine line_;
  Cycles read_latency_;  // of the scratchpad's ECC
  Accumulators& accumulators_;
  Scratchpad& scratchpad_;
  Compute compute_;
  std::deque<Pending> agenda_;  // completion times never decrease: the unit works in order
  Cycles free_{};
  std::uint64_t bytes_read_ = 0, bytes_written_ = 0, post_processed_ = 0;
};

}  // namespace mantissa::arch
