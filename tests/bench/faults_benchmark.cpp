// SPDX-License-Identifier: Apache-2.0
// Drawing which cells of a memory fail must cost no more than a few passes over that memory, and
// nothing per cell that works.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/faults/secded.h"
#include "tests/bench/bounds.h"

namespace mantissa::bench {
namespace {

constexpr std::uint64_t memory_bytes = 20'000'000, cells = memory_bytes * 8;

// Seconds to read as many bytes as the memory has, from main memory: the yardstick of this machine.
double stream_seconds() {
  static const std::vector<std::uint64_t> block(memory_bytes / 8, 1);
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const WallClock clock;
    std::uint64_t sum = 0;
    for (const std::uint64_t word : block) sum += word;
    benchmark::DoNotOptimize(sum);
    times.push_back(clock.seconds());
  }
  return median(times);
}

void sample_faults(benchmark::State& state, double p, double milliseconds, double passes) {
  const double stream = stream_seconds();
  std::vector<std::uint64_t> failing;
  std::vector<double> times;
  std::uint64_t chip = 0;
  for (auto _ : state) {
    failing.clear();
    const double before = cpu_seconds();
    faults::CellSampler(faults::derived(1, chip++)).append_failing(p, 0, cells, failing);
    times.push_back(cpu_seconds() - before);
    benchmark::DoNotOptimize(failing.data());
  }
  const double taken = median(times);
  state.counters["failing"] = static_cast<double>(failing.size());
  state.counters["stream_ms"] = 1e3 * stream;
  state.counters["passes"] = taken / stream;
  char what[96];
  std::snprintf(what, sizeof what, "failing cells of 20 MB at p = %g %%", 100 * p);
  report({what, "ms", 1e3 * taken, milliseconds, Sense::at_most, Kind::time});
  report({std::string(what) + ", in passes over 20 MB", "x", taken / stream, passes, Sense::at_most,
          Kind::time});
}
BENCHMARK_CAPTURE(sample_faults, rate_0_1_percent, 1e-3, 20.0, 16.0)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sample_faults, rate_1_in_a_million, 1e-6, 2.0, 2.0)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);

void secded_words(benchmark::State& state) {
  std::vector<std::uint64_t> words(1 << 16);
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = faults::derived(5, i);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (const std::uint64_t w : words)
      sum += faults::secded_decode(w ^ 1, faults::secded_check(w)).data;
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * words.size()));
}
BENCHMARK(secded_words);

}  // namespace
}  // namespace mantissa::bench
