// SPDX-License-Identifier: Apache-2.0
// Peak resident memory. A run of shapes stays under 200 MB whatever the network; one that computes
// every value, under that and the largest layer's operands.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sim/presets/presets.h"
#include "sim/run/run_point.h"
#include "tests/bench/bounds.h"
#include "tests/bench/peak_memory.h"

namespace mantissa::bench {
namespace {

constexpr double megabyte = 1e6;
constexpr double shape_bound = 200;  // MB

void shape_memory(benchmark::State& state) {
  std::string largest;
  double peak = 0;
  for (auto _ : state)
    for (const auto& workload : sim::Presets::standard().list(sim::PresetKind::workload)) {
      const auto bytes =
          static_cast<double>(peak_bytes("systolic_128x128", workload.name, "shape"));
      if (bytes > peak) largest = workload.name;
      peak = std::max(peak, bytes);
    }
  state.counters["MB"] = peak / megabyte;
  state.SetLabel(largest);
  report({"peak memory, shape, largest of all networks", "MB", peak / megabyte, shape_bound,
          Sense::at_most, Kind::exact});
}
BENCHMARK(shape_memory)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

// Bytes of everything that the largest operator reads and writes.
double largest_operands(const std::string& workload) {
  const auto point = sim::resolve({"systolic_128x128", workload, {}, arch::Fidelity::data});
  double most = 0;
  for (const auto& trace : point.workload.traces)
    for (const auto& op : trace.ops) {
      double bytes = 0;
      for (const auto* tensors : {&op.inputs, &op.outputs})
        for (const auto id : *tensors)
          if (id != trace::no_tensor) bytes += static_cast<double>(trace.tensor(id).bytes());
      most = std::max(most, bytes);
    }
  return most;
}

void data_memory(benchmark::State& state, const std::string& workload) {
  double peak = 0, shape = 0;
  for (auto _ : state) {
    peak = static_cast<double>(peak_bytes("systolic_128x128", workload, "data"));
    shape = static_cast<double>(peak_bytes("systolic_128x128", workload, "shape"));
  }
  const double operands = largest_operands(workload) / megabyte;
  state.counters["added_MB"] = (peak - shape) / megabyte;
  state.counters["largest_operands_MB"] = operands;
  report({"peak memory, data, " + workload, "MB", peak / megabyte, shape_bound + operands,
          Sense::at_most, Kind::exact});
}
BENCHMARK_CAPTURE(data_memory, resnet50, "resnet50")
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(data_memory, vgg16, "vgg16")
    ->Iterations(1)
    ->Unit(benchmark::kSecond)
    ->UseRealTime();

}  // namespace
}  // namespace mantissa::bench
