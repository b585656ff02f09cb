// SPDX-License-Identifier: Apache-2.0
// The conservation laws hold in every run, and each of them notices when it is broken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using namespace testing;
using trace::NumberFormat;
using trace::OpKind;

trace::Trace two_layers() {
  trace::TraceBuilder b("two");
  const auto x = b.input("x", NumberFormat::bf16, {40, 30});
  const auto w1 = b.parameter("w1", NumberFormat::bf16, {30, 50});
  const auto w2 = b.parameter("w2", NumberFormat::bf16, {50, 20});
  const auto h = b.op(OpKind::matmul, "first", {x, w1}, {}, NumberFormat::bf16);
  b.op(OpKind::matmul, "second", {h, w2});
  return b.finish();
}

struct Conservation : ::testing::Test {
  const std::vector<trace::Trace> traces{two_layers()};
  RunResult good = run(cramped(8, 8), traces.front());

  // What the check says of a run in which `damage` went wrong; empty: nothing.
  template <class Damage>
  std::string after(Damage damage) const {
    RunResult r = good;
    damage(r);
    try {
      check_conservation(r, traces);
    } catch (const InternalError& e) {
      return e.what();
    }
    return "";
  }
};

TEST_F(Conservation, holds_in_undamaged_runs_of_all_dataflows) {
  for (const auto dataflow :
       {Dataflow::weight_stationary, Dataflow::output_stationary, Dataflow::input_stationary})
    for (const bool double_buffer : {false, true}) {
      ArchConfig config = cramped(8, 8, dataflow);
      config.core.matrix.double_buffer = double_buffer;
      const RunResult r = run(config, traces.front());
      EXPECT_NO_THROW(check_conservation(r, traces));
      for (const auto& core : r.per_core) EXPECT_EQ(core.total(), r.cycles);
    }
  EXPECT_EQ(after([](RunResult&) {}), "");
}

TEST_F(Conservation, notices_a_byte_that_a_level_loses) {
  for (const char* boundary : {"dma.load", "dma.store", "dram.read", "dram.write", "matrix.read",
                               "scratchpad.read", "scratchpad.write", "vector.write"}) {
    ASSERT_GT(good.traffic.at(boundary), 0u) << boundary;
    EXPECT_THAT(after([&](RunResult& r) { --r.traffic.at(boundary); }),
                ::testing::HasSubstr("bytes "))
        << boundary;
  }
}

TEST_F(Conservation, notices_a_mac_too_many_or_too_few) {
  EXPECT_THAT(after([](RunResult& r) { ++r.macs; }), ::testing::HasSubstr("MACs done"));
  EXPECT_THAT(after([](RunResult& r) { --r.macs; }), ::testing::HasSubstr("MACs done"));
}

TEST_F(Conservation, notices_a_layer_that_claims_another_number_of_macs) {
  EXPECT_THAT(after([](RunResult& r) { ++r.layers.back().macs; }),
              ::testing::HasSubstr("MACs of layers"));
  EXPECT_THAT(after([](RunResult& r) { r.layers.pop_back(); }),
              ::testing::HasSubstr("MACs of layers"));
}

TEST_F(Conservation, notices_another_workload) {
  EXPECT_NO_THROW(check_conservation(good, traces));
  EXPECT_THROW(check_conservation(good, {gemm(40, 30, 50)}), InternalError);
  EXPECT_THROW(check_conservation(good, {traces.front(), traces.front()}), InternalError);
}

TEST_F(Conservation, notices_a_byte_of_memory_that_no_layer_moved) {
  EXPECT_THAT(after([](RunResult& r) { ++r.dram.read_bytes; }),
              ::testing::HasSubstr("memory moved"));
  EXPECT_THAT(after([](RunResult& r) { --r.dram.write_bytes; }),
              ::testing::HasSubstr("memory moved"));
}

