// SPDX-License-Identifier: Apache-2.0
// What may change nothing, changes nothing; what may only help, only helps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "arch/mapper/errors.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"

namespace mantissa::arch {
namespace {

using namespace testing;
using trace::NumberFormat;
using trace::OpKind;

std::vector<trace::Trace> networks() {
  return {gemm(100, 70, 50), gemm(1, 300, 9), gemm(257, 3, 129), small_convnet(),
          small_transformer()};
}

std::uint64_t moved(const RunResult& r) { return r.dram.read_bytes + r.dram.write_bytes; }

void expect_same_cycles(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.matrix.busy, b.matrix.busy);
  EXPECT_EQ(a.matrix.stalls, b.matrix.stalls);
  EXPECT_EQ(a.macs, b.macs);
  EXPECT_EQ(a.dram.read_bytes, b.dram.read_bytes);
  EXPECT_EQ(a.dram.write_bytes, b.dram.write_bytes);
  EXPECT_EQ(a.traffic, b.traffic);
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].start, b.layers[i].start) << a.layers[i].name;
    EXPECT_EQ(a.layers[i].end, b.layers[i].end) << a.layers[i].name;
  }
}

// ---- clock ------------------------------------------------------------------------------------

TEST(Clock, doubled_halves_the_seconds_and_keeps_every_cycle_when_memory_counts_in_cycles) {
  for (const auto& t : networks())
    for (const std::uint64_t hz : {1'000'000'000ull, 940'000'000ull, 700'000'001ull}) {
      ArchConfig config = cramped(8, 8);
      config.core.clock = Hertz(hz);
      const RunResult slow = run(config, t);
      config.core.clock = Hertz(2 * hz);
      const RunResult fast = run(config, t);
      SCOPED_TRACE(t.name + " at " + std::to_string(hz));
      expect_same_cycles(slow, fast);
      EXPECT_EQ(fast.latency_s * 2, slow.latency_s);
      EXPECT_EQ(slow.latency_s, static_cast<double>(slow.cycles.value) / static_cast<double>(hz));
    }
}

TEST(Clock, doubled_does_change_the_cycles_when_memory_counts_in_seconds) {
  ArchConfig config = cramped(8, 8);
  config.memory.bandwidth = {false, 16e9};
  config.memory.latency = {false, Femtoseconds(20'000'000), Cycles(0)};
  const RunResult slow = run(config, gemm(100, 70, 50));
  config.core.clock = Hertz(2'000'000'000);
  EXPECT_GT(run(config, gemm(100, 70, 50)).cycles, slow.cycles);
}

TEST(Clock, gives_the_same_cycles_for_16_gb_per_s_as_for_16_bytes_per_cycle_at_1_ghz) {
  ArchConfig per_cycle = cramped(8, 8), absolute = per_cycle;
  absolute.memory.bandwidth = {false, 16e9};
  absolute.memory.latency = {false, Femtoseconds(20'000'000), Cycles(0)};
  for (const auto& t : networks()) expect_same_cycles(run(per_cycle, t), run(absolute, t));
}

// ---- idle cores -------------------------------------------------------------------------------

std::vector<const power::EnergyRow*> dynamic_energy(const RunResult& r) {
  std::vector<const power::EnergyRow*> rows;
  for (const auto& row : r.power.energy)
    if (row.action != "leakage" && row.action != "idle") rows.push_back(&row);
  return rows;
}

TEST(IdleCore, adds_no_cycle_no_traffic_and_no_dynamic_energy) {
  for (const auto& t : networks()) {
    ArchConfig config = cramped(8, 8);
    const RunResult one = run(config, t);
    config.cores = 2;
    const RunResult two = run(config, t);
    SCOPED_TRACE(t.name);
    EXPECT_EQ(one.cycles, two.cycles);
    EXPECT_EQ(one.traffic, two.traffic);
    EXPECT_EQ(one.dram.read_bytes, two.dram.read_bytes);
    EXPECT_EQ(one.dram.write_bytes, two.dram.write_bytes);
    const auto a = dynamic_energy(one), b = dynamic_energy(two);
    ASSERT_EQ(a.size(), b.size());
    ASSERT_FALSE(a.empty());
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i]->component + "." + a[i]->action, b[i]->component + "." + b[i]->action);
      EXPECT_EQ(a[i]->count, b[i]->count) << a[i]->component << "." << a[i]->action;
      EXPECT_EQ(a[i]->energy, b[i]->energy) << a[i]->component << "." << a[i]->action;
    }
  }
}

