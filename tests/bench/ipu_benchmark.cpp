// SPDX-License-Identifier: Apache-2.0
// Bit-exact emulation of an inner-product unit must be fast enough for whole networks: FP16 on
// MC-IPU(16), 16 lanes, beside a plain FP32 dot product in the same run; and cycles alone, from
// exponents, several times faster again.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/inner_product/timing.h"
#include "base/numerics/random_fill.h"
#include "tests/bench/bounds.h"

namespace mantissa::bench {
namespace {

namespace ip = numerics::inner_product;

constexpr std::int64_t m = 128, n = 128, k = 1024;
constexpr double products = static_cast<double>(m * n * k);
constexpr ip::FormatPair fp16_pair{ip::Format::fp16, ip::Format::fp16};

// A sum of twelve uniform numbers, which is close to normal: exponents spread as in a network.
float normal(const numerics::RandomStream& stream, std::uint64_t index) {
  float sum = 0;
  for (std::uint64_t i = 0; i < 12; ++i) sum += stream.real(12 * index + i);
  return sum / 2;
}

struct Operands {
  std::vector<float> a, b;  // b as n rows of k
  std::vector<std::uint16_t> a_codes, b_codes;

  Operands() {
    const auto fill = [](const char* name, std::int64_t count, std::vector<float>& values,
                         std::vector<std::uint16_t>& codes) {
      const numerics::RandomStream stream(1, name);
      for (std::int64_t i = 0; i < count; ++i) {
        values.push_back(normal(stream, static_cast<std::uint64_t>(i)));
        codes.push_back(numerics::to_fp16(values.back()).bits);
      }
    };
    fill("a", m * k, a, a_codes);
    fill("b", n * k, b, b_codes);
  }
  ip::CodeMatrix a_matrix() const { return {a_codes.data(), 2, k, 1, m, k}; }
  ip::CodeMatrix b_matrix() const { return {b_codes.data(), 2, k, 1, n, k}; }
};

const Operands& operands() {
  static const Operands all;
  return all;
}

// CPU seconds of one call, the least of several: the machine may be busy with other things.
template <class Work>
double seconds_of(int calls, Work work) {
  double least = 1e30;
  for (int i = 0; i < calls; ++i) {
    const double before = cpu_seconds();
    work();
    least = std::min(least, cpu_seconds() - before);
  }
  return least;
}

// One product after the other, in order.
double fp32_seconds() {
  const Operands& x = operands();
  std::vector<float> out(static_cast<std::size_t>(m * n));
  return seconds_of(3, [&] {
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        float sum = 0;
        for (std::int64_t l = 0; l < k; ++l) sum += x.a[i * k + l] * x.b[j * k + l];
        out[static_cast<std::size_t>(i * n + j)] = sum;
      }
    benchmark::DoNotOptimize(out.data());
  });
}

void ipu_fp16(benchmark::State& state) {
  const Operands& x = operands();
  ip::IpuParameters p;
  p.lanes = p.window = 16;
  double emulation = 0, timing = 0, plain = 0;
  std::uint64_t counted = 0;
  for (auto _ : state) {
    plain = fp32_seconds();
    std::vector<float> sums(static_cast<std::size_t>(m * n));
    ip::GemmCounts counts;
    emulation = seconds_of(5, [&] {
      counts = {};
      ip::gemm(p, fp16_pair, x.a_matrix(), x.b_matrix(), 0, sums.data(), n, false, counts);
      benchmark::DoNotOptimize(sums.data());
    });
    timing =
        seconds_of(5, [&] { counted = ip::gemm_cycles(p, fp16_pair, x.a_matrix(), x.b_matrix()); });
    if (counted != counts.cycles) state.SkipWithError("cycles alone are not those of the product");
  }
  const auto rate = [](double seconds) { return products / seconds / 1e6; };
  state.counters["ipu_M/s"] = rate(emulation);
  state.counters["fp32_M/s"] = rate(plain);
  state.counters["timing_M/s"] = rate(timing);
  state.counters["mean_cycles"] = static_cast<double>(counted) / (products / 16) / 9;
  report({"products of MC-IPU(16), 16 lanes, FP16, bit-exact", "M/s", rate(emulation), 300,
          Sense::at_least, Kind::time});
  report({"MC-IPU(16) in plain FP32 dot products", "x", plain / emulation, 0.25, Sense::at_least,
          Kind::time});
  report({"cycles of MC-IPU(16) alone, in its bit-exact products", "x", emulation / timing, 5,
          Sense::at_least, Kind::time});
}
BENCHMARK(ipu_fp16)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
