// SPDX-License-Identifier: Apache-2.0
// A memory alone under a trace: every request comes in its cycle, is cut into bursts, and each
// burst is taken as soon as its channel's queue has room. Channels know nothing of each other.
// Memory is bounded: a few thousand requests at a time, whatever the length of the trace.
//
//   cycles      of the command clock, from 0 to the last data of any channel
//   bandwidth   bytes moved / (cycles / clock)     = busy share of the data buses x peak
//   latency     of a burst, from acceptance into the queue to the last data, plus
//   ControllerConfig::latency;
//               what a request waits before it is accepted is apart: with a trace that carries no
//               cycles it waits as long as the trace takes
//
//   TraceReader trace("gemm.trc");
//   const TraceResult result = run_trace(config, trace);
//   result.bandwidth(), result.bound_by(), result.ns(result.total.read_latency.percentile(.99))
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "memory/dram/command_trace.h"
#include "memory/dram/config.h"
#include "memory/dram/statistics.h"
#include "memory/dram/trace_reader.h"

namespace mantissa::memory::dram {

// Where the time of the data buses went, summed over channels: busy + idle by cause = channels x
// cycles. What follows a channel's last data is idle for lack of demand.
struct BusTime {
  Cycle whole = 0, busy = 0;
  std::array<Cycle, waits> idle{};
  Cycle of(Wait wait) const { return idle[static_cast<std::size_t>(wait)]; }
};

struct TraceOptions {
  std::uint64_t request_bytes = 0;  // that a line of the trace asks for; 0: one burst
};

struct TraceResult {
  TraceFormat format = TraceFormat::unknown;
  std::uint64_t requests = 0;  // lines of the trace
  std::uint64_t bursts = 0;    // that they ask for: what the statistics count as reads and writes
  std::uint64_t wrapped = 0;   // requests beyond the capacity, whose address was cut to it
  Cycle cycles = 0;
  std::vector<ChannelStatistics> channels;
  ChannelStatistics total;
  BusTime bus;

  // From the configuration.
  Hertz clock{};
  double controller_latency_ns = 0;
  double peak_bandwidth = 0;  // B/s, of all channels
  std::uint64_t burst_bytes = 0;

  double seconds() const;
  double ns(double cycles) const;              // a time
  double latency_ns(double cycles) const;      // ... plus the controller's latency
  std::uint64_t bytes_requested() const;       // bursts x burst_bytes
  std::uint64_t bytes_moved() const;           // over the buses: not what queues answered
  double bandwidth() const;                    // of bytes_moved, B/s
  double mean_wait_before_acceptance() const;  // cycles
  Wait bound_by() const;                       // why the bandwidth is not higher: statistics.h
};

// Share of the trace that is read, and requests so far.
using TraceProgress = std::function<void(double share, std::uint64_t requests)>;

// `commands` may be null. Throws what the reader throws.
TraceResult run_trace(const DramConfig& config, TraceReader& trace,
                      const TraceOptions& options = {}, CommandTrace* commands = nullptr,
                      const TraceProgress& progress = {});

}  // namespace mantissa::memory::dram