TEST(IdleCore, does_leak_does_take_area_and_does_halve_the_utilization) {
  ArchConfig config = cramped(8, 8);
  const RunResult one = run(config, gemm(100, 70, 50));
  config.cores = 2;
  const RunResult two = run(config, gemm(100, 70, 50));
  EXPECT_GT(two.power.total_energy, one.power.total_energy);
  EXPECT_GT(two.power.total_area, one.power.total_area);
  EXPECT_DOUBLE_EQ(two.utilization * 2, one.utilization);
  ASSERT_EQ(two.per_core.size(), 2u);
  EXPECT_EQ(two.per_core[1].busy, Cycles(0));
  EXPECT_EQ(two.per_core[1].total(), two.cycles);
}

// ---- order ------------------------------------------------------------------------------------

struct Layer {
  std::int64_t m, k, n;
};

trace::Trace independent(const std::vector<Layer>& layers) {
  trace::TraceBuilder b("independent");
  for (const Layer& l : layers) {
    const std::string name = std::to_string(l.m) + "x" + std::to_string(l.k);
    const auto x = b.input(name + ".x", NumberFormat::int8, {l.m, l.k});
    const auto w = b.parameter(name + ".w", NumberFormat::int8, {l.k, l.n});
    b.op(OpKind::matmul, name, {x, w});
  }
  return b.finish();
}

class AnyOrder : public ::testing::TestWithParam<Dataflow> {};

TEST_P(AnyOrder, of_independent_layers_with_a_barrier_between_gives_the_same_totals) {
  for (const bool double_buffer : {true, false}) {
    ArchConfig config = cramped(8, 8, GetParam());
    config.core.matrix.double_buffer = double_buffer;
    config.mapper.barrier = true;
    const std::vector<Layer> layers{{100, 70, 50}, {3, 200, 17}, {65, 9, 130}};
    std::vector<std::size_t> order{0, 1, 2};
    std::vector<RunResult> results;
    do {
      results.push_back(
          run(config, independent({layers[order[0]], layers[order[1]], layers[order[2]]})));
    } while (std::next_permutation(order.begin(), order.end()));
    ASSERT_EQ(results.size(), 6u);
    for (const RunResult& r : results) {
      EXPECT_EQ(r.cycles, results.front().cycles);
      EXPECT_EQ(r.dram.read_bytes, results.front().dram.read_bytes);
      EXPECT_EQ(r.dram.write_bytes, results.front().dram.write_bytes);
      EXPECT_EQ(r.matrix.busy, results.front().matrix.busy);
      for (std::size_t i = 1; i < r.layers.size(); ++i)
        EXPECT_GE(r.layers[i].start, r.layers[i - 1].end);
    }
    // Their sum is that of each alone.
    Cycles alone{};
    for (const Layer& l : layers) alone += run(config, independent({l})).cycles;
    EXPECT_EQ(results.front().cycles, alone);
  }
}

INSTANTIATE_TEST_SUITE_P(All, AnyOrder,
                         ::testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                                           Dataflow::input_stationary));

TEST(Barrier, costs_cycles_but_no_byte) {
  ArchConfig config = cramped(8, 8);
  const auto t = independent({{100, 70, 50}, {3, 200, 17}, {65, 9, 130}});
  const RunResult overlapped = run(config, t);
  config.mapper.barrier = true;
  const RunResult apart = run(config, t);
  EXPECT_LT(overlapped.cycles, apart.cycles);
  EXPECT_EQ(moved(overlapped), moved(apart));
}

