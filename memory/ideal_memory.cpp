// SPDX-License-Identifier: Apache-2.0
// Ideal memory: one data bus of a given bandwidth, a fixed latency, a queue of given depth, first
// come first served.
//
//   accepted_i = max(arrival_i, answered_{i - depth})
//   bus_i      = max(accepted_i, bus_{i-1} + bytes_{i-1} / bandwidth)
//   answered_i = bus_i + latency + bytes_i / bandwidth
//
// The answer's time is known at the call, so the model owns no process: it completes early
// (TLM_COMPLETED with the delay annotated). The bus is tracked in units of 1/bandwidth, never in
// rounded femtoseconds, so no rounding accumulates; answers are rounded up to the next femtosecond,
// or to the next core cycle where bandwidth and latency are given in cycles.
#include <deque>

#include "memory/registry.h"

namespace mantissa::memory {
namespace {

using Wide = unsigned __int128;

constexpr std::uint64_t longest_seconds = latest_time / femtoseconds_per_second;

class IdealMemory : public Memory {
 public:
  IdealMemory(const char* name, const MemoryConfig& config, const Clock& clock)
      : Memory(sc_core::sc_module_name(name)), config_(config), clock_(clock) {
    // Bus position advances `rate_` per tick; a byte takes `per_byte_` of it. A tick is one core
    // cycle (per-cycle bandwidth) or one femtosecond.
    const std::uint64_t scale = config.bandwidth.per_cycle ? 1'000'000 : 1;
    rate_ = static_cast<Wide>(config.bandwidth.bytes * static_cast<double>(scale) + 0.5);
    MANTISSA_CHECK(rate_ > 0, "a memory without bandwidth");
    per_byte_ =
        static_cast<Wide>(scale) * (config.bandwidth.per_cycle ? 1 : femtoseconds_per_second);
  }

  const MemoryStatistics& statistics() const override { return statistics_; }

  double peak_bytes_per_second() const override {
    return config_.bandwidth.per_cycle
               ? config_.bandwidth.bytes * static_cast<double>(clock_.frequency().value)
               : config_.bandwidth.bytes;
  }

  std::string bound_by() const override {
    if (statistics_.open.value == 0) return "no traffic";
    if (statistics_.bus_busy / statistics_.open >= 0.9) return "memory bus";
    if (statistics_.queue_wait.value > 0) return "queue depth";
    return "bytes in flight: outstanding bursts do not cover the latency";
  }

  void reset(Femtoseconds origin) override {
    origin_ = origin;
    statistics_ = {};
    bus_free_ = busy_ = 0;
    answers_.clear();
    last_answer_ = Femtoseconds(0);
  }

 private:
  tlm::tlm_sync_enum transport(int, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                               sc_core::sc_time& delay) override {
    MANTISSA_CHECK(phase == tlm::BEGIN_REQ, "ideal memory takes BEGIN_REQ only");
    const Femtoseconds now = Femtoseconds((sc_core::sc_time_stamp() + delay).value()) - origin_;
    const std::uint64_t bytes = payload.get_data_length();
    move_bytes(payload);

    Femtoseconds accepted = now;
    while (!answers_.empty() && answers_.front() <= now) answers_.pop_front();
    const auto depth = static_cast<std::size_t>(config_.queue_depth);
    if (answers_.size() >= depth) accepted = answers_[answers_.size() - depth];
    const Femtoseconds answered = serve(accepted, bytes);
    count(payload.is_read(), bytes, now, accepted, answered);
    answers_.push_back(answered);

    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    phase = tlm::BEGIN_RESP;
    delay += sc_core::sc_time::from_value((answered - now).value);
    return tlm::TLM_COMPLETED;
  }

  // Puts `bytes` on the bus from `accepted` on; the time of the last byte at the initiator.
  Femtoseconds serve(Femtoseconds accepted, std::uint64_t bytes) {
    const std::uint64_t ticks =
        config_.bandwidth.per_cycle ? clock_.edge_at_or_after(accepted).value : accepted.value;
    const Wide start = std::max(bus_free_, static_cast<Wide>(ticks) * rate_);
    bus_free_ = start + static_cast<Wide>(bytes) * per_byte_;
    busy_ += bus_free_ - start;
    statistics_.bus_busy = busy_time();
    const Wide last = (bus_free_ + rate_ - 1) / rate_;
    const bool late = config_.bandwidth.per_cycle
                          ? last > static_cast<Wide>(clock_.frequency().value) * longest_seconds
                          : last > latest_time;
    if (late)
      throw Error(time_overflow)
          .say("the memory would answer after more than " + std::to_string(longest_seconds) +
               " s of simulated time")
          .expected("a run that ends before")
          .remedy("raise memory.bandwidth or core.clock");
    const auto last_tick = static_cast<std::uint64_t>(last);
    const Femtoseconds moved =
        config_.bandwidth.per_cycle ? clock_.time_of(Cycles(last_tick)) : Femtoseconds(last_tick);
    if (!config_.latency.in_cycles) return moved + config_.latency.time;
    return clock_.time_of(clock_.edge_at_or_after(moved) + config_.latency.cycles);
  }

  // Of all bytes so far, rounded down once: never more than the time that they took.
  Femtoseconds busy_time() const {
    if (!config_.bandwidth.per_cycle)
      return Femtoseconds(static_cast<std::uint64_t>(busy_ / rate_));
    return Femtoseconds(static_cast<std::uint64_t>(busy_ * femtoseconds_per_second /
                                                   (rate_ * clock_.frequency().value)));
  }

  void count(bool read, std::uint64_t bytes, Femtoseconds arrived, Femtoseconds accepted,
             Femtoseconds answered) {
    (read ? statistics_.reads : statistics_.writes) += 1;
    (read ? statistics_.read_bytes : statistics_.write_bytes) += bytes;
    statistics_.queue_wait += accepted - arrived;
    const Femtoseconds from = std::max(arrived, last_answer_);
    if (answered > from) statistics_.open += answered - from;
    last_answer_ = std::max(last_answer_, answered);
  }

  MemoryConfig config_;
  Clock clock_;
  Femtoseconds origin_{};
  Wide rate_ = 0;
  Wide per_byte_ = 0;
  Wide bus_free_ = 0, busy_ = 0;      // in bus units, see above
  std::deque<Femtoseconds> answers_;  // of transactions still in the queue, in order
  Femtoseconds last_answer_{};
  MemoryStatistics statistics_;
};

const MemoryModel ideal("ideal",
                        [](const char* name, const MemoryConfig& config,
                           const Clock& clock) -> std::unique_ptr<Memory> {
                          return std::make_unique<IdealMemory>(name, config, clock);
                        });

}  // namespace
}  // namespace mantissa::memory
