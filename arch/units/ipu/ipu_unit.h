// SPDX-License-Identifier: Apache-2.0
// A matrix unit made of tiles of mixed-precision inner-product units (arXiv 2101.11748).
//
// A tile is unrolled (C, K, Ho, Wo): K x Ho x Wo units of C = n lanes each. Weights are stationary:
// a unit holds D = weight_depth vectors of n weights. One broadcast step gives every unit of a tile
// one operation of n products; a unit sees the same weights again every D steps, D steps go into
// one accumulator, whose sum is rounded to fp32 and added to the accumulators below the unit.
//
//   fold        n x D of k by K x tiles columns; F = ceil(k / nD) x ceil(columns / (K x tiles))
//   steps       ceil(m / (Ho x Wo)) x D per fold, fewer where a fold is not that deep
//   stream      cycles of a fold's steps: in integers steps x max(iterations, interval), with
//               exponents that of the clusters (clusters.h), the slowest tile counts
//   next fold   s[i+1] = s[i] + max(stream, load): the next weights shift in behind the stream
//   drain       ceil(log2 n) levels of adders and the rounding
//
// Tiles that are left over where there are fewer column blocks than tiles take parts of the rows.
// `interval`, from one broadcast to the next: as long as the scratchpad takes to deliver a tile's
// Ho x Wo vectors of n inputs, and, with exponents, as long as an exponent handling unit takes to
// serve its units, one operation per cycle (fp4 by fp4 has one exponent and needs none).
//
// In data mode the cycles of an operation follow from its exponents (base/numerics/inner_product),
// in shape mode from those of a stated law (operand_law.h). All cycles of a stream are `busy`.
//
// MC-SER, MC-IPU4, MC-IPU84, MC-IPU8 are digits of 12 x 1, 4 x 4, 8 x 4, 8 x 8 bits; a core for
// integers or floating point alone lists no other format.
#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "arch/units/ipu/clusters.h"
#include "arch/units/ipu/config.h"
#include "arch/units/ipu/operand_law.h"
#include "arch/units/matrix_model.h"
#include "base/numerics/inner_product/timing.h"

namespace mantissa::arch {

class IpuUnit final : public MatrixModel, public MatrixArithmetic {
 public:
  IpuUnit(const MatrixConfig& config, const ScratchpadConfig& scratchpad);

  MatrixTimetable append(const MatrixTile& tile, Cycles ready) override;
  Cycles free_at() const override { return free_; }
  void reset() override;
  numerics::ReductionOrder order() const override;
  Cycles drain() const override;
  std::string formula() const override;
  Granularity granularity() const override;
  bool packs_groups() const override { return false; }
  MatrixArithmetic* arithmetic() override { return this; }
  Activity activity() const override { return activity_; }

  bool multiply(const MatrixOperands& operands, float* sums, std::int64_t ldsums,
                bool accumulate) override;
  // For whoever runs the operations itself, in place of `multiply`: those of the tile's next row,
  // in cycles per iteration (timing.h), [block of n][column], with `padded` columns to a block.
  void observe_row(const MatrixTile& tile, const std::uint16_t* partitions, std::uint64_t padded);

 private:
  // How a command is spread over the unit.
  struct Spread {
    std::uint64_t rounds, k_folds;      // folds, one after the other
    std::uint64_t column_tiles, parts;  // tiles side by side: other columns, other rows
    std::uint64_t rows_per_part;
    std::uint64_t folds() const { return rounds * k_folds; }
  };
  // One command's operations while data mode computes them, fold by fold and tile by tile.
  struct Observed {
    std::vector<Clusters> clusters;           // [fold][part][column tile]
    std::vector<std::uint16_t> partitions;    // of the pixels that wait: [pixel][block][column]
    std::uint64_t waiting = 0, next_row = 0;  // pixels; row of the tile
    std::uint64_t operations = 0, demanded = 0;
  };

  Spread spread(const MatrixTile& tile) const;
  std::uint64_t interval(const MatrixTile& tile) const;
  std::uint64_t iterations(numerics::inner_product::FormatPair pair) const;
  std::uint64_t steps(const MatrixTile& tile, const Spread& s, std::uint64_t k_fold) const;
  const LawCycles& law_of(const MatrixTile& tile, std::uint64_t interval);
  std::vector<std::uint64_t> streams(const MatrixTile& tile, const Spread& s);
  void broadcast(const MatrixTile& tile, const Spread& s, std::uint64_t part,
                 std::uint64_t padded_columns);

  IpuConfig config_;
  std::uint64_t lanes_, columns_, tiles_, pixels_, depth_, bytes_per_cycle_, cluster_;
  std::uint64_t levels_ = 0;
  Cycles free_{};         // takes its next inputs
  Cycles shadow_free_{};  // takes its next weights
  std::map<std::tuple<trace::NumberFormat, trace::NumberFormat, std::uint64_t>, LawCycles> laws_;
  std::unique_ptr<Observed> observed_;
  std::vector<std::uint32_t> of_step_;
  Activity activity_;
};

}  // namespace mantissa::arch
