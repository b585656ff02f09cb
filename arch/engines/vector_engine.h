// SPDX-License-Identifier: Apache-2.0
// The vector unit's engine. A command occupies the lanes for passes x ceil(elements / lanes) cycles
// and completes `latency` later. One that empties accumulators may start with the first row of
// results and cannot finish before the last has arrived.
#pragma once

#include <queue>

#include "arch/core/accumulators.h"
#include "arch/core/engine.h"
#include "arch/core/scratchpad.h"

namespace mantissa::arch {

class VectorEngine : public Engine {
 public:
  // Data mode: accumulators -> scratchpad, when the command completes.
  using Compute = std::function<void(const Command&, Cycles now)>;

  VectorEngine(const sc_core::sc_module_name& name, const VectorConfig& config,
               Accumulators& accumulators, Scratchpad& scratchpad, CoreContext& context,
               Cycles read_latency = {});

  void compute_with(Compute compute) { compute_ = std::move(compute); }
  // Through its scratchpad ports.
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }
  void reset() override;

 private:
  struct Pending {
    Cycles at;
    Command command;
    Cycles started, able_since;
  };

  void advance(Cycles now) override;

  std::uint64_t lanes_;
  Cycles latency_, read_latency_;  // the latter of the scratchpad's ECC
  Accumulators& accumulators_;
  Scratchpad& scratchpad_;
  Compute compute_;
  std::deque<Pending> agenda_;  // completion times never decrease: the unit works in order
  Cycles free_{};
  std::uint64_t bytes_read_ = 0, bytes_written_ = 0;
};

}  // namespace mantissa::arch
