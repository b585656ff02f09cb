// SPDX-License-Identifier: Apache-2.0
// A sweep of 1000 points with one worker process and with two, in the same run: planning, workers,
// database and all. The ratio of the wall times says whether a second processor is of use.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

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
archs: [systolic_128x128]
workloads: [resnet50]
grid:
  core.matrix.rows: [16, 24, 32, 40, 48, 56, 64, 80, 96, 128]
  core.matrix.columns: [16, 24, 32, 40, 48, 56, 64, 80, 96, 128]
  core.scratchpad.capacity: [1 MiB, 2 MiB, 3 MiB, 4 MiB, 5 MiB, 6 MiB, 8 MiB, 10 MiB, 12 MiB, 16 MiB]
)";

// CPU time of workers that have ended.
double children_seconds() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](timeval t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Times {
  double wall, workers_cpu, parent_cpu;
};

Times times_of(const sweep::Sweep& sweep, unsigned workers) {
  const TemporaryFolder results;
  sweep::SweepOptions options;
  options.directory = results.path();
  options.workers = workers;
  const double workers_before = children_seconds(), parent_before = cpu_seconds();
  const WallClock clock;
  const auto outcome = sweep::run_sweep(sweep, options, sweep::simulator());
  if (outcome.points != 1000 || outcome.failed != 0) throw std::runtime_error("the sweep failed");
  return {clock.seconds(), children_seconds() - workers_before, cpu_seconds() - parent_before};
}

void sweep_scaling(benchmark::State& state) {
  if (std::thread::hardware_concurrency() < 2) {
    state.SkipWithError("needs two processors");
    return;
  }
  const TemporaryFile file("thousand.yaml", thousand_points);
  const auto sweep = sweep::load_sweep(file.path());
  Times one{}, two{};
  for (auto _ : state) {
    one = times_of(sweep, 1);
    two = times_of(sweep, 2);
  }
  state.counters["one_s"] = one.wall;
  state.counters["two_s"] = two.wall;
  state.counters["points/s"] = 1000 / two.wall;
  state.counters["speedup"] = one.wall / two.wall;
  // Where wall times are much above these, the machine had other things to do.
  state.counters["one_cpu_s"] = one.workers_cpu;
  state.counters["two_cpu_s"] = (two.workers_cpu + two.parent_cpu) / 2;
  report({"sweep of 1000 points, 1 worker / 2 workers", "x", one.wall / two.wall, 1.8,
          Sense::at_least, Kind::time});
}
BENCHMARK(sweep_scaling)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace mantissa::bench
