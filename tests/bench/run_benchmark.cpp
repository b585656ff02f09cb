// SPDX-License-Identifier: Apache-2.0
// How long one run takes, from the names of its files to its result: presets are read, the network
// is built, mapped and simulated. CPU time, median over the iterations.
#include <benchmark/benchmark.h>

#include "sim/run/run_point.h"
#include "tests/bench/bounds.h"
#include "tests/bench/workloads.h"

namespace mantissa::bench {
namespace {

struct Promise {
  const char* what;
  double cpu_seconds;
  double wakeups;  // 0: none promised
};

void run_point(benchmark::State& state, const sim::PointRequest& request, const Promise& promise) {
  std::vector<double> seconds;
  arch::RunResult result;
  for (auto _ : state) {
    const double begin = cpu_seconds();
    result = sim::run(sim::resolve(request), nullptr);
    seconds.push_back(cpu_seconds() - begin);
  }
  const double wakeups = static_cast<double>(result.kernel.wakeups);
  state.counters["cpu_s"] = median(seconds);
  state.counters["wakeups"] = wakeups;
  state.counters["cycles"] = static_cast<double>(result.cycles.value);
  state.counters["MAC/s"] = static_cast<double>(result.macs) / median(seconds);
  report({std::string(promise.what) + ", CPU time", "s", median(seconds), promise.cpu_seconds,
          Sense::at_most, Kind::time});
  if (promise.wakeups > 0)
    report({std::string(promise.what) + ", wake-ups", "", wakeups, promise.wakeups, Sense::at_most,
            Kind::exact});
}

void resnet50_shape(benchmark::State& state) {
  run_point(state, {"systolic_128x128", "resnet50", {}, arch::Fidelity::shape},
            {"ResNet-50, 128 x 128 weight stationary, shape", 0.2, 100'000});
}
BENCHMARK(resnet50_shape)->Unit(benchmark::kMillisecond);

void resnet50_data(benchmark::State& state) {
  run_point(state, {"systolic_128x128", "resnet50", {}, arch::Fidelity::data},
            {"ResNet-50, 128 x 128, int8, every value computed", 2, 0});
}
BENCHMARK(resnet50_data)->Unit(benchmark::kMillisecond);

void gemm_4096(benchmark::State& state) {
  const TemporaryFile gemm("gemm_4096.csv", "Layer, M, N, K,\nproduct, 4096, 4096, 4096,\n");
  run_point(state, {"systolic_128x128", gemm.path(), {}, arch::Fidelity::shape},
            {"GEMM 4096 x 4096 x 4096, 128 x 128, shape", 0.1, 0});
}
BENCHMARK(gemm_4096)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
