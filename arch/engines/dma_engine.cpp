// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/dma_engine.h"

#include <algorithm>
#include <cstring>

#include "memory/memory.h"

namespace mantissa::arch {

struct DmaEngine::Transfer {
  Command command;
  std::uint64_t next_row = 0, next_byte = 0;  // where the next burst begins
  std::uint32_t in_flight = 0;
  bool issued_all = false;
  Cycles started{}, able_since{};
  const TransferCommand& work() const { return std::get<TransferCommand>(command.work); }
};

struct DmaEngine::Burst {
  tlm::tlm_generic_payload payload;
  memory::Pattern pattern;
  std::vector<std::byte> bytes;
  Transfer* transfer = nullptr;  // nullptr: free
  std::uint64_t local = 0, local_stride = 0;
  bool answered = false;
  Cycles answered_at{};
};

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, EngineKind kind, const DmaConfig& config,
                     Scratchpad& scratchpad, CoreContext& context, Cycles read_latency)
    : Engine(name, kind, context),
      socket("socket"),
      write_(kind == EngineKind::store),
      burst_bytes_(config.burst.value),
      issue_interval_(static_cast<std::uint64_t>(config.issue)),
      read_latency_(read_latency),
      scratchpad_(scratchpad) {
  socket.register_nb_transport_bw(this, &DmaEngine::answered);
  for (std::int64_t i = 0; i < config.outstanding; ++i) {
    pool_.push_back(std::make_unique<Burst>());
    pool_.back()->payload.set_extension(&pool_.back()->pattern);
  }
}

DmaEngine::~DmaEngine() {
  for (auto& burst : pool_) burst->payload.clear_extension(&burst->pattern);
}

void DmaEngine::reset() {
  Engine::reset();
  for (auto& burst : pool_) burst->transfer = nullptr;
  transfers_.clear();
  twin_.reset();
  next_issue_ = Cycles(0);
  bursts_ = bytes_ = 0;
}

void DmaEngine::advance(Cycles now) {
  retire(now);
  complete_transfers(now);
  while (issue(now)) {
  }
}

void DmaEngine::retire(Cycles now) {
  for (auto& burst : pool_) {
    if (burst->transfer == nullptr || !burst->answered) continue;
    if (burst->answered_at > now) {
      wake_at(burst->answered_at);
      continue;
    }
    if (!write_) stage(burst->transfer->work(), *burst, true);
    --burst->transfer->in_flight;
    burst->transfer = nullptr;
  }
}

void DmaEngine::complete_transfers(Cycles now) {
  while (!transfers_.empty() && transfers_.front()->issued_all &&
         transfers_.front()->in_flight == 0) {
    const std::unique_ptr<Transfer> done = std::move(transfers_.front());
    transfers_.pop_front();
    complete(done->command, done->started, now, done->able_since);
  }
}

// Where the bursts of a transfer begin, as `issue` cuts them.
AddressLoops DmaEngine::loops(const TransferCommand& work) const {
  AddressLoops loops;
  loops.base = work.dram;
  if (work.dram_stride == work.row_bytes && work.local_stride == work.row_bytes) {
    loops.counts = {ceil_div(work.rows * work.row_bytes, burst_bytes_), 1};
    loops.strides = {burst_bytes_, 0};
  } else if (work.row_bytes > burst_bytes_) {
    loops.counts = {ceil_div(work.row_bytes, burst_bytes_), work.rows};
    loops.strides = {burst_bytes_, work.dram_stride};
  } else {
    const std::uint64_t whole = burst_bytes_ / work.row_bytes;
    loops.counts = {ceil_div(work.rows, whole), 1};
    loops.strides = {whole * work.dram_stride, 0};
  }
  return loops;
}

DmaEngine::Burst* DmaEngine::free_burst() {
  for (auto& burst : pool_)
    if (burst->transfer == nullptr) return burst.get();
  return nullptr;
}

