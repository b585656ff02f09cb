// SPDX-License-Identifier: Apache-2.0
// How many lookups a second the embedding engine simulates; how near the processor's own gather
// comes to what random access can give on the machine at hand; how long the search takes.
#include <benchmark/benchmark.h>

#include "arch/engines/embedding/accelerator.h"
#include "base/numerics/random_fill.h"
#include "sim/presets/presets.h"
#include "tests/bench/bounds.h"
#include "workloads/inference/microrec/cpu_gather.h"
#include "workloads/inference/microrec/published.h"
#include "workloads/inference/microrec/search.h"

namespace mantissa::bench {
namespace {

using namespace workloads::microrec;

Sources sources() { return sources_below(sim::Presets::standard().root().string()); }

// Rows of 32 B at random in all 32 pseudo-channels of a U280, through the port of the paper.
void random_lookups(benchmark::State& state) {
  arch::embedding::EmbeddingConfig engine = sources().engine({});
  engine.ddr.reset();
  engine.on_chip.reset();
  std::vector<arch::embedding::PlacedTable> tables;
  for (std::size_t c = 0; c < engine.channels(); ++c) tables.push_back({"t", 8'000'000, 8, 1, c});
  constexpr std::uint64_t items = 30'000;
  std::vector<std::uint64_t> rows(items * tables.size());
  const numerics::RandomStream random(1, "rows");
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] = static_cast<std::uint64_t>(random.integer(i, 0, 7'999'999));
  std::vector<double> rates;
  for (auto _ : state) {
    arch::embedding::Accelerator accelerator(engine, tables, {}, nullptr);
    const double begin = cpu_seconds();
    for (std::uint64_t i = 0; i < items; ++i)
      accelerator.push(Cycles(0), rows.data() + i * tables.size());
    accelerator.drain();
    rates.push_back(static_cast<double>(rows.size()) / (cpu_seconds() - begin));
  }
  state.counters["lookups/s"] = median(rates);
  report({"simulated embedding lookups, random HBM rows", "/s", median(rates), 3e6, Sense::at_least,
          Kind::time});
}
BENCHMARK(random_lookups)->Iterations(7);

// Rows of a cache line from 1 GB; as many of them under way as walks of the chase.
void cpu_gather(benchmark::State& state) {
  constexpr std::uint64_t parallel = 32, rows = 2'000'000, count = 8;
  TableSet set;
  for (std::uint64_t t = 0; t < count; ++t)
    set.tables.push_back({"t" + std::to_string(t), rows, 16, 1});
  GatherOptions options;
  options.ahead = parallel;
  const CpuGather gather(set, options);
  // In turns, and short ones: what others do to the memory changes within a second.
  std::vector<double> shares;
  double best = 0;
  for (auto _ : state) {
    const double limit = chase_pointers(count * rows * 64, parallel, options.threads, 250, 50);
    const double rate = measure_gather(gather, {}, 1024, 50).bytes_per_second;
    shares.push_back(rate / limit);
    best = std::max(best, rate);
  }
  state.counters["GB/s"] = best * 1e-9;
  report({"embedding gather of the processor, of its random-access limit", "", median(shares), .6,
          Sense::at_least, Kind::time});
}
BENCHMARK(cpu_gather)->Iterations(15)->Unit(benchmark::kMillisecond);

void exact_search(benchmark::State& state) {
  const TableSet set = sources().set("microrec_large");
  const LookupCosts costs(sources().engine({"clock=135 MHz"}));
  std::vector<double> seconds;
  bool proven = true;
  for (auto _ : state) {
    const double begin = cpu_seconds();
    proven = search_layout(set, costs, {3, 4}).proven() && proven;
    seconds.push_back(cpu_seconds() - begin);
  }
  report(
      {"search over layouts of 98 tables", "s", median(seconds), 60, Sense::at_most, Kind::time});
  report(
      {"its layout is proven the best", "", proven ? 1.0 : 0.0, 1, Sense::at_least, Kind::exact});
}
BENCHMARK(exact_search)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
