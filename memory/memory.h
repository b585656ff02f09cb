// SPDX-License-Identifier: Apache-2.0
// What every memory model is: a SystemC module with one TLM-2.0 target socket for all initiators of
// a chip, statistics, and, in data mode, bytes.
//
// Protocol (TLM-2.0 approximately timed, base protocol phases). nb_transport_fw(BEGIN_REQ) answers
//   TLM_COMPLETED  the model knows the answer's time already: it is the annotated delay; or
//   TLM_ACCEPTED   nb_transport_bw(BEGIN_RESP) follows when the last byte has moved.
// Initiators handle both. A payload covers `Pattern` when it carries that extension, else its
// address and length. Data move at the time of the call when data_ptr is not null.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <systemc>
#include <tlm>

#include "base/error.h"
#include "base/units.h"
#include "memory/backing_store.h"
#include "memory/dram/energy.h"

namespace mantissa::memory {

inline const ErrorKind time_overflow{
    "memory.time-overflow", ExitCode::bad_input,
    "A run takes longer than the 5 hours of simulated time that fit 64 bits of femtoseconds."};
// What every clock edge and answer must stay below.
constexpr std::uint64_t latest_time = ~0ull / 2;  // fs

// Rows of `row_bytes` every `stride` bytes: what one burst of a strided DMA descriptor touches.
struct Pattern : tlm::tlm_extension<Pattern> {
  std::uint64_t rows = 1, row_bytes = 0, stride = 0;
  tlm::tlm_extension_base* clone() const override { return new Pattern(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    const auto& o = static_cast<const Pattern&>(other);
    rows = o.rows;
    row_bytes = o.row_bytes;
    stride = o.stride;
  }
};

struct MemoryStatistics {
  std::uint64_t reads = 0, writes = 0;  // transactions
  std::uint64_t read_bytes = 0, write_bytes = 0;
  std::uint64_t wakeups = 0;  // process activations of the model
  Femtoseconds open{};        // time with at least one transaction accepted and not answered
  Femtoseconds bus_busy{};    // time in which the data bus moved bytes
  Femtoseconds queue_wait{};  // summed time that transactions waited for a queue entry
};

// What command-level DRAM did, all channels together.
struct DramActivity {
  dram::DramConfig config;
  dram::ChannelStatistics statistics;
  dram::EnergyReport energy;
};

class Memory : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Memory> socket;

  explicit Memory(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_fw(this, &Memory::transport);
  }
  ~Memory() override = default;

  virtual const MemoryStatistics& statistics() const = 0;
  virtual double peak_bytes_per_second() const = 0;
  // What held the bandwidth down while somebody wanted more, in words.
  virtual std::string bound_by() const = 0;
  // Between runs: `origin` becomes cycle 0 of the core clock.
  virtual void reset(Femtoseconds origin) = 0;

  // After a run: closes the books at `end`, which counts from the origin.
  virtual void settle(Femtoseconds /*end*/) {}
  // Null unless the model knows commands; valid once the books are closed.
  virtual const DramActivity* dram() const { return nullptr; }

  BackingStore& store() { return store_; }

 protected:
  virtual tlm::tlm_sync_enum transport(int initiator, tlm::tlm_generic_payload& payload,
                                       tlm::tlm_phase& phase, sc_core::sc_time& delay) = 0;
  void move_bytes(tlm::tlm_generic_payload& payload);  // between payload and store, pattern-aware

 private:
  BackingStore store_;
};

}  // namespace mantissa::memory