bool DmaEngine::issue(Cycles now) {
  if (transfers_.empty() || transfers_.back()->issued_all) {
    Command* head = ready_head();
    if (head == nullptr) return false;
    auto transfer = std::make_unique<Transfer>();
    transfer->able_since = readiness(*head).at;
    transfer->command = pop();
    // A store reads the scratchpad first: its ECC's cycles, once per transfer.
    if (write_) next_issue_ = std::max(now, next_issue_) + read_latency_;
    transfer->started = std::max(now, next_issue_);
    transfers_.push_back(std::move(transfer));
    if (twin_) twin_->begin(loops(transfers_.back()->work()));
  }
  if (now < next_issue_) {
    wake_at(next_issue_);
    return false;
  }
  Burst* burst = free_burst();
  if (burst == nullptr) return false;  // an answer will wake us

  Transfer& transfer = *transfers_.back();
  const TransferCommand& work = transfer.work();
  memory::Pattern& pattern = burst->pattern;
  // Whole rows where they fit, else a part of one row; a gapless pattern is one long row.
  const std::uint64_t row_left = work.row_bytes - transfer.next_byte;
  const bool gapless = work.dram_stride == work.row_bytes && work.local_stride == work.row_bytes;
  burst->local = work.local + transfer.next_row * work.local_stride + transfer.next_byte;
  burst->local_stride = work.local_stride;
  std::uint64_t dram = work.dram + transfer.next_row * work.dram_stride + transfer.next_byte;
  if (twin_) dram = twin_->next(dram);
  if (gapless) {
    const std::uint64_t left =
        (work.rows - transfer.next_row) * work.row_bytes - transfer.next_byte;
    pattern.rows = 1;
    pattern.row_bytes = std::min(left, burst_bytes_);
    const std::uint64_t reached = transfer.next_byte + pattern.row_bytes;
    transfer.next_row += reached / work.row_bytes;
    transfer.next_byte = reached % work.row_bytes;
  } else if (transfer.next_byte > 0 || work.row_bytes > burst_bytes_) {
    pattern.rows = 1;
    pattern.row_bytes = std::min(row_left, burst_bytes_);
    transfer.next_byte += pattern.row_bytes;
    if (transfer.next_byte == work.row_bytes) {
      transfer.next_byte = 0;
      ++transfer.next_row;
    }
  } else {
    pattern.rows = std::min(work.rows - transfer.next_row, burst_bytes_ / work.row_bytes);
    pattern.row_bytes = work.row_bytes;
    transfer.next_row += pattern.rows;
  }
  pattern.stride = work.dram_stride;
  transfer.issued_all = transfer.next_row >= work.rows;

  const std::uint64_t bytes = pattern.rows * pattern.row_bytes;
  burst->transfer = &transfer;
  burst->answered = false;
  ++transfer.in_flight;
  ++bursts_;
  bytes_ += bytes;
  if (write_)
    scratchpad_.count_read(burst->local, bytes);
  else
    scratchpad_.count_write(burst->local, bytes);

  tlm::tlm_generic_payload& payload = burst->payload;
  payload.set_command(write_ ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(dram);
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_data_ptr(nullptr);
  if (scratchpad_.holds_bytes() && work.moves_bytes) {
    burst->bytes.resize(bytes);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(burst->bytes.data()));
    if (write_) stage(work, *burst, false);
  }

  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  if (socket->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED)
    answered(payload, phase, delay);
  next_issue_ = now + issue_interval_;
  return true;
}

void DmaEngine::stage(const TransferCommand& command, Burst& burst, bool into_scratchpad) {
  if (!scratchpad_.holds_bytes() || !command.moves_bytes) return;
  std::byte* staged = burst.bytes.data();
  for (std::uint64_t row = 0; row < burst.pattern.rows; ++row) {
    const std::uint64_t size = burst.pattern.row_bytes;
    const std::uint64_t here = burst.local + row * burst.local_stride;
    if (into_scratchpad)
      scratchpad_.write(here, staged, size);
    else
      std::memcpy(staged, scratchpad_.read(here, size, copy_), size);
    staged += size;
  }
}

tlm::tlm_sync_enum DmaEngine::answered(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                       sc_core::sc_time& delay) {
  MANTISSA_CHECK(payload.is_response_ok(), "memory answered a burst with an error");
  for (auto& burst : pool_) {
    if (&burst->payload != &payload) continue;
    const Femtoseconds at =
        Femtoseconds((sc_core::sc_time_stamp() + delay).value()) - context_.origin;
    burst->answered = true;
    burst->answered_at = context_.clock.edge_at_or_after(at);
    wake_at(burst->answered_at);
    return tlm::TLM_COMPLETED;
  }
  MANTISSA_CHECK(false, "an answer to no burst");
  return tlm::TLM_COMPLETED;
}

}  // namespace mantissa::arch
