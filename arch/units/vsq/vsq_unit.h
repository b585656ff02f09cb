// SPDX-License-Identifier: Apache-2.0
// A matrix unit of VS-Quant's vector MACs: processing elements as in MAGNet (arXiv 2102.04503), P
// of them with L lanes each. A lane holds D vectors of V weights of one output channel, and their
// scales, double-buffered; a vector of activations goes to all lanes of an element at once.
//
//   fold        D vectors along k by L x P channels; F = ceil(vectors / D) x ceil(N / (L x P))
//   vectors     of a row: lines x ceil(line / V), see operands.h
//   stream      ceil(M / parts) x D x interval; fewer vectors where a fold is not that deep
//   reads       of a lane's vectors of weights: one for weight_reuse rows of a part, which pass
//               one behind the other at each vector while the lane holds their sums
//   next fold   s[i+1] = s[i] + max(stream, load): the next weights go in behind the stream
//   results     of a vector that a lane takes in cycle t: in t + 3, as rtl/vsq/vsq.sv
//
// Elements that are left over where there are fewer blocks of channels take other rows (`parts`).
// `interval`, from one vector to the next: vector_cycles, or as long as the scratchpad takes to
// deliver one for each part. A lane adds the D vectors of a row in its accumulator; the sum leaves
// it, and is added below it in as many bits, by the same rule. Vectors whose scale product is zero
// are gated: they take their cycle, but nothing switches. Reuse (MAGNet's local weight stationary
// order, ICCAD 2019, recalled) changes the order of a fold's vectors, not the sums or their time.
//
// Memory and scratchpad hold operands packed: N bits per element, M per vector, a fraction M / (V
// N) more than the elements alone. The last vector of a line is stored as short as it is, with a
// whole scale. A layer's results become operands in a post-processing unit per
// element behind the vector unit: V of them per cycle, five stages (rtl/vsq_ppu).
//
// Values (Session::run's first pass in data mode) lie in memory as the trace has them, and are
// quantised where they enter the unit (operands.h): what the post-processing unit of the layer
// before does in hardware, with a coarse scale calibrated on this very tensor.
#pragma once

#include <map>

#include "arch/units/matrix_model.h"
#include "arch/units/vsq/operands.h"

namespace mantissa::arch {

// Of a command, in the order of time: which vectors of which channels, from when on.
struct VsqFold {
  std::uint64_t first_vector = 0, vectors = 0;  // of each row
  std::uint64_t first_column = 0;               // of its blocks of L columns, one per element
  Cycles start{};                               // its first vector's interval begins
  std::uint64_t stream = 0, between = 0;        // cycles; until the next fold
};

class VsqUnit final : public MatrixModel, public MatrixArithmetic {
 public:
  VsqUnit(const MatrixConfig& config, const ScratchpadConfig& scratchpad);

  MatrixTimetable append(const MatrixTile& tile, Cycles ready) override;
  Cycles free_at() const override { return free_; }
  void reset() override;
  numerics::ReductionOrder order() const override;
  Cycles drain() const override { return Cycles(pipeline - 1); }
  std::string formula() const override;
  Granularity granularity() const override;
  bool packs_groups() const override { return false; }
  MatrixArithmetic* arithmetic() override { return this; }
  std::optional<PackedOperands> packed_operands() const override;
  std::optional<PostProcessing> post_processing() const override;
  std::uint64_t vector_length() const override { return length_; }
  std::uint64_t partial_sums(const MatrixTile& tile) const override;
  Activity activity() const override { return activity_; }

  bool multiply(const MatrixOperands& operands, float* sums, std::int64_t ldsums,
                bool accumulate) override;
  bool decides_time() const override { return false; }
  bool scales(trace::NumberFormat format) const override { return trace::is_float(format); }
  void finish(std::uint32_t* sums, std::uint64_t m, std::uint64_t n,
              const MatrixRanges& ranges) override;

  // How a command is spread over the elements: `column_elements` of them take other channels,
  // `parts` times as many other rows.
  struct Spread {
    std::uint64_t column_elements, parts, rows_per_part;
  };
  Spread spread(const MatrixTile& tile) const;
  std::uint64_t interval(const MatrixTile& tile) const;
  std::vector<VsqFold> folds(const MatrixTile& tile, Cycles first_stream) const;

  // Stages of vsq.sv.
  static constexpr std::uint64_t pipeline = 3;

 private:
  std::uint64_t vectors(const MatrixTile& tile) const;
  std::uint64_t longest_vector(const MatrixTile& tile) const;
  std::uint64_t load(const MatrixTile& tile) const;
  std::uint64_t weight_reads(const Spread& spread, std::uint64_t rows) const;

  VsqConfig config_;
  std::uint64_t length_, lanes_, elements_, depth_, reuse_, bytes_per_cycle_;
  Cycles free_{};         // takes its next activations
  Cycles shadow_free_{};  // takes its next weights
  Activity activity_;
};

}  // namespace mantissa::arch
