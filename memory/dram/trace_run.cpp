// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/trace_run.h"

#include <algorithm>

#include "base/error.h"
#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"

namespace mantissa::memory::dram {
namespace {

constexpr std::size_t chunk = 1024;      // requests that a channel is given before it runs
constexpr std::size_t left_waiting = 8;  // ... and that are left: it decides nothing unknown
constexpr std::uint64_t progress_interval = 1 << 17;  // requests

double latency_in_ns(const Latency& latency, Hertz clock) {
  if (latency.in_cycles)
    return static_cast<double>(latency.cycles.value) * 1e9 / static_cast<double>(clock.value);
  return static_cast<double>(latency.time.value) * 1e-6;
}

BusTime bus_time(const TraceResult& result) {
  BusTime bus;
  for (const auto& channel : result.channels) {
    bus.whole += result.cycles;
    bus.busy += channel.bus_busy;
    for (std::size_t i = 0; i < waits; ++i) bus.idle[i] += channel.bus_idle[i];
    bus.idle[static_cast<std::size_t>(Wait::demand)] += result.cycles - channel.last_data;
  }
  Cycle sum = bus.busy;
  for (const Cycle idle : bus.idle) sum += idle;
  MANTISSA_CHECK(sum == bus.whole, "busy and idle time of the data bus do not add up");
  return bus;
}

}  // namespace

double TraceResult::seconds() const {
  return static_cast<double>(cycles) / static_cast<double>(clock.value);
}
double TraceResult::ns(double count) const {
  return count * 1e9 / static_cast<double>(clock.value);
}
double TraceResult::latency_ns(double count) const { return ns(count) + controller_latency_ns; }
std::uint64_t TraceResult::bytes_requested() const { return bursts * burst_bytes; }
std::uint64_t TraceResult::bytes_moved() const {
  return (total.reads - total.forwarded + total.writes - total.merged) * burst_bytes;
}
double TraceResult::bandwidth() const {
  return cycles == 0 ? 0 : static_cast<double>(bytes_moved()) / seconds();
}
double TraceResult::mean_wait_before_acceptance() const {
  return bursts == 0
             ? 0
             : static_cast<double>(total.wait_before_acceptance) / static_cast<double>(bursts);
}

Wait TraceResult::bound_by() const { return dram::bound_by(bus.busy, bus.idle); }

TraceResult run_trace(const DramConfig& config, TraceReader& trace, const TraceOptions& options,
                      CommandTrace* commands, const TraceProgress& progress) {
  const auto& organization = config.organization;
  const AddressMap map(organization, config.controller.mapping, config.controller.xors);
  const auto banks_per_rank = static_cast<std::uint32_t>(organization.banks_per_rank());
  const std::uint64_t capacity = organization.bytes();

  TraceResult result;
  result.clock = config.clock;
  result.controller_latency_ns = latency_in_ns(config.controller.latency, config.clock);
  result.peak_bandwidth = config.peak_bytes_per_second();
  result.burst_bytes = organization.burst_bytes();

  std::vector<Controller> channels;
  for (std::int64_t c = 0; c < organization.channels; ++c) {
    channels.emplace_back(config);
    if (commands != nullptr) channels.back().set_sink(commands->sink(static_cast<std::size_t>(c)));
  }

  for (TraceRequest request; trace.next(request);) {
    result.wrapped += request.address >= capacity;
    // An unaligned request of more than a burst touches one burst more.
    const std::uint64_t offset = request.address & (result.burst_bytes - 1);
    const std::uint64_t bursts = options.request_bytes == 0
                                     ? 1
                                     : ceil_div(offset + options.request_bytes, result.burst_bytes);
    for (std::uint64_t i = 0; i < bursts; ++i) {
      const Location at = map.locate(request.address + i * result.burst_bytes);
      Controller& channel = channels[at.channel];
      const std::size_t waiting = channel.push(
          {request.cycle, at.row, at.column,
           static_cast<std::uint8_t>(at.rank * banks_per_rank + at.bank), request.write, 0});
      if (waiting >= chunk) channel.run_until_waiting(left_waiting);
    }
    result.bursts += bursts;
    if (++result.requests % progress_interval == 0 && progress)
      progress(trace.progress(), result.requests);
  }
  result.format = trace.format();
  for (Controller& channel : channels) {
    channel.run(forever);
    result.cycles = std::max(result.cycles, channel.statistics().last_data);
  }
  for (Controller& channel : channels) {
    channel.settle(result.cycles);
    result.channels.push_back(channel.statistics());
    result.total.merge(result.channels.back());
  }
  MANTISSA_CHECK(result.total.reads + result.total.writes == result.bursts,
                 "requests of a memory trace were lost");
  result.bus = bus_time(result);
  MANTISSA_CHECK(static_cast<std::uint64_t>(config.timing.burst) * result.bytes_moved() ==
                     result.bus.busy * result.burst_bytes,
                 "bytes moved and time of the data bus do not agree");
  return result;
}

}  // namespace mantissa::memory::dram
