// SPDX-License-Identifier: Apache-2.0
// Traces of a million nodes: written at the pace of a recorder, read node by node in memory that
// does not grow with their number.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/trace/builder.h"
#include "base/trace/chakra_stream.h"
#include "tests/bench/bounds.h"

namespace mantissa::bench {
namespace {

namespace fs = std::filesystem;
using trace::OpKind;

constexpr std::size_t nodes = 1'000'000;

// A training-like mixture: two products to three cheap operators, each reading what came before.
trace::Trace million() {
  trace::TraceBuilder b("million");
  const auto w = b.parameter("weight", trace::NumberFormat::fp32, {64, 64});
  auto x = b.input("x", trace::NumberFormat::fp32, {8, 64});
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string name = "layer" + std::to_string(i);
    switch (i % 5) {
      case 0:
      case 1:
        x = b.op(OpKind::matmul, name, {x, w}, {{"transpose_b", true}});
        break;
      case 2:
        x = b.op(OpKind::relu, name, {x});
        break;
      case 3:
        x = b.op(OpKind::add, name, {x, x}, {{"alpha", 0.5}});
        break;
      default:
        x = b.op(OpKind::softmax, name, {x}, {{"axis", std::int64_t{-1}}});
    }
  }
  return b.finish();
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void trace_of_a_million_nodes(benchmark::State& state) {
  const fs::path path =
      fs::temp_directory_path() / ("mantissa_bench_" + std::to_string(::getpid()) + ".0.et");
  double written = 0, read = 0, grown = 0;
  for (auto _ : state) {
    {
      const trace::Trace t = million();
      const double before = cpu_seconds();
      trace::write_chakra(t, path.string(), trace::Checked::yes);
      written = static_cast<double>(nodes) / (cpu_seconds() - before);
    }
    const double before = cpu_seconds();
    trace::ChakraStream stream(path.string());
    trace::ChakraNode node;
    std::size_t seen = 0;
    double early = 0;
    while (stream.next(node)) {
      if (++seen == nodes / 10) early = resident_mib();
    }
    read = static_cast<double>(seen) / (cpu_seconds() - before);
    grown = resident_mib() - early;
    if (seen != nodes) state.SkipWithError("nodes are missing");
  }
  state.counters["file_MiB"] = static_cast<double>(fs::file_size(path)) / (1 << 20);
  state.counters["read_per_s"] = read;
  fs::remove(path);
  report({"Chakra trace of a million nodes, written", "/s", written, 200'000, Sense::at_least,
          Kind::time});
  report({"memory that grows over its last 900,000 nodes", "MiB", grown, 4, Sense::at_most,
          Kind::exact});
}
BENCHMARK(trace_of_a_million_nodes)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
