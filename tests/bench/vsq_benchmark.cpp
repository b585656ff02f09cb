// SPDX-License-Identifier: Apache-2.0
// Quantising must keep up with memory, and the bit-exact product of VS-Quant with what a library
// makes of plain int8: else nobody would evaluate networks with them.
#include <benchmark/benchmark.h>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include <cstring>
#include <stdexcept>
#include <vector>

#include "base/faults/draw.h"
#include "base/numerics/quantize/block_quantizer.h"
#include "base/numerics/quantize/integer_quantizer.h"
#include "base/numerics/quantize/vector_mac.h"
#include "tests/bench/bounds.h"

namespace mantissa::bench {
namespace {

using namespace numerics;

constexpr VectorAxis tensor{4096, 4096, 1};  // 64 MiB of floats, far beyond the caches

const std::vector<float>& operand() {
  static const std::vector<float> x = [] {
    std::vector<float> some(static_cast<std::size_t>(tensor.elements()));
    for (std::size_t i = 0; i < some.size(); ++i)
      some[i] = static_cast<float>(faults::unit(faults::derived(1, i))) - 0.5f;
    return some;
  }();
  return x;
}

// Bytes per second that a copy moves, in and out: the yardstick of this machine.
double memory_bandwidth() {
  static std::vector<float> to(operand().size());
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const double before = cpu_seconds();
    std::memcpy(to.data(), operand().data(), to.size() * sizeof(float));
    benchmark::DoNotOptimize(to.data());
    times.push_back(cpu_seconds() - before);
  }
  return 2.0 * static_cast<double>(to.size() * sizeof(float)) / median(times);
}

// `bytes` that memory moves per element: those read, as often as they are, and the one written;
// scales apart.
template <class Quantize>
void quantise(benchmark::State& state, const char* what, int bytes, Quantize call) {
  const double bandwidth = memory_bandwidth();
  std::vector<double> times;
  for (auto _ : state) {
    const double before = cpu_seconds();
    benchmark::DoNotOptimize(call());
    times.push_back(cpu_seconds() - before);
  }
  const double moved = bytes * static_cast<double>(tensor.elements());
  const double achieved = moved / median(times);
  state.counters["GB_per_s"] = achieved / 1e9;
  state.counters["copy_GB_per_s"] = bandwidth / 1e9;
  report({std::string("quantising ") + what + ", of a copy's bandwidth", "%",
          100 * achieved / bandwidth, 25, Sense::at_least, Kind::time});
}

IntegerQuantization vectors_of_4_bits() {
  IntegerQuantization format;
  format.bits = 4;
  format.granularity = Granularity::vector;
  format.scale_bits = 4;
  return format;
}

void quantise_weights(benchmark::State& state) {
  const auto format = vectors_of_4_bits();
  quantise(state, "INT4 V=16 M=4 A", 5,
           [&] { return quantize(operand().data(), tensor, format).elements[7]; });
}
BENCHMARK(quantise_weights)->Iterations(9)->Unit(benchmark::kMillisecond);

void quantise_activations(benchmark::State& state) {
  auto format = vectors_of_4_bits();
  format.order = ScaleOrder::scale_first;
  format.coarse_per = Granularity::tensor;
  const std::vector<float> gamma = {coarse_of_range(format, 0.5f)};
  quantise(state, "INT4 V=16 M=4 B static", 5,
           [&] { return quantize(operand().data(), tensor, format, gamma).elements[7]; });
}
BENCHMARK(quantise_activations)->Iterations(9)->Unit(benchmark::kMillisecond);

void quantise_channels(benchmark::State& state) {
  quantise(state, "INT8 per channel", 5,
           [&] { return quantize(operand().data(), tensor, IntegerQuantization{}).elements[7]; });
}
BENCHMARK(quantise_channels)->Iterations(9)->Unit(benchmark::kMillisecond);

void quantise_blocks(benchmark::State& state, const char* name) {
  const auto& format = block_format(name);
  // The scale of a tensor has to be known before its first element is quantised.
  quantise(state, name, format.tensor_scale ? 9 : 5,
           [&] { return quantize(operand().data(), tensor, format).codes[7]; });
}
BENCHMARK_CAPTURE(quantise_blocks, mxfp4, "mxfp4")->Iterations(9)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantise_blocks, mxfp8, "mxfp8_e4m3")
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(quantise_blocks, nvfp4, "nvfp4")->Iterations(9)->Unit(benchmark::kMillisecond);

