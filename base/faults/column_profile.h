// SPDX-License-Identifier: Apache-2.0
// How unevenly the columns of an SRAM array fail: a weight per column, of mean 1. A cell of column
// c fails at rate min(1, p w_c); where w_c p exceeds 1 the whole column fails and the mean stays
// below p (mean_rate says what it is).
//
// Profiles of published chips (statistics only; the maps are not public; arXiv 2006.13977):
//
//   chip  columns                                                           0->1 : 1->0
//   1     about uniform (127 of 128 columns hit)                            1.27 : 1.47   (46:54)
//   2     41 of 128 columns hit, the worst 5 hold 52 %, the worst 10 74 %   0.82 : 0.19   (81:19)
//   3     column-aligned; numbers not published, chip 2's are used          1.81 : 0.48   (79:21)
//
// [derived] Within each published group columns weigh the same: 5 columns of 10.4 %, 5 of 4.4 %, 31
// of 26/31 %. Shares of directions: chip 1 at p = 2.744 %, chip 2 at 1.01 %, chip 3 at 2.297 %.
#pragma once

#include <cstdint>
#include <vector>

#include "base/config/codec.h"

namespace mantissa::faults {

enum class Chip { none, chip_1, chip_2, chip_3 };

struct ColumnProfile {
  std::vector<double> weights;  // per column, mean 1
  bool shuffled = true;         // every array has its bad columns elsewhere
  // Of the failing cells, the part that reads 1 where 0 is stored; the rest reads 0 for 1.
  double zero_to_one = 0.5;

  // Fraction of cells that fail at rate p.
  double mean_rate(double p) const;
  // Weights of any positive sum, scaled to mean 1.
  static ColumnProfile of_weights(std::vector<double> weights);
};

ColumnProfile profile_of(Chip chip);

// The same shares over another number of columns: each column of the new profile has the weight of
// the one at its place in the old, so that the columns of a row of 72-bit words are columns, too.
ColumnProfile stretched(const ColumnProfile& profile, std::size_t columns);

// Columns of equal weight share one numbering of cells, so that one sampler serves all of them.
struct ColumnClass {
  double weight = 0;
  std::vector<std::uint32_t> columns;  // of the profile
};
std::vector<ColumnClass> classes(const ColumnProfile& profile);

// Where column i of the profile lies in array `array`: a permutation by seed, or i itself.
std::vector<std::uint32_t> positions(const ColumnProfile& profile, std::uint64_t key,
                                     std::uint64_t array);

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct EnumNames<faults::Chip> {
  static const std::vector<std::pair<faults::Chip, const char*>>& names();
};
}  // namespace mantissa::config
