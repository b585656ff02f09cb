// SPDX-License-Identifier: Apache-2.0
// The weights of a layer as they lie in memory: tile after tile of the layer's tiling, columns
// outer, reduction inner, each tile row-major [k, n], rows ordered (kernel row, kernel column,
// channel).
//
// Holds one copy of the tensor as the framework has it and packs a tile when it is asked for, so
// that a layer in flight costs its weights once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/mapper/tiling.h"

namespace mantissa::arch {

class PackedWeights {
 public:
  PackedWeights(const MatrixProblem& problem, const Tiling& tiling, std::vector<std::byte> tensor);

  struct Piece {
    std::uint64_t begin = 0;  // byte offset in the packed image
    std::vector<std::byte> bytes;
  };
  // The tile that holds byte `offset`.
  Piece piece_at(std::uint64_t offset) const;

 private:
  Piece group_piece(std::uint64_t group) const;
  Piece tile(std::uint64_t matrix, const Span& n, const Span& k, std::uint64_t begin) const;
  // Element (k, n) of one matrix, in elements of the tensor.
  std::uint64_t source(std::uint64_t tap, std::uint64_t depth, std::uint64_t n) const;

  MatrixProblem problem_;
  std::vector<Span> n_, k_;
  std::vector<std::byte> tensor_;
  std::uint64_t taps_ = 1, depth_ = 0;  // depth: channels of a group, or k
};

}  // namespace mantissa::arch