// One product of a layer of BERT-large.
constexpr std::int64_t m = 384, n = 1024, k = 1024;

struct ProductOperands {
  std::vector<std::int8_t> a, w;
  std::vector<std::uint16_t> sa, sw;
  std::vector<std::int64_t> acc = std::vector<std::int64_t>(m * n);

  explicit ProductOperands(const VectorMac& mac) {
    const auto vectors = k / mac.vector_length;
    const auto fill = [](auto& to, std::int64_t count, std::int64_t low, std::int64_t high,
                         std::uint64_t key) {
      to.resize(static_cast<std::size_t>(count));
      for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = static_cast<typename std::decay_t<decltype(to)>::value_type>(
            low + static_cast<std::int64_t>(faults::derived(key, i) >> 8) % (high - low + 1));
    };
    const std::int64_t qa = (1 << (mac.activation_bits - 1)) - 1;
    const std::int64_t qw = (1 << (mac.weight_bits - 1)) - 1;
    fill(a, m * k, -qa, qa, 1);
    fill(w, n * k, -qw, qw, 2);
    fill(sa, m * vectors, 0, (1 << mac.activation_scale_bits) - 1, 3);
    fill(sw, n * vectors, 0, (1 << mac.weight_scale_bits) - 1, 4);
  }
};

template <class Call>
double seconds_of(int times, Call call) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) {
    const double before = cpu_seconds();
    call();
    all.push_back(cpu_seconds() - before);
  }
  return median(all);
}

// oneDNN's int8 product with the widest instructions of the machine, one thread as ours.
double library_seconds(const ProductOperands& x) {
  omp_set_num_threads(1);
  std::vector<std::int32_t> c(m * n);
  const std::int32_t no_offset = 0;
  return seconds_of(9, [&] {
    const auto status = dnnl_gemm_s8s8s32('N', 'T', 'F', m, n, k, 1, x.a.data(), k, 0, x.w.data(),
                                          k, 0, 0, c.data(), n, &no_offset);
    if (status != dnnl_success) throw std::runtime_error("oneDNN does not multiply");
    benchmark::DoNotOptimize(c.data());
  });
}

// Sums beyond 32 bits have no counterpart in the library.
enum class Sums { narrow, wide };

void vsq_product(benchmark::State& state, const char* what, const VectorMac& mac, Sums sums) {
  ProductOperands x(mac);
  VectorMacCounts counts;
  const auto call = [&](auto product) {
    product(mac, ScaledRows{x.a.data(), x.sa.data()}, ScaledRows{x.w.data(), x.sw.data()},
            x.acc.data(), m, n, k, false, counts);
  };
  const double library = library_seconds(x);
  const double naive = seconds_of(1, [&] { call(golden::vector_scaled_gemm); });
  std::vector<double> times;
  for (auto _ : state) {
    const double before = cpu_seconds();
    call(vector_scaled_gemm);
    times.push_back(cpu_seconds() - before);
  }
  const double fast = median(times);
  state.counters["GMAC_per_s"] = 1e-9 * static_cast<double>(m * n * k) / fast;
  state.counters["library_GMAC_per_s"] = 1e-9 * static_cast<double>(m * n * k) / library;
  const std::string name = std::string("product ") + what;
  report({name + ", speed over the naive loop", "x", naive / fast, 5, Sense::at_least, Kind::time});
  if (sums == Sums::wide) return;
  report({name + ", time over oneDNN int8", "x", fast / library, 4, Sense::at_most, Kind::time});
}

VectorMac datapath(int w, int a, int ws, int as, int r, int acc) {
  VectorMac mac;
  mac.weight_bits = w, mac.activation_bits = a;
  mac.weight_scale_bits = ws, mac.activation_scale_bits = as;
  mac.product_bits = r;
  mac.accumulator_bits = acc;
  return mac;
}

BENCHMARK_CAPTURE(vsq_product, full, "4/4/4/4", datapath(4, 4, 4, 4, 0, 24), Sums::narrow)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(vsq_product, rounded, "4/4/4/4 R=6", datapath(4, 4, 4, 4, 6, 24), Sums::narrow)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(vsq_product, bert, "4/8/6/10 R=8", datapath(4, 8, 6, 10, 8, 32), Sums::narrow)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(vsq_product, wide, "4/8/6/10 full", datapath(4, 8, 6, 10, 0, 40), Sums::wide)
    ->Iterations(15)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
