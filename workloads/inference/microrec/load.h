// SPDX-License-Identifier: Apache-2.0
// A recommendation accelerator under load.
//
//   closed loop   a batch of items comes when the one before is done; the latency is that of a
//   batch backlog       every item waits already: the rate is the saturation point open loop items
//   come by themselves, whatever the accelerator does: Poisson, or bursty as an
//                 interrupted Poisson process that is on for one part in `burst_factor` of the
//                 time, then at `burst_factor` times the rate, with `burst_items` items a burst on
//                 average
//
// Latencies are from an item's arrival to its result; percentiles are exact, of all items.
//
//   Bench bench(engine, set, layout, stream);
//   bench.backlog(10'000).items_per_second;
//   bench.open_loop({150e3, Arrivals::poisson}, 100'000).p99;
#pragma once

#include <vector>

#include "arch/engines/embedding/accelerator.h"
#include "base/numerics/random_fill.h"
#include "workloads/inference/microrec/index_stream.h"
#include "workloads/inference/microrec/layout.h"

namespace mantissa::workloads::microrec {

enum class Arrivals { poisson, bursty };

struct OpenLoop {
  double items_per_second = 0;
  Arrivals arrivals = Arrivals::poisson;
  double burst_factor = 8;
  double burst_items = 64;
  std::uint64_t seed = 1;
};

struct LoadResult {
  std::uint64_t items = 0;
  double items_per_second = 0;  // achieved: items / (last result - first arrival)
  double interval_ns = 0;       // 1 / that
  double mean = 0, p50 = 0, p95 = 0, p99 = 0, p999 = 0, most = 0;  // latency, ns
  double lookup_mean = 0;  // arrival to the last word looked up, ns
  arch::embedding::LookupTotals totals;
  double dram_pj_per_item = 0;  // of all DRAM, background included; 0: no figures
};

class Bench {
 public:
  // `lookup_only`: the layers of the set are left out.
  Bench(const arch::embedding::EmbeddingConfig& engine, const TableSet& set, const Layout& layout,
        const StreamConfig& stream, bool lookup_only = false);

  LoadResult backlog(std::uint64_t items) const;
  LoadResult closed_loop(std::uint64_t batch, std::uint64_t batches) const;  // latency of a batch
  LoadResult open_loop(const OpenLoop& load, std::uint64_t items) const;

 private:
  class Run;
  const arch::embedding::EmbeddingConfig engine_;
  const TableSet set_;
  const Layout layout_;
  const StreamConfig stream_;
  const std::vector<std::int64_t> layers_;
};

// Arrival times of an open loop in seconds, one after the other.
class ArrivalTimes {
 public:
  explicit ArrivalTimes(const OpenLoop& load);
  double next();

 private:
  double exponential(double mean);
  const OpenLoop load_;
  numerics::RandomStream random_;
  std::uint64_t drawn_ = 0;
  double now_ = 0, burst_end_ = 0;
};

}  // namespace mantissa::workloads::microrec
