// SPDX-License-Identifier: Apache-2.0
// Whole runs of one product: where every cycle and byte goes.
#include <gtest/gtest.h>

#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using namespace testing;

TEST(Gemm, macs_and_bytes_are_those_of_the_operands) {
  const RunResult r = run(roomy(8, 8), gemm(20, 30, 10));
  EXPECT_EQ(r.macs, 20u * 30 * 10);
  EXPECT_EQ(r.dram.read_bytes, 20u * 30 + 30 * 10);
  EXPECT_EQ(r.dram.write_bytes, 20u * 10 * 4);
  EXPECT_EQ(r.matrix.total(), r.cycles);
}

TEST(Gemm, runs_twice_on_one_session_with_equal_results) {
  Session session(cramped(8, 8), technology());
  const auto trace = gemm(100, 70, 50);
  const RunResult a = session.run({trace}, {}), b = session.run({trace}, {});
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.matrix.busy, b.matrix.busy);
  EXPECT_EQ(a.kernel.wakeups, b.kernel.wakeups);
}

TEST(Gemm, a_second_session_beside_the_first_is_refused) {
  Session first(roomy(4, 4), technology());
  EXPECT_THROW(Session(roomy(4, 4), technology()), Error);
}

TEST(Gemm, runs_in_every_dataflow_through_cramped_storage) {
  for (const auto dataflow :
       {Dataflow::weight_stationary, Dataflow::output_stationary, Dataflow::input_stationary}) {
    const RunResult r = run(cramped(8, 8, dataflow), gemm(100, 200, 60));
    EXPECT_EQ(r.macs, 100u * 200 * 60);
    EXPECT_GE(r.dram.read_bytes, 100u * 200 + 200 * 60);
  }
}

}  // namespace
}  // namespace mantissa::arch
