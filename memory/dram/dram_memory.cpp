// SPDX-License-Identifier: Apache-2.0
// Command-level DRAM behind the TLM-2.0 socket: one controller and one process per channel.
//
// A transaction is cut into bursts, which go to the channels that the address map names. It is
// answered when its last burst has moved, a write as well: what the requester hears of is in the
// array. The process of a channel does not wake for every command. Commands that are sent before a
// cycle cannot be answered sooner than CL (or CWL) + burst after it, so a channel sleeps until the
// first answer that may be due and then decides all cycles up to now at once; later arrivals cannot
// change those. Only a read that the write queue answers may thus be heard of up to that much
// later.
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"
#include "memory/registry.h"

namespace mantissa::memory {
namespace {

using dram::Cycle;

// Wakes its channel's controller; knows nothing of transactions.
class ChannelProcess : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(ChannelProcess);
  ChannelProcess(const sc_core::sc_module_name& name, const dram::DramConfig& config,
                 std::function<void(std::size_t)> wake, std::size_t index)
      : sc_module(name), controller(config), wake_(std::move(wake)), index_(index) {
    SC_METHOD(activate);
    dont_initialize();
    sensitive << event_;
  }
  void wake_at(Femtoseconds absolute) {
    if (absolute >= next_) return;
    next_ = absolute;
    event_.cancel();
    event_.notify(sc_core::sc_time::from_value(absolute.value) - sc_core::sc_time_stamp());
  }
  void stop() {
    event_.cancel();
    next_ = never;
  }

  dram::Controller controller;

 private:
  static constexpr Femtoseconds never{~0ull};
  void activate() {
    next_ = never;
    wake_(index_);
  }
  std::function<void(std::size_t)> wake_;
  std::size_t index_;
  sc_core::sc_event event_;
  Femtoseconds next_ = never;
};

class DramMemory : public Memory {
 public:
  DramMemory(const char* name, const dram::DramConfig& config, const Clock& core_clock)
      : Memory(sc_core::sc_module_name(name)),
        config_(config),
        clock_(config.clock),
        core_clock_(core_clock),
        map_(config.organization, config.controller.mapping, config.controller.xors) {
    for (std::int64_t c = 0; c < config.organization.channels; ++c)
      channels_.push_back(std::make_unique<ChannelProcess>(
          ("channel" + std::to_string(c)).c_str(), config, [this](std::size_t i) { wake(i); },
          static_cast<std::size_t>(c)));
    shortest_ = channels_.front()->controller.shortest_answer();
  }

  const MemoryStatistics& statistics() const override { return statistics_; }
  double peak_bytes_per_second() const override { return config_.peak_bytes_per_second(); }
  const DramActivity* dram() const override { return &activity_; }

  // Time after the last burst does not count: nobody wanted more then.
  std::string bound_by() const override {
    const auto& s = activity_.statistics;
    if (s.bus_busy == 0) return "no traffic";
    switch (const dram::Wait wait = dram::bound_by(s.bus_busy, s.bus_idle)) {
      case dram::Wait::bus:
        return "memory bus";
      case dram::Wait::demand:
        return "bytes in flight: outstanding bursts do not cover the latency";
      default:
        return dram::meaning(wait);
    }
  }

  void reset(Femtoseconds origin) override {
    origin_ = origin;
    statistics_ = {};
    activity_ = DramActivity{config_, {}, {}};
    for (auto& channel : channels_) {
      channel->stop();
      channel->controller = dram::Controller(config_);
      channel->controller.keep_completions(true);
    }
    transactions_.clear();
    free_.clear();
    open_ = 0;
    opened_at_ = open_until_ = Femtoseconds(0);
  }

  void settle(Femtoseconds end) override {
    const Cycle last = clock_.edge_at_or_after(end).value;
    activity_.statistics = {};
    for (auto& channel : channels_) {
      channel->controller.settle(last);
      activity_.statistics.merge(channel->controller.statistics());
    }
    const auto channels = static_cast<std::uint64_t>(channels_.size());
    statistics_.bus_busy = clock_.time_of(Cycles(activity_.statistics.bus_busy / channels));
    statistics_.queue_wait = clock_.time_of(Cycles(activity_.statistics.wait_before_acceptance));
    activity_.energy = dram::energy(config_, activity_.statistics);
  }

 private:
  struct Transaction {
    tlm::tlm_generic_payload* payload = nullptr;
    int initiator = 0;
    std::uint32_t bursts = 0;  // not yet answered
    Cycle last = 0;            // answer of those that are
  };