// ---- scratchpad -------------------------------------------------------------------------------

class LargerScratchpad : public ::testing::TestWithParam<std::tuple<Dataflow, int>> {};

TEST_P(LargerScratchpad, never_moves_more_bytes_to_and_from_memory) {
  const auto [dataflow, array] = GetParam();
  for (const auto& t : {small_convnet(), small_transformer(), gemm(256, 128, 256)}) {
    ArchConfig config = cramped(array, array, dataflow);
    config.core.accumulator.rows = 4096;
    std::uint64_t before = ~0ull, most = 0, least = ~0ull, fitting = 0;
    for (std::uint64_t kib = 8; kib <= (64u << 10); kib *= 2) {
      config.core.scratchpad.capacity = Bytes(kib << 10);
      std::uint64_t now = 0;
      try {
        now = moved(run(config, t));
      } catch (const Error& e) {
        ASSERT_EQ(e.kind().id(), std::string(tile_does_not_fit.id()));
        ASSERT_EQ(fitting, 0u) << t.name << " fits less than " << kib << " KiB but not that";
        continue;
      }
      ++fitting;
      EXPECT_LE(now, before) << t.name << " at " << kib << " KiB";
      before = now;
      most = std::max(most, now);
      least = std::min(least, now);
    }
    EXPECT_GE(fitting, 10u) << t.name;
    EXPECT_LT(least, most) << t.name << ": a small scratchpad costs something";
  }
}

INSTANTIATE_TEST_SUITE_P(All, LargerScratchpad,
                         ::testing::Combine(::testing::Values(Dataflow::weight_stationary,
                                                              Dataflow::output_stationary,
                                                              Dataflow::input_stationary),
                                            ::testing::Values(8, 64)));

TEST(LargestScratchpad, moves_inputs_weights_and_results_once) {
  ArchConfig config = roomy(16, 16);
  config.mapper.resident_fraction = 0.5;
  const auto t = small_transformer();
  std::uint64_t once = 0;
  for (const auto& tensor : t.tensors)
    if (tensor.role != trace::Role::activation) once += tensor.bytes();
  once += t.tensors[t.ops.back().outputs[0]].bytes();
  const RunResult r = run(config, t);
  // x is an input of three products and a residual: every one of them fetches it.
  EXPECT_EQ(moved(r), once + 3 * t.tensors[0].bytes());
}

// ---- tiles ------------------------------------------------------------------------------------

TEST(TileAskedFor, is_the_tile_that_runs) {
  ArchConfig config = cramped(8, 8);
  config.mapper.tile_m = 40;
  config.mapper.tile_k = 24;
  config.mapper.tile_n = 16;
  const RunResult r = run(config, gemm(100, 70, 50));
  EXPECT_THAT(r.layers[0].tiling, ::testing::HasSubstr("M 40 of 100, K 24 of 70, N 16 of 50"));
  // Row blocks x reduction blocks x column blocks, each of ceil(k / 8) x ceil(n / 8) folds.
  const std::uint64_t k_folds = 3 + 3 + 3, n_folds = 2 + 2 + 2 + 1;
  EXPECT_EQ(r.layers[0].folds, 3 * k_folds * n_folds);
  EXPECT_EQ(r.macs, 100u * 70 * 50);
}

TEST(TileAskedFor, larger_than_the_product_is_the_whole_product) {
  ArchConfig config = roomy(8, 8);
  config.mapper.tile_m = config.mapper.tile_k = config.mapper.tile_n = 4096;
  const RunResult r = run(config, gemm(100, 70, 50));
  EXPECT_THAT(r.layers[0].tiling, ::testing::HasSubstr("M 100 of 100, K 70 of 70, N 50 of 50"));
}

