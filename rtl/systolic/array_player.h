// SPDX-License-Identifier: Apache-2.0
// Plays folds of matrix products on the pins of one systolic array (systolic.sv), and knows in
// which cycle each row of sums must leave.
//
// Everything happens as early as the array's contract and the fold's own times allow. In each
// cycle: `drive` the inputs, `clock` behind the rising edge, and `due` then says which row is on
// the outputs in the cycle that begins.
//
//   ArrayPlayer player({.rows = 16, .columns = 16, .operand_bytes = 1}, 0);
//   player.push(fold);
//   while (!player.idle()) { player.drive(design.pins()); design.settle(); design.edge();
//                            player.clock(); if (const auto* row = player.due()) ... }
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "rtl/bench.h"

namespace mantissa::rtl {

// Pins of systolic.sv, in the order of the unit's ports.
enum SystolicPin : std::size_t {
  systolic_load,
  systolic_row,
  systolic_valid,
  systolic_first,
  systolic_last,
  systolic_a,
  systolic_b,
  systolic_valid_out,
  systolic_sum_out
};

struct ArrayShape {
  std::size_t rows = 0, columns = 0;
  std::size_t operand_bytes = 1;
  bool output_stationary = false;
};

// Weight stationary: `steps` rows of A with `rows` elements each stream through a block of B of
// `rows` x `columns` elements. Output stationary: `steps` columns of A with `rows` elements beside
// `steps` rows of B with `columns`. What lies beside the block in the array is zero.
struct ArrayFold {
  std::size_t tag = 0;           // the caller's
  const std::byte* a = nullptr;  // until the fold has streamed
  const std::byte* b = nullptr;
  std::size_t a_stride = 0, b_stride = 0;  // bytes from step to step, from row to row
  std::size_t steps = 0, rows = 0, columns = 0;
  bool first = true, last = true;     // output stationary: begins its sums, completes them
  std::uint64_t load = 0, start = 0;  // no weight goes in before, no operand
  std::uint64_t load_cycles = 0;      // for all rows of weights, at least the array's rows
  std::uint64_t step_cycles = 1;      // from one step to the next; it goes in at the end of them
};

class ArrayPlayer {
 public:
  struct Row {
    std::size_t tag;
    std::size_t row;  // output stationary: of the array; otherwise the step
    std::uint64_t cycle;
    bool end;  // of the fold
  };

  ArrayPlayer(const ArrayShape& shape, std::uint64_t cycle) : shape_(shape), cycle_(cycle) {}

  void push(const ArrayFold& fold);
  // The first cycle from now on in which something may go in or come out; never: ~0.
  std::uint64_t next_change() const;
  // Cycles before it need not be clocked.
  void skip_to(std::uint64_t cycle);

  // The inputs of this cycle. While held, no weight or no operand goes in.
  void drive(const Pins& pins, bool hold_weights = false, bool hold_operands = false);
  void clock();

  std::uint64_t cycle() const { return cycle_; }
  // On the outputs in this cycle, or null.
  const Row* due() const {
    return !leaving_.empty() && leaving_.front().cycle == cycle_ ? &leaving_.front() : nullptr;
  }
  // Every fold has gone in and come out.
  bool idle() const { return folds_.empty() && leaving_.empty(); }
  // Has weights or operands to put in.
  bool feeding() const { return !folds_.empty(); }
  std::size_t folds_waiting() const { return folds_.size(); }
  // Of the fold that streams, or is the next to: where it is, and since when.
  struct Streaming {
    std::size_t tag;
    std::size_t step;
    std::uint64_t began;  // cycle of its first operand, once step > 0
  };
  const Streaming& streaming() const { return streaming_; }
  // What went in with the last `drive`.
  bool loaded() const { return loaded_; }
  bool streamed() const { return streamed_; }

 private:
  struct Loaded : ArrayFold {
    std::size_t loaded = 0;  // rows of weights in the next plane
    std::uint64_t able = 0;  // the earliest first operand that they allow
  };
  bool load(const Pins& pins, bool held);
  bool stream(const Pins& pins, bool held);
  void expect(const Loaded& fold, std::size_t step);

  ArrayShape shape_;
  std::uint64_t cycle_;
  std::deque<Loaded> folds_;  // the first one streams, the first or second one loads
  Streaming streaming_{};
  std::uint64_t previous_start_ = 0;  // of the fold whose weights are in use
  bool previous_ = false;
  std::uint64_t drain_free_ = 0;  // the earliest last operand that the drain chain allows
  std::deque<Row> leaving_;
  bool loaded_ = false, streamed_ = false;
};

}  // namespace mantissa::rtl
