// SPDX-License-Identifier: Apache-2.0
#include "arch/units/systolic/systolic_array.h"

#include <algorithm>

namespace mantissa::arch {

SystolicArray::SystolicArray(const MatrixConfig& config, const ScratchpadConfig& scratchpad)
    : rows_(static_cast<std::uint64_t>(config.rows)),
      columns_(static_cast<std::uint64_t>(config.columns)),
      units_(static_cast<std::uint64_t>(config.units)),
      dataflow_(config.dataflow),
      double_buffer_(config.double_buffer),
      bytes_per_cycle_(static_cast<std::uint64_t>(scratchpad.banks) * scratchpad.bank_width.value) {
}

void SystolicArray::reset() { free_ = shadow_free_ = drain_free_ = Cycles(0); }

numerics::ReductionOrder SystolicArray::order() const {
  return dataflow_ == Dataflow::output_stationary ? numerics::output_stationary
                                                  : numerics::weight_stationary(rows_);
}

Cycles SystolicArray::drain() const {
  // Single-buffered, the array waits for its sums to arrive before it takes anything else.
  const std::uint64_t arriving = double_buffer_ ? rows_ + columns_ - 2 : 0;
  return Cycles(arriving + (dataflow_ == Dataflow::output_stationary ? rows_ : 0));
}

MatrixModel::Granularity SystolicArray::granularity() const {
  switch (dataflow_) {
    case Dataflow::output_stationary:
      return {rows_, 1, columns_ * units_};
    case Dataflow::input_stationary:
      return {columns_ * units_, rows_, 1};
    case Dataflow::weight_stationary:
      break;
  }
  return {1, rows_, columns_ * units_};
}

std::string SystolicArray::formula() const {
  switch (dataflow_) {
    case Dataflow::output_stationary:
      return double_buffer_ ? "(F-1)*max(K,R) + K + R + C - 2 + R" : "F*(K + R + C - 2) + R";
    case Dataflow::input_stationary:
      return double_buffer_ ? "R + (F-1)*max(N,R) + N + R + C - 2" : "F*(2R + C + N - 2)";
    case Dataflow::weight_stationary:
      break;
  }
  return double_buffer_ ? "R + (F-1)*max(M,R) + M + R + C - 2" : "F*(2R + C + M - 2)";
}

SystolicArray::Folds SystolicArray::folds(const MatrixTile& tile) const {
  // Blocks of the dimension that lies along the columns are spread over the arrays; arrays left
  // over take parts of the other, streamed (or, output stationary, row) dimension.
  const bool os = dataflow_ == Dataflow::output_stationary;
  const std::uint64_t along_columns = dataflow_ == Dataflow::input_stationary ? tile.m : tile.n;
  const std::uint64_t other = dataflow_ == Dataflow::input_stationary ? tile.n : tile.m;
  const std::uint64_t blocks = ceil_div(along_columns, columns_);
  const std::uint64_t by_columns = std::min(units_, blocks);
  const std::uint64_t by_other = units_ / by_columns;
  const std::uint64_t rounds = ceil_div(blocks, by_columns);
  const std::uint64_t row_blocks = ceil_div(other, rows_), k_blocks = ceil_div(tile.k, rows_);
  if (os)
    return {rounds * ceil_div(row_blocks, by_other), tile.last ? blocks * row_blocks : 0, tile.k};
  return {rounds * k_blocks, blocks * k_blocks * std::min(by_other, other),
          ceil_div(other, by_other)};
}

std::uint64_t SystolicArray::slowdown(std::uint64_t operand_bytes) const {
  // Per cycle R elements stream in from one side; output stationary also C from the other.
  const std::uint64_t elements =
      dataflow_ == Dataflow::output_stationary ? rows_ + columns_ : rows_;
  return std::max<std::uint64_t>(1, ceil_div(elements * operand_bytes, bytes_per_cycle_));
}

std::uint64_t SystolicArray::load_cycles(std::uint64_t operand_bytes) const {
  return std::max(rows_, ceil_div(rows_ * columns_ * units_ * operand_bytes, bytes_per_cycle_));
}

MatrixTimetable SystolicArray::append(const MatrixTile& tile, Cycles ready) {
  MANTISSA_CHECK(tile.m > 0 && tile.k > 0 && tile.n > 0, "a matrix tile without elements");
  const Folds f = folds(tile);
  const std::uint64_t slow = slowdown(tile.operand_bytes);
  return dataflow_ == Dataflow::output_stationary
             ? append_output_stationary(tile, f, slow, ready)
             : append_stationary(f, slow, load_cycles(tile.operand_bytes), ready);
}

MatrixTimetable SystolicArray::append_stationary(const Folds& f, std::uint64_t slow,
                                                 std::uint64_t load, Cycles ready) {
  const std::uint64_t stream = f.stream * slow;
  const std::uint64_t drain = rows_ + columns_ - 2;
  const std::uint64_t between = double_buffer_ ? std::max(stream, load) : stream + drain + load;
  MatrixTimetable t;
  t.folds = f.count;
  t.array_folds = f.arrays;
  t.start = std::max(ready, double_buffer_ ? shadow_free_ : free_);
  t.first_stream = t.start + Cycles(load);
  if (double_buffer_) t.first_stream = std::max(t.first_stream, free_);
  const Cycles last_stream = t.first_stream + Cycles((f.count - 1) * between);

  t.weight_load = t.first_stream - std::max(free_, std::min(ready, t.first_stream));
  t.busy = Cycles(f.count * f.stream);
  t.operand = Cycles(f.count * (stream - f.stream));
  if (double_buffer_) {
    t.weight_load += Cycles((f.count - 1) * (between - stream));
    t.stream_end = last_stream + Cycles(stream);
    shadow_free_ = last_stream;
  } else {
    t.weight_load += Cycles((f.count - 1) * load);
    t.drain = Cycles(f.count * drain);
    t.stream_end = last_stream + Cycles(stream + drain);
  }
  free_ = t.stream_end;
  t.first_result = last_stream + Cycles(slow + drain);
  t.end = last_stream + Cycles(stream + drain);
  t.period = Cycles(between);
  return t;
}

MatrixTimetable SystolicArray::append_output_stationary(const MatrixTile& tile, const Folds& f,
                                                        std::uint64_t slow, Cycles ready) {
  const std::uint64_t stream = f.stream * slow;
  const std::uint64_t drain = rows_ + columns_ - 2;
  const std::uint64_t between = double_buffer_ ? std::max(stream, rows_) : stream + drain;
  MANTISSA_CHECK((tile.first && tile.last) || f.count == 1,
                 "sums that stay in the array over several tiles need one fold per tile");
  MatrixTimetable t;
  t.folds = f.count;
  t.array_folds = f.arrays;
  Cycles earliest = free_;
  if (tile.last && drain_free_ > Cycles(stream))
    earliest = std::max(earliest, drain_free_ - Cycles(stream));
  t.start = t.first_stream = std::max(ready, earliest);
  const Cycles last_stream = t.first_stream + Cycles((f.count - 1) * between);

  t.drain = t.first_stream - std::max(free_, std::min(ready, t.first_stream));
  t.busy = Cycles(f.count * f.stream);
  t.operand = Cycles(f.count * (stream - f.stream));
  t.drain += Cycles((f.count - 1) * (between - stream));
  t.stream_end = last_stream + Cycles(stream);
  if (tile.last) {
    if (!double_buffer_) {
      t.stream_end += Cycles(drain);
      t.drain += Cycles(drain);
    }
    drain_free_ = last_stream + Cycles(stream + rows_);
  }
  free_ = t.stream_end;
  t.first_result = last_stream + Cycles(stream + drain + 1);
  t.end = last_stream + Cycles(stream + drain + rows_);
  t.period = Cycles(between);
  return t;
}

namespace {
const MatrixModelRegistration systolic("systolic", [](const MatrixConfig& config,
                                                      const ScratchpadConfig& scratchpad) {
  return std::make_unique<SystolicArray>(config, scratchpad);
});
}  // namespace

}  // namespace mantissa::arch
