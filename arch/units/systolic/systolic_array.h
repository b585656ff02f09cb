// SPDX-License-Identifier: Apache-2.0
// Cycle counts of an R x C systolic array in closed form, fold after fold.
//
// Weight stationary. A fold holds R rows of K by C columns of N; M inputs stream through it.
//   double-buffered  s[i+1] = s[i] + max(M, R)       the next weights shift in behind the
//                                                    stream, R cycles: the shadow plane is free
//                                                    once s[i] has begun, since the swap travels
//                                                    with the data
//   single-buffered  s[i+1] = s[i] + M + (R+C-2) + R drain, then load
//   results          first row at s + R + C - 1, last at s + M + R + C - 2
// One fold alone: R + M + R + C - 2. F folds, double-buffered: R + (F-1)*max(M,R) + M + R + C - 2;
// single-buffered: F*(2R + C + M - 2), which is what public array simulators count (less 1 per
// layer: they report the index of the last cycle, not the number of cycles).
//
// Input stationary: the same with the operands exchanged: N streams, a fold holds R of K by C of M.
//
// Output stationary. A fold holds R rows of M by C columns of N; K streams, then the sums shift out
// in R cycles.
//   double-buffered  s[i+1] = s[i] + max(K, R)        one set of sums shifts out at a time: last
//                                                    operands are R cycles apart or more, whatever
//                                                    the K of each
//   single-buffered  s[i+1] = s[i] + K + R + C - 2    the R drain cycles overlap the next fold
//   results          first row at s + K + R + C - 1, last at s + K + R + C - 2 + R
//
// `units` arrays share a command: they take different stationary columns, and, where there are
// fewer column blocks than arrays, parts of the stream. A scratchpad that delivers fewer than the
// operands of one cycle stretches the stream by the whole factor, and a row of operands goes in
// when the last of it is there. folds.h lists the folds of a command one by one.
#pragma once

#include "arch/units/matrix_model.h"

namespace mantissa::arch {

class SystolicArray : public MatrixModel {
 public:
  SystolicArray(const MatrixConfig& config, const ScratchpadConfig& scratchpad);

  MatrixTimetable append(const MatrixTile& tile, Cycles ready) override;
  Cycles free_at() const override { return free_; }
  void reset() override;
  numerics::ReductionOrder order() const override;
  Cycles drain() const override;
  std::string formula() const override;
  Granularity granularity() const override;

  // Cycles per row of operands: 1, or as many as the scratchpad takes to deliver it.
  std::uint64_t slowdown(std::uint64_t operand_bytes) const;
  // Cycles to shift a stationary operand in: R, or as long as the scratchpad takes to deliver it.
  std::uint64_t load_cycles(std::uint64_t operand_bytes) const;

 private:
  struct Folds {
    std::uint64_t count;   // one after the other
    std::uint64_t arrays;  // of all arrays together
    std::uint64_t stream;  // cycles of operands per fold when nothing stalls
  };
  Folds folds(const MatrixTile& tile) const;
  MatrixTimetable append_stationary(const Folds& f, std::uint64_t slow, std::uint64_t load,
                                    Cycles ready);
  MatrixTimetable append_output_stationary(const MatrixTile& tile, const Folds& f,
                                           std::uint64_t slow, Cycles ready);

  std::uint64_t rows_, columns_, units_;
  Dataflow dataflow_;
  bool double_buffer_;
  std::uint64_t bytes_per_cycle_;
  Cycles free_{};         // the array takes its next operands
  Cycles shadow_free_{};  // the shadow plane takes its next weights
  Cycles drain_free_{};   // output stationary: a stream may end, its sums find the chain empty
};

}  // namespace mantissa::arch
