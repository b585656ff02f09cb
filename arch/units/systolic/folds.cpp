// SPDX-License-Identifier: Apache-2.0
#include "arch/units/systolic/folds.h"

#include <algorithm>

namespace mantissa::arch {
namespace {

FoldSpan block(std::uint64_t size, std::uint64_t step, std::uint64_t index) {
  const std::uint64_t first = std::min(size, index * step);
  return {first, std::min(step, size - first)};
}

// Part `index` of `parts`, as even as can be.
FoldSpan part(std::uint64_t size, std::uint64_t parts, std::uint64_t index) {
  const std::uint64_t first = index * size / parts;
  return {first, (index + 1) * size / parts - first};
}

}  // namespace

std::vector<Fold> folds_of(const MatrixConfig& config, const MatrixTile& tile,
                           const MatrixTimetable& t) {
  const auto rows = static_cast<std::uint64_t>(config.rows);
  const auto columns = static_cast<std::uint64_t>(config.columns);
  const auto units = static_cast<std::uint64_t>(config.units);
  const bool inputs_stay = config.dataflow == Dataflow::input_stationary;
  const std::uint64_t along = inputs_stay ? tile.m : tile.n, other = inputs_stay ? tile.n : tile.m;
  const std::uint64_t blocks = ceil_div(along, columns);
  const std::uint64_t by_columns = std::min(units, blocks), by_other = units / by_columns;
  const std::uint64_t rounds = ceil_div(blocks, by_columns);

  // Folds that follow each other in a round: rows of sums that stay, or parts of the reduction.
  const bool sums_stay = config.dataflow == Dataflow::output_stationary;
  const std::uint64_t row_blocks = ceil_div(tile.m, rows);
  const std::uint64_t steps = sums_stay ? ceil_div(row_blocks, by_other) : ceil_div(tile.k, rows);

  std::vector<Fold> folds;
  for (std::uint64_t i = 0; i < rounds * steps; ++i)
    for (std::uint64_t array = 0; array < by_columns * by_other; ++array) {
      const std::uint64_t round = i / steps, step = i % steps, share = array / by_columns;
      const FoldSpan a = block(along, columns, round * by_columns + array % by_columns);
      Fold fold;
      fold.array = array;
      fold.start = t.first_stream + Cycles(i * t.period.value);
      // The plane is free once the fold before has begun, or from the command's start on.
      fold.load = i == 0 ? t.start : fold.start - t.period;
      if (sums_stay) {
        fold.m = block(tile.m, rows, share * steps + step);
        fold.k = {0, tile.k};
      } else {
        fold.m = part(other, by_other, share);
        fold.k = block(tile.k, rows, step);
      }
      fold.n = a;
      if (inputs_stay) std::swap(fold.m, fold.n);
      if (fold.m.count > 0 && fold.k.count > 0 && fold.n.count > 0) folds.push_back(fold);
    }
  return folds;
}

}  // namespace mantissa::arch
