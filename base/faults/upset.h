// SPDX-License-Identifier: Apache-2.0
// Upsets: moments at which cells lose what they hold, until they are written again. They come from
// particles (at random, in clusters of neighbours) or from a file that replays what was observed.
//
// A cluster of width w and height h struck at (row, column) upsets the cells of w columns and h
// rows from there, as far as the memory's rows reach: neighbours in a row are bits of one word
// without interleaving, and of different words with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/faults/cell_layout.h"

namespace mantissa::faults {

enum class UpsetKind : std::uint8_t { flip, set, clear };

struct Upset {
  std::uint64_t cycle = 0;
  std::uint64_t cell = 0;  // the first of its cluster
  UpsetKind kind = UpsetKind::flip;
};

// Cells of the cluster struck at `cell`, ascending; rows of `row_cells`, `cells` in all.
std::vector<std::uint64_t> cluster(std::uint64_t cell, unsigned width, unsigned height,
                                   std::uint64_t row_cells, std::uint64_t cells);

// A Poisson process of `rate` upsets per cell and cycle over `cells` cells: upset n depends on the
// key and n alone.
class UpsetProcess {
 public:
  UpsetProcess(std::uint64_t key, std::uint64_t cells, double rate);
  // The upsets up to `cycle`, one by one, in order; then nothing.
  std::optional<Upset> next_until(std::uint64_t cycle);

 private:
  void draw();
  std::uint64_t key_, cells_;
  double per_cycle_;  // upsets
  double time_ = 0;   // of the upset that waits
  std::uint64_t number_ = 0;
};

// A file of one upset per line, in order of time:
//
//   # cycle  byte.bit  flip, set or clear
//   1200     0x40.7    flip
//
// `words` says where the memory's bits lie; bytes count from 0, 8 to a word. Throws
// Error(unreadable_file, bad_line, unordered_trace, beyond_memory) with file and line.
std::vector<Upset> read_error_trace(const std::string& path, const CellLayout& words,
                                    std::uint64_t bytes);

}  // namespace mantissa::faults
