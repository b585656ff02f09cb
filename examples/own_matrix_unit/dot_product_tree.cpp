// SPDX-License-Identifier: Apache-2.0
// A matrix unit of one's own: C dot products side by side, each a row of R multipliers under a tree
// of adders, instead of a systolic array.
//
//   weights   R rows of K by C columns of N per fold, one row of C per cycle into a shadow plane
//   inputs    M rows; one row of R elements per cycle goes to all C trees at once: no skew
//   results   one row of C sums per cycle, behind ceil(log2 R) levels of adders
//
// F folds of M rows take  R + (F-1)*max(M, R) + M + ceil(log2 R)  cycles. This file is all there is
// to it: the registration at its end makes `core.matrix.model: dot_product_tree` a legal name.
#include <algorithm>

#include "arch/units/matrix_model.h"
#include "base/error.h"

namespace example {

using namespace mantissa;

inline const ErrorKind unsupported{"dot-product-tree.unsupported", ExitCode::bad_input,
                                   "A configuration that the dot-product tree cannot have."};

class DotProductTree final : public arch::MatrixModel {
 public:
  DotProductTree(const arch::MatrixConfig& config, const arch::ScratchpadConfig& scratchpad)
      : rows_(static_cast<std::uint64_t>(config.rows)),
        columns_(static_cast<std::uint64_t>(config.columns)),
        bytes_per_cycle_(static_cast<std::uint64_t>(scratchpad.banks) *
                         scratchpad.bank_width.value) {
    for (std::uint64_t width = 1; width < rows_; width *= 2) ++levels_;
    const Error error = Error(unsupported).at("core.matrix").remedy("choose model: systolic");
    if (config.dataflow != arch::Dataflow::weight_stationary || !config.double_buffer)
      throw Error(error).say("a dot-product tree holds weights, double-buffered");
    if (config.units != 1) throw Error(error).say("there is one dot-product unit per core");
    // Sums of integers are the same in any order. Those of a floating-point tree are not, and would
    // need an order of their own in base/numerics.
    for (const auto format : config.formats)
      if (format != trace::NumberFormat::int8)
        throw Error(error).say("a dot-product tree multiplies int8").read(trace::name(format));
  }

  arch::MatrixTimetable append(const arch::MatrixTile& tile, Cycles ready) override {
    // A scratchpad that delivers fewer than R operands per cycle stretches the stream.
    const std::uint64_t slow = ceil_div(rows_ * tile.operand_bytes, bytes_per_cycle_);
    const std::uint64_t stream = tile.m * slow;
    const std::uint64_t pace = std::max(stream, rows_);  // from one fold to the next

    arch::MatrixTimetable t;
    t.folds = ceil_div(tile.k, rows_) * ceil_div(tile.n, columns_);
    t.start = std::max(ready, shadow_free_);
    t.first_stream = std::max(t.start + Cycles(rows_), free_);
    const Cycles last_stream = t.first_stream + Cycles((t.folds - 1) * pace);
    t.stream_end = last_stream + Cycles(stream);
    t.first_result = last_stream + Cycles(slow) + drain();
    t.end = t.stream_end + drain();
    t.period = Cycles(pace);

    // Where the cycles since the last command went; those before `ready` are not ours to explain.
    t.busy = Cycles(t.folds * tile.m);
    t.operand = Cycles(t.folds * (stream - tile.m));
    t.weight_load = t.first_stream - std::max(free_, std::min(ready, t.first_stream)) +
                    Cycles((t.folds - 1) * (pace - stream));
    shadow_free_ = last_stream;
    free_ = t.stream_end;
    return t;
  }

  Cycles free_at() const override { return free_; }
  void reset() override { free_ = shadow_free_ = Cycles(0); }
  numerics::ReductionOrder order() const override { return numerics::weight_stationary(rows_); }
  Cycles drain() const override { return Cycles(levels_); }
  std::string formula() const override { return "R + (F-1)*max(M,R) + M + ceil(log2 R)"; }
  Granularity granularity() const override { return {1, rows_, columns_}; }

 private:
  std::uint64_t rows_, columns_, bytes_per_cycle_;
  std::uint64_t levels_ = 0;
  Cycles free_{};         // the trees take the next row of inputs
  Cycles shadow_free_{};  // the shadow plane takes the next weights
};

const arch::MatrixModelRegistration registration("dot_product_tree",
                                                 [](const arch::MatrixConfig& config,
                                                    const arch::ScratchpadConfig& scratchpad) {
                                                   return std::make_unique<DotProductTree>(
                                                       config, scratchpad);
                                                 });

}  // namespace example
