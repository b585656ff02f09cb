// SPDX-License-Identifier: Apache-2.0
// mantissa_bench [--benchmark_filter=REGEX] [--no-times]
//
// Runs the benchmarks, prints every measured value beside its bound, and fails when one is broken.
// --no-times lets bounds on time be broken: for machines that are busy with other things.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "tests/bench/bounds.h"
#include "tests/bench/peak_memory.h"

int main(int argc, char** argv) {
  using namespace mantissa::bench;
  try {
    if (const auto code = serve_peak_memory(argc, argv)) return *code;
    char** const end = std::remove_if(
        argv + 1, argv + argc, [](const char* a) { return std::strcmp(a, "--no-times") == 0; });
    const bool times = end == argv + argc;
    argc = static_cast<int>(end - argv);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    fmt::print("\n{}", table(bounds()));
    return all_kept(bounds(), times) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mantissa_bench: {}\n", error.what());
    return 1;
  }
}
