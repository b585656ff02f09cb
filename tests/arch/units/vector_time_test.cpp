// SPDX-License-Identifier: Apache-2.0
// The closed form of the vector unit's line beside a line in which every beat is followed.
#include "arch/units/vector_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace mantissa::arch {
namespace {

struct Unit {
  std::int64_t lanes = 4, stages = 4, latency = 3;
  std::int64_t banks = 64;  // of 16 bytes
  VectorLine line() const {
    VectorConfig vector;
    vector.lanes = lanes;
    vector.stages = stages;
    vector.latency = latency;
    ScratchpadConfig scratchpad;
    scratchpad.banks = banks;
    scratchpad.bank_width = Bytes(16);
    return VectorLine(vector, scratchpad);
  }
};

// Cycle by cycle: a pass begins in the first cycle from which all of its beats, `every` cycles
// apart, find their operands: sums of rows that have come, or results of the pass before.
VectorTime followed(const Unit& unit, const VectorWork& work, std::uint64_t start,
                    std::uint64_t complete) {
  const auto lanes = static_cast<std::uint64_t>(unit.lanes);
  const std::uint64_t beats = (work.elements + lanes - 1) / lanes;
  const auto depth = static_cast<std::uint64_t>(unit.stages * unit.latency);
  const auto ports = static_cast<std::uint64_t>(unit.banks) * 16;
  const auto every = [&](std::uint32_t pass) {
    std::uint64_t w = 1;
    if (pass == 0)
      while (w * beats * ports < work.read_bytes) ++w;
    if (pass + 1 == work.passes) {
      std::uint64_t v = 1;
      while (v * beats * ports < work.write_bytes) ++v;
      w = std::max(w, v);
    }
    return w;
  };
  // When each beat's operands are there.
  std::vector<std::uint64_t> ready(beats, 0);
  for (std::uint64_t beat = 0; beat < beats; ++beat) {
    const std::uint64_t end = std::min(work.elements, (beat + 1) * lanes);
    if (end > work.elements - work.last_row) ready[beat] = complete;
  }
  std::uint64_t may_enter = start;
  VectorTime t;
  for (std::uint32_t pass = 0; pass < work.passes; ++pass) {
    const std::uint64_t w = every(pass);
    std::uint64_t first = may_enter;
    while ([&] {
      for (std::uint64_t beat = 0; beat < beats; ++beat)
        if (first + beat * w < ready[beat]) return true;
      return false;
    }())
      ++first;
    if (pass == 0) t.first = Cycles(first);
    for (std::uint64_t beat = 0; beat < beats; ++beat) ready[beat] = first + beat * w + depth;
    may_enter = first + (beats - 1) * w + w;
  }
  t.free = Cycles(may_enter);
  t.written = Cycles(ready.back() + every(work.passes - 1));
  return t;
}

TEST(VectorLine, takes_as_long_as_a_line_in_which_every_beat_is_followed) {
  for (const Unit unit :
       {Unit{}, Unit{1, 1, 1}, Unit{4, 2, 2, 1}, Unit{3, 4, 1, 2}, Unit{16, 4, 3}})
    for (const std::uint64_t rows : {1, 2, 7})
      for (const std::uint64_t columns : {1, 4, 6, 31})
        for (const std::uint32_t passes : {1, 2, 5})
          for (const std::uint64_t complete : {0, 11, 60, 400})
            for (const std::uint64_t bytes : {0, 1, 4, 9}) {
              const VectorWork work{rows * columns, passes, complete > 0 ? columns : 0,
                                    rows * columns * bytes, rows * columns * (9 - bytes)};
              const VectorTime is = unit.line().time(work, Cycles(10), Cycles(complete)),
                               must = followed(unit, work, 10, complete);
              const auto where = ::testing::Message()
                                 << unit.lanes << " lanes, " << rows << " x " << columns << ", "
                                 << passes << " passes, complete " << complete << ", " << bytes;
              ASSERT_EQ(is.first, must.first) << where;
              ASSERT_EQ(is.free, must.free) << where;
              ASSERT_EQ(is.written, must.written) << where;
            }
}

TEST(VectorLine, long_commands_take_their_beats_and_short_ones_wait_for_their_own_results) {
  const VectorLine line = Unit{}.line();  // 12 cycles deep
  const auto cycles = [&](std::uint64_t beats, std::uint32_t passes) {
    return line.time({beats * 4, passes, 0, 0, 0}, Cycles(100), Cycles(0)).written.value - 100;
  };
  EXPECT_EQ(cycles(1, 1), 1u + 12u);
  EXPECT_EQ(cycles(1, 3), 2 * 12u + 1u + 12u);
  EXPECT_EQ(cycles(11, 3), 2 * 12u + 11u + 12u);
  EXPECT_EQ(cycles(12, 3), 3 * 12u + 12u);
  EXPECT_EQ(cycles(13, 3), 3 * 13u + 12u);
}

TEST(VectorLine, last_beats_wait_for_the_last_row_of_sums) {
  const VectorLine line = Unit{}.line();
  const VectorWork work{10 * 8, 1, 8, 0, 0};  // two beats to a row
  const auto first = [&](std::uint64_t complete) {
    return line.time(work, Cycles(100), Cycles(complete)).first.value;
  };
  EXPECT_EQ(first(118), 100u) << "beat 18 of 20 goes in in cycle 118";
  EXPECT_EQ(first(119), 101u);
  EXPECT_EQ(line.time(work, Cycles(100), Cycles(119)).free, Cycles(121));
}

TEST(VectorLine, ports_hold_beats_back) {
  const VectorLine line = Unit{4, 4, 3, 1}.line();  // 16 bytes per cycle
  const auto free = [&](std::uint64_t read, std::uint64_t write, std::uint32_t passes) {
    return line.time({40, passes, 0, read, write}, Cycles(0), Cycles(0)).free.value;
  };
  EXPECT_EQ(free(160, 160, 1), 10u);
  EXPECT_EQ(free(161, 160, 1), 20u);
  EXPECT_EQ(free(160, 321, 1), 30u);
  EXPECT_EQ(free(320, 0, 2), 20u + 11u) << "of two passes the first alone reads";
}

TEST(VectorSteps, are_stages_of_the_line) {
  VectorConfig vector;
  EXPECT_EQ(vector_steps(trace::OpKind::add, vector), 1u);
  EXPECT_EQ(vector_steps(trace::OpKind::gelu, vector), 3u);
  EXPECT_EQ(vector_steps(trace::OpKind::requantize, vector), 1u) << "three cycles, as it is deep";
  vector.latency = 2;
  EXPECT_EQ(vector_steps(trace::OpKind::requantize, vector), 2u);
  vector.latency = 1;
  EXPECT_EQ(vector_steps(trace::OpKind::requantize, vector), 3u);
}

}  // namespace
}  // namespace mantissa::arch
