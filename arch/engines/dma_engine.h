// SPDX-License-Identifier: Apache-2.0
// DMA engine: cuts transfer commands into bursts and keeps several of them in flight on its TLM-2.0
// socket. Bursts of the next command follow those of the one before without a gap; commands
// complete when their last burst does.
//
// Each cycle that it is awake it
//   1. retires bursts whose answer has arrived, scattering read bytes into the scratchpad;
//   2. completes commands that have no burst left;
//   3. issues the next burst, if the issue interval has passed and fewer than `outstanding` fly.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <memory>
#include <tlm>

#include "arch/core/engine.h"
#include "arch/core/scratchpad.h"
#include "arch/units/address_twin.h"

namespace mantissa::arch {

class DmaEngine : public Engine {
 public:
  tlm_utils::simple_initiator_socket<DmaEngine> socket;

  DmaEngine(const sc_core::sc_module_name& name, EngineKind kind, const DmaConfig& config,
            Scratchpad& scratchpad, CoreContext& context, Cycles read_latency = {});
  ~DmaEngine() override;

  std::uint64_t bursts() const { return bursts_; }
  std::uint64_t bytes() const { return bytes_; }
  // Compares its addresses with those of RTL, or takes them; null: neither. Until `reset`.
  void address_with(std::unique_ptr<AddressTwin> twin) { twin_ = std::move(twin); }
  AddressTwin* twin() { return twin_.get(); }
  void reset() override;

 private:
  struct Transfer;  // a command under way
  struct Burst;     // a payload under way

  void advance(Cycles now) override;
  void retire(Cycles now);
  void complete_transfers(Cycles now);
  bool issue(Cycles now);
  AddressLoops loops(const TransferCommand& work) const;
  Burst* free_burst();
  void stage(const TransferCommand& command, Burst& burst, bool into_scratchpad);
  tlm::tlm_sync_enum answered(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);

  bool write_;
  std::uint64_t burst_bytes_;
  Cycles issue_interval_, read_latency_;  // the latter of the scratchpad's ECC
  Scratchpad& scratchpad_;
  std::unique_ptr<AddressTwin> twin_;
  std::vector<std::unique_ptr<Burst>> pool_;
  std::deque<std::unique_ptr<Transfer>> transfers_;
  std::vector<std::byte> copy_;  // of a row with errors
  Cycles next_issue_{};
  std::uint64_t bursts_ = 0, bytes_ = 0;
};

}  // namespace mantissa::arch