  tlm::tlm_sync_enum transport(int initiator, tlm::tlm_generic_payload& payload,
                               tlm::tlm_phase& phase, sc_core::sc_time& delay) override {
    MANTISSA_CHECK(phase == tlm::BEGIN_REQ, "a DRAM takes BEGIN_REQ only");
    const Femtoseconds now = Femtoseconds((sc_core::sc_time_stamp() + delay).value()) - origin_;
    move_bytes(payload);
    // An answer is due after its last burst: the transaction is open until then, though it is known
    // of already.
    if (open_++ == 0) opened_at_ = std::max(now, open_until_);
    (payload.is_read() ? statistics_.reads : statistics_.writes) += 1;
    (payload.is_read() ? statistics_.read_bytes : statistics_.write_bytes) +=
        payload.get_data_length();

    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(transactions_.size()));
      transactions_.emplace_back();
    }
    const std::uint32_t tag = free_.back();
    free_.pop_back();
    transactions_[tag] = {&payload, initiator, 0, 0};
    const Cycle arrival = clock_.edge_at_or_after(now).value;
    push_bursts(payload, tag, arrival);
    return tlm::TLM_ACCEPTED;
  }

  // Whole bursts, aligned: what a request wants of one is moved with the rest of it.
  void push_bursts(const tlm::tlm_generic_payload& payload, std::uint32_t tag, Cycle arrival) {
    const std::uint64_t burst = config_.organization.burst_bytes();
    const auto per_rank = static_cast<std::uint32_t>(config_.organization.banks_per_rank());
    const Pattern* pattern = payload.get_extension<Pattern>();
    const std::uint64_t rows = pattern == nullptr ? 1 : pattern->rows;
    const std::uint64_t row_bytes =
        pattern == nullptr ? payload.get_data_length() : pattern->row_bytes;
    std::uint64_t moved = ~0ull;  // the last burst: rows that share one move it once
    for (std::uint64_t row = 0; row < rows; ++row) {
      const std::uint64_t from =
          payload.get_address() + (pattern == nullptr ? 0 : row * pattern->stride);
      for (std::uint64_t b = from / burst; b * burst < from + row_bytes; ++b) {
        if (b == moved) continue;
        moved = b;
        const dram::Location at = map_.locate(b * burst);
        ChannelProcess& channel = *channels_[at.channel];
        channel.controller.push({arrival, at.row, at.column,
                                 static_cast<std::uint8_t>(at.rank * per_rank + at.bank),
                                 payload.is_write(), tag});
        ++transactions_[tag].bursts;
        channel.wake_at(absolute(arrival + shortest_));
      }
    }
    MANTISSA_CHECK(transactions_[tag].bursts > 0, "a transaction of no bytes");
  }

  Femtoseconds absolute(Cycle cycle) const {
    const Femtoseconds at = clock_.time_of(Cycles(cycle));
    if (at.value > latest_time - origin_.value)
      throw Error(time_overflow)
          .say("the memory would answer after more than " +
               std::to_string(latest_time / femtoseconds_per_second) + " s of simulated time")
          .expected("a run that ends before")
          .remedy("raise memory.dram.clock or core.clock");
    return origin_ + at;
  }

  // The channel's first answer may be due.
  void wake(std::size_t index) {
    ++statistics_.wakeups;
    ChannelProcess& channel = *channels_[index];
    const Femtoseconds now = Femtoseconds(sc_core::sc_time_stamp().value()) - origin_;
    channel.controller.run(clock_.edge_at_or_after(now).value);
    for (const dram::Completion& done : channel.controller.completions()) {
      Transaction& transaction = transactions_[done.tag];
      transaction.last = std::max(transaction.last, done.at);
      if (--transaction.bursts == 0) answer(done.tag, now);
    }
    channel.controller.completions().clear();
    if (channel.controller.open() > 0)
      channel.wake_at(absolute(channel.controller.next_event() + shortest_));
  }

  void answer(std::uint32_t tag, Femtoseconds now) {
    const Transaction transaction = transactions_[tag];
    free_.push_back(tag);
    Femtoseconds at = clock_.time_of(Cycles(transaction.last));
    const Latency& latency = config_.controller.latency;
    at = latency.in_cycles ? core_clock_.time_of(core_clock_.edge_at_or_after(at) + latency.cycles)
                           : at + latency.time;
    at = std::max(at, now);
    open_until_ = std::max(open_until_, at);
    if (--open_ == 0) statistics_.open += open_until_ - opened_at_;
    transaction.payload->set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::sc_time::from_value((at - now).value);
    socket[transaction.initiator]->nb_transport_bw(*transaction.payload, phase, delay);
  }

  const dram::DramConfig config_;
  const Clock clock_, core_clock_;
  const dram::AddressMap map_;
  std::vector<std::unique_ptr<ChannelProcess>> channels_;
  Cycle shortest_ = 0;  // from a command to its answer
  Femtoseconds origin_{};
  std::vector<Transaction> transactions_;
  std::vector<std::uint32_t> free_;
  std::uint64_t open_ = 0;
  Femtoseconds opened_at_{}, open_until_{};
  MemoryStatistics statistics_;
  DramActivity activity_;
};

const MemoryModel command_level("dram",
                                [](const char* name, const MemoryConfig& config,
                                   const Clock& clock) -> std::unique_ptr<Memory> {
                                  return std::make_unique<DramMemory>(name, *config.dram, clock);
                                });

}  // namespace
}  // namespace mantissa::memory