TEST(TileAskedFor, that_cannot_fit_is_refused_with_the_keys_that_asked_for_it) {
  ArchConfig config = cramped(8, 8);
  const auto message = [&](std::int64_t m, std::int64_t k, std::int64_t n) -> std::string {
    config.mapper.tile_m = m;
    config.mapper.tile_k = k;
    config.mapper.tile_n = n;
    try {
      run(config, gemm(600, 4000, 64));
    } catch (const Error& e) {
      EXPECT_STREQ(e.kind().id(), "mapper.tile-does-not-fit");
      return e.message();
    }
    return "";
  };
  EXPECT_THAT(message(0, 4000, 64),
              ::testing::HasSubstr("mapper.tile_m 0, tile_k 4000, tile_n 64"));
  EXPECT_THAT(message(0, 4000, 64), ::testing::HasSubstr("core.scratchpad.capacity"));
  // 256 rows of accumulators: 256 rows of a tile fit, 257 do not.
  config.core.scratchpad.capacity = Bytes(256 << 10);
  EXPECT_EQ(message(256, 8, 8), "");
  EXPECT_THAT(message(257, 8, 8), ::testing::HasSubstr("core.accumulator.rows"));
  EXPECT_THAT(message(257, 8, 8), ::testing::HasSubstr("mapper.tile_m 257"));
}

// ---- stalls -----------------------------------------------------------------------------------

// Whole products, and a long wait for the store behind the last result.
ArchConfig slow_to_store() {
  ArchConfig config = roomy(8, 8);
  config.memory.bandwidth = {true, 1};
  config.mapper.tile_m = config.mapper.tile_k = config.mapper.tile_n = 1 << 20;
  return config;
}

TEST(Drain, is_paid_once_per_fold_by_an_array_that_does_not_overlap) {
  ArchConfig config = slow_to_store();
  config.core.matrix.double_buffer = false;
  const auto of = [](const RunResult& r, Stall s) {
    return r.matrix.stalls[static_cast<std::size_t>(s)].value;
  };
  const RunResult one = run(config, gemm(20, 8, 8));
  EXPECT_EQ(of(one, Stall::drain), 8u + 8 - 2);
  EXPECT_EQ(of(one, Stall::weight_load), 8u);
  EXPECT_EQ(of(run(config, gemm(20, 8, 24)), Stall::drain), 3u * (8 + 8 - 2));
}

TEST(Drain, is_paid_once_per_product_by_an_array_that_overlaps) {
  const RunResult r = run(slow_to_store(), gemm(20, 8, 8));
  EXPECT_EQ(r.matrix.stalls[static_cast<std::size_t>(Stall::drain)].value, 8u + 8 - 2);
}

// ---- repetition and fidelity ------------------------------------------------------------------

TEST(Repetition, gives_the_same_run_in_a_new_session_and_in_an_old_one) {
  for (const auto& t : networks()) {
    SCOPED_TRACE(t.name);
    const RunResult first = run(cramped(8, 8), t);
    Session session(cramped(8, 8), technology());
    session.run({small_convnet()}, {});  // something else in between
    for (int i = 0; i < 2; ++i) {
      const RunResult again = session.run({t}, {});
      expect_same_cycles(first, again);
      EXPECT_EQ(first.power.total_energy, again.power.total_energy);
      EXPECT_EQ(first.kernel.wakeups, again.kernel.wakeups);
    }
  }
}

TEST(DataMode, takes_the_cycles_bytes_and_energy_of_shape_mode) {
  RunOptions data;
  data.fidelity = Fidelity::data;
  data.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 3, t.name);
  };
  for (const auto& t : {gemm(100, 70, 50), gemm(33, 17, 9, NumberFormat::bf16)}) {
    const RunResult shape = run(cramped(8, 8), t), with_values = run(cramped(8, 8), t, data);
    expect_same_cycles(shape, with_values);
    EXPECT_EQ(shape.power.total_energy, with_values.power.total_energy);
    EXPECT_TRUE(shape.outputs.empty());
    EXPECT_EQ(with_values.outputs.size(), 1u);
  }
}

}  // namespace
}  // namespace mantissa::arch
