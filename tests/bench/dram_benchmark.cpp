// SPDX-License-Identifier: Apache-2.0
// How many requests a second the DRAM controller serves, measured against what the simulation
// kernel itself can do on the machine at hand: timed notifications of a module that does nothing
// else.
#include <benchmark/benchmark.h>

#include <systemc>

#include "base/config/document.h"
#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"
#include "sim/presets/presets.h"
#include "sim/run/run_point.h"
#include "tests/bench/bounds.h"
#include "tests/bench/workloads.h"

namespace mantissa::bench {
namespace {

using namespace memory::dram;

// A method that does nothing but ask to be woken again.
struct Ticker : sc_core::sc_module {
  SC_HAS_PROCESS(Ticker);
  Ticker(const sc_core::sc_module_name& name, std::uint64_t count) : sc_module(name), left(count) {
    SC_METHOD(tick);
    sensitive << event;
  }
  void tick() {
    if (left-- > 0) event.notify(1, sc_core::SC_NS);
  }
  std::uint64_t left;
  sc_core::sc_event event;
};

double notifications_per_second() {
  constexpr std::uint64_t count = 3'000'000;
  double seconds = 0;
  {
    Ticker ticker("ticker", count);
    const double begin = cpu_seconds();
    sc_core::sc_start();
    seconds = cpu_seconds() - begin;
  }
  sc_core::sc_get_curr_simcontext()->reset();
  return static_cast<double>(count) / seconds;
}

DramConfig preset(const char* name) {
  const auto& presets = sim::Presets::standard();
  return config::load<DramConfig>(presets.find(sim::PresetKind::memory, name),
                                  presets.resolver(sim::PresetKind::memory))
      .value;
}

// Requests over 1 GiB, at random or one after another, a third of them writes where `mixed`.
class Addresses {
 public:
  Addresses(bool random, std::uint64_t burst) : random_(random), burst_(burst) {}
  std::uint64_t next() {
    if (!random_) return burst_ * count_++;
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (state_ >> 20) & ((1ull << 30) - burst_);
  }

 private:
  bool random_;
  std::uint64_t burst_, count_ = 0, state_ = 88172645463325252ull;
};

// CPU seconds for `count` requests that are offered as fast as the queues take them. Drawing and
// cutting the addresses is part of it.
double serve(const DramConfig& config, bool random, std::uint64_t count) {
  constexpr std::size_t ahead = 512;
  const AddressMap map(config.organization, config.controller.mapping, config.controller.xors);
  std::vector<Controller> channels;
  for (std::int64_t c = 0; c < config.organization.channels; ++c) channels.emplace_back(config);
  Addresses addresses(random, config.organization.burst_bytes());
  const auto per_rank = static_cast<std::uint32_t>(config.organization.banks_per_rank());
  const double begin = cpu_seconds();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Location at = map.locate(addresses.next());
    Controller& channel = channels[at.channel];
    const std::size_t waiting = channel.push(
        {0, at.row, at.column, static_cast<std::uint8_t>(at.rank * per_rank + at.bank), false, 0});
    if (waiting == ahead) channel.run_until_waiting(8);
  }
  for (Controller& channel : channels) channel.run(forever);
  return cpu_seconds() - begin;
}

void requests(benchmark::State& state, bool random, double least, double least_ratio) {
  const DramConfig config = preset("hbm2_8gb_x128");
  constexpr std::uint64_t count = 1'000'000;
  std::vector<double> rates, ratios;
  for (auto _ : state) {
    const double kernel = notifications_per_second();
    const double rate = static_cast<double>(count) / serve(config, random, count);
    rates.push_back(rate);
    ratios.push_back(rate / kernel);
  }
  state.counters["requests/s"] = median(rates);
  state.counters["of_notifications"] = median(ratios);
  const std::string what = random ? "random DRAM requests" : "streaming DRAM requests";
  report({what, "/s", median(rates), least, Sense::at_least, Kind::time});
  report({what + " per timed notification", "", median(ratios), least_ratio, Sense::at_least,
          Kind::time});
}
BENCHMARK_CAPTURE(requests, random_dram, true, 8e6, 0.27)->Iterations(7);
BENCHMARK_CAPTURE(requests, streaming_dram, false, 15e6, 0.5)->Iterations(7);

// 32 channels cost what 32 times the requests of one cost, and no more.
void channels_32(benchmark::State& state) {
  constexpr std::uint64_t count = 1'000'000;
  const DramConfig one = preset("hbm2_8gb_x128");
  DramConfig many = one;
  many.organization.channels = 32;
  std::vector<double> ratios;
  for (auto _ : state) ratios.push_back(serve(many, true, count) / serve(one, true, count));
  state.counters["cost"] = median(ratios);
  report({"a request to one of 32 channels, against one of 1", "x", median(ratios), 1.5,
          Sense::at_most, Kind::time});
}
BENCHMARK(channels_32)->Iterations(5);

void gemm_4096_dram(benchmark::State& state) {
  const TemporaryFile gemm("gemm_4096.csv", "Layer, M, N, K,\nproduct, 4096, 4096, 4096,\n");
  std::vector<double> seconds;
  arch::RunResult result;
  for (auto _ : state) {
    const double begin = cpu_seconds();
    result = sim::run(
        sim::resolve({"systolic_128x128", gemm.path(), {"memory=dram"}, arch::Fidelity::shape}),
        nullptr);
    seconds.push_back(cpu_seconds() - begin);
  }
  state.counters["cycles"] = static_cast<double>(result.cycles.value);
  state.counters["wakeups"] = static_cast<double>(result.kernel.wakeups);
  report({"GEMM 4096^3, 128 x 128, 16 channels of HBM2, CPU time", "s", median(seconds), 2,
          Sense::at_most, Kind::time});
}
BENCHMARK(gemm_4096_dram)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
