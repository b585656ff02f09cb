// SPDX-License-Identifier: Apache-2.0
// How fast a chip runs with its arrays in RTL, and how much faster the model is alone. CPU time;
// designs are compiled before the clock starts.
#include <benchmark/benchmark.h>

#include "sim/run/run_point.h"
#include "tests/bench/bounds.h"
#include "tests/bench/workloads.h"

namespace mantissa::bench {
namespace {

struct Measured {
  arch::RunResult result;
  double seconds = 0;
};

Measured run(const std::string& arch, const std::string& workload, arch::Fidelity fidelity,
             std::vector<std::string> overrides = {}) {
  sim::PointRequest request{arch, workload, std::move(overrides), fidelity};
  const double begin = cpu_seconds();
  Measured measured{sim::run(sim::resolve(request), nullptr), 0};
  measured.seconds = cpu_seconds() - begin;
  return measured;
}

const std::vector<std::string> lockstep = {"core.matrix.implementation=lockstep"};

// A network, all of it, beside the verilated array.
void lockstep_run(benchmark::State& state, const std::string& arch, const std::string& workload,
                  const std::string& what, double bound) {
  const TemporaryFile product("one.csv", "Layer, M, N, K,\none, 2, 2, 2,\n");
  run(arch, product.path(), arch::Fidelity::data, lockstep);  // compiles
  std::vector<double> rates;
  double cycles = 0;
  for (auto _ : state) {
    const Measured m = run(arch, workload, arch::Fidelity::data, lockstep);
    cycles = static_cast<double>(m.result.twins.at("matrix").cycles);
    rates.push_back(cycles / m.seconds);
  }
  state.counters["cycles"] = cycles;
  state.counters["cycles/s"] = median(rates);
  report(
      {what + ", lockstep", "Mcycles/s", median(rates) / 1e6, bound, Sense::at_least, Kind::time});
}

// At least 10^7 cycles.
void lockstep_16x16(benchmark::State& state) {
  lockstep_run(state, "edge_16x16", "resnet50", "ResNet-50 on the 16 x 16 edge core", 0.7);
}
BENCHMARK(lockstep_16x16)->Unit(benchmark::kMillisecond)->Iterations(1);

// Bounds are 0.7 of what Verilator alone reaches with a plain array of the size: 1.0 and 0.25 M.
void lockstep_32x32(benchmark::State& state) {
  lockstep_run(state, "systolic_32x32", "resnet50", "ResNet-50 on the 32 x 32 core", 0.175);
}
BENCHMARK(lockstep_32x32)->Unit(benchmark::kMillisecond)->Iterations(1);

// Per cycle: the model by itself, shapes and values, against the same core in lockstep. Minutes to
// compile.
void model_against_rtl_128x128(benchmark::State& state) {
  const TemporaryFile product("product.csv", "Layer, M, N, K,\nproduct, 512, 512, 512,\n");
  const TemporaryFile large("large.csv", "Layer, M, N, K,\nproduct, 4096, 4096, 4096,\n");
  run("systolic_128x128", product.path(), arch::Fidelity::data, lockstep);  // compiles
  double rtl = 0, shape = 0, data = 0;
  for (auto _ : state) {
    const Measured clocked =
        run("systolic_128x128", product.path(), arch::Fidelity::data, lockstep);
    rtl = clocked.seconds / static_cast<double>(clocked.result.twins.at("matrix").cycles);
    const auto per_cycle = [&](arch::Fidelity fidelity) {
      const Measured m = run("systolic_128x128", large.path(), fidelity);
      return m.seconds / static_cast<double>(m.result.cycles.value);
    };
    shape = per_cycle(arch::Fidelity::shape);
    data = per_cycle(arch::Fidelity::data);
  }
  state.counters["rtl_cycles/s"] = 1 / rtl;
  state.counters["shape"] = rtl / shape;
  state.counters["data"] = rtl / data;
  report({"128 x 128: model against RTL, shapes", "x faster", rtl / shape, 500, Sense::at_least,
          Kind::time});
  report({"128 x 128: model against RTL, values", "x faster", rtl / data, 50, Sense::at_least,
          Kind::time});
}
BENCHMARK(model_against_rtl_128x128)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace mantissa::bench
