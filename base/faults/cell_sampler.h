// SPDX-License-Identifier: Apache-2.0
// Which cells of a memory fail at a given error rate: once per chip every cell has a u ~ U(0, 1],
// and it fails at rate p iff u <= p. So what fails at p' <= p is a subset of what fails at p.
//
// No u is drawn for the cells that work. Octave k holds the cells whose u lies in (2^-(k+1), 2^-k].
// Each octave is an independent random set H_k with a hit per cell of probability
//
//   q_k = 1 / (2^(k+1) - 1),
//
// found by geometric skips; a cell's u is drawn in the octave of its deepest hit. Then u <= 2^-k
// iff the cell has a hit in octave k or deeper, whose probability is
//
//   1 - prod over j >= k of (1 - q_j) = 1 - prod (2^(j+1) - 2) / (2^(j+1) - 1) = 2^-k    exactly,
//
// (the product telescopes; the last octave takes all that is deeper: q = 2^-last). So at rate p
// only the octaves from floor(-log2 p) on are visited, and the work is proportional to the cells
// that fail, at most two visits for each. Blocks of 2^18 cells are drawn independently of each
// other.
//
// Cost (tests/bench, 2 GHz): about 40 ns per failing cell and 2 us per block, so 7 ms for 20 MB at
// p = 0.1 %, and 0.2 ms at one in a million.
// Precision: gaps and u have steps of 2^-53 relative; rates below 2^-48 are still exact.
//
//   const CellSampler cells(derived(chip_seed, stream));
//   std::vector<std::uint64_t> failing;
//   cells.append_failing(0.001, 0, 160'000'000, failing);      // ascending
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::faults {

constexpr std::uint64_t cells_per_block = 1ull << 18;

class CellSampler {
 public:
  explicit CellSampler(std::uint64_t key) : key_(key) {}

  // Cells of [first, last) with u <= p, in ascending order, behind what is in `out`. The same
  // whatever the ranges in which a memory is asked for.
  void append_failing(double p, std::uint64_t first, std::uint64_t last,
                      std::vector<std::uint64_t>& out) const;

  // The u of one cell: visits the block up to it, and is meant for tests.
  double u(std::uint64_t cell) const;

 private:
  template <class Hit>
  void visit(std::uint64_t block, std::uint64_t cells, int shallowest, Hit hit) const;
  double place_in(int octave, std::uint64_t cell) const;

  std::uint64_t key_;
};

}  // namespace mantissa::faults
