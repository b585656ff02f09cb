// SPDX-License-Identifier: Apache-2.0
// A sweep of 1000 points with one worker process and with two, in the same run: planning, workers,
// database and all. The ratio of the wall times says whether a second processor is of use.
#include <benchmark/benchmark.h>

#include <thread>

#include "sim/sweep/engine.h"
#include "sim/sweep/simulate.h"
#include "tests/bench/bounds.h"
#include "tests/bench/workloads.h"

namespace mantissa::bench {
namespace {

constexpr const char* thousand_points = R"(version: 1
kind: sweep
title: A thousand points
archs: [systolic_32x32]
workloads: [mobilenet_v2]
grid:
  core.matrix.rows: [8, 16, 24, 32, 40, 48, 56, 64, 96, 128]
  core.matrix.columns: [8, 16, 24, 32, 40, 48, 56, 64, 96, 128]
  core.scratchpad.capacity: [256 KiB, 512 KiB, 768 KiB, 1 MiB, 2 MiB, 3 MiB, 4 MiB, 6 MiB, 8 MiB, 16 MiB]
)";

double seconds_of(const sweep::Sweep& sweep, unsigned workers) {
  const TemporaryFolder results;
  sweep::SweepOptions options;
  options.directory = results.path();
  options.workers = workers;
  const WallClock clock;
  const auto outcome = sweep::run_sweep(sweep, options, sweep::simulator());
  if (outcome.points != 1000 || outcome.failed != 0) throw std::runtime_error("the sweep failed");
  return clock.seconds();
}

void sweep_scaling(benchmark::State& state) {
  if (std::thread::hardware_concurrency() < 2) {
    state.SkipWithError("needs two processors");
    return;
  }
  const TemporaryFile file("thousand.yaml", thousand_points);
  const auto sweep = sweep::load_sweep(file.path());
  double one = 0, two = 0;
  for (auto _ : state) {
    one = seconds_of(sweep, 1);
    two = seconds_of(sweep, 2);
  }
  state.counters["one_s"] = one;
  state.counters["two_s"] = two;
  state.counters["points/s"] = 1000 / two;
  state.counters["speedup"] = one / two;
  report({"sweep of 1000 points, 1 worker / 2 workers", "x", one / two, 1.8, Sense::at_least,
          Kind::time});
}
BENCHMARK(sweep_scaling)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace mantissa::bench