TEST_F(Conservation, notices_a_byte_of_a_layer_that_memory_did_not_see) {
  EXPECT_THAT(after([](RunResult& r) { ++r.layers.front().dram_read_bytes; }),
              ::testing::HasSubstr("memory moved"));
  EXPECT_THAT(after([](RunResult& r) { ++r.layers.front().dram_write_bytes; }),
              ::testing::HasSubstr("memory moved"));
}

TEST_F(Conservation, does_not_let_reads_stand_in_for_writes) {
  EXPECT_THAT(after([](RunResult& r) {
                ++r.dram.read_bytes;
                --r.dram.write_bytes;
              }),
              ::testing::HasSubstr("memory moved"));
}

TEST_F(Conservation, notices_a_cycle_that_is_neither_busy_nor_stalled) {
  EXPECT_THAT(after([](RunResult& r) { r.per_core[0].busy -= Cycles(1); }),
              ::testing::HasSubstr("busy and stalls"));
  EXPECT_THAT(after([](RunResult& r) { ++r.cycles.value; }),
              ::testing::HasSubstr("busy and stalls"));
  for (std::size_t s = 0; s < stall_kinds; ++s)
    EXPECT_THAT(after([&](RunResult& r) { r.per_core[0].stalls[s] += Cycles(1); }),
                ::testing::HasSubstr("busy and stalls"));
}

TEST_F(Conservation, notices_a_utilization_above_one_below_zero_or_no_number) {
  EXPECT_EQ(after([](RunResult& r) { r.utilization = 1; }), "");
  EXPECT_EQ(after([](RunResult& r) { r.utilization = 0; }), "");
  const auto broken = [&](double u) { return after([&](RunResult& r) { r.utilization = u; }); };
  EXPECT_THAT(broken(std::nextafter(1.0, 2.0)), ::testing::HasSubstr("utilization"));
  EXPECT_THAT(broken(-std::numeric_limits<double>::min()), ::testing::HasSubstr("utilization"));
  EXPECT_THAT(broken(std::nan("")), ::testing::HasSubstr("utilization"));
}

TEST_F(Conservation, notices_a_latency_that_is_no_time) {
  const auto broken = [&](double s) { return after([&](RunResult& r) { r.latency_s = s; }); };
  EXPECT_THAT(broken(std::nan("")), ::testing::HasSubstr("latency"));
  EXPECT_THAT(broken(-1e-9), ::testing::HasSubstr("latency"));
  EXPECT_THAT(broken(std::numeric_limits<double>::infinity()), ::testing::HasSubstr("latency"));
}

TEST_F(Conservation, notices_a_layer_outside_the_run) {
  EXPECT_EQ(after([](RunResult& r) { r.layers[0].end = r.cycles; }), "");
  EXPECT_THAT(after([](RunResult& r) { r.layers[0].end = r.cycles + Cycles(1); }),
              ::testing::HasSubstr("outside the run"));
  EXPECT_THAT(after([](RunResult& r) { r.layers[0].start = r.layers[0].end + Cycles(1); }),
              ::testing::HasSubstr("outside the run"));
}

TEST_F(Conservation, notices_energy_whose_parts_are_not_the_total) {
  EXPECT_NE(after([](RunResult& r) { r.power.total_energy.value *= 1.001; }), "");
  EXPECT_NE(after([](RunResult& r) { r.power.energy_by_part.begin()->second.value += 1e6; }), "");
  EXPECT_NE(after([](RunResult& r) { r.power.energy.front().energy.value += 1e6; }), "");
  EXPECT_NE(after([](RunResult& r) { r.power.energy_by_part.erase("dram"); }), "");
}

TEST_F(Conservation, notices_area_whose_parts_are_not_the_total) {
  EXPECT_NE(after([](RunResult& r) { r.power.total_area.value *= 1.001; }), "");
  EXPECT_NE(after([](RunResult& r) { r.power.area_by_part.begin()->second.value += 1e6; }), "");
}

}  // namespace
}  // namespace mantissa::arch
