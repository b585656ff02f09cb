// SPDX-License-Identifier: Apache-2.0
// Where the bits of codes (stored words, quantised weights) lie among the cells of a memory.
//
// Cells are numbered row by row. A row holds `interleave` codes of `bits` bits, bit by bit: first
// bit 0 of all its codes, then bit 1, ... With an interleave of 1 that is the linear layout, bit j
// of code i in cell offset + i * bits + j. With more, neighbouring cells of a row belong to
// different codes, so that an upset of neighbours gives every word one error that its ECC corrects,
// and a bad column hits one bit position of every `interleave`-th code.
//
//   row       |b0 of c0|b0 of c1|b0 of c2|b0 of c3|b1 of c0| ...         interleave 4
//
// The map is one to one; offset shifts it along the cells (published results average over offsets).
#pragma once

#include <cstdint>

namespace mantissa::faults {

struct CodeBit {
  std::uint64_t code = 0;
  unsigned bit = 0;
  friend bool operator==(const CodeBit& a, const CodeBit& b) {
    return a.code == b.code && a.bit == b.bit;
  }
};

struct CellLayout {
  unsigned bits = 64;
  unsigned interleave = 1;
  std::uint64_t offset = 0;

  constexpr std::uint64_t row_cells() const { return std::uint64_t{bits} * interleave; }

  // Cells that `codes` codes span behind the offset; the last row is whole.
  constexpr std::uint64_t cells(std::uint64_t codes) const {
    return (codes + interleave - 1) / interleave * row_cells();
  }
  constexpr std::uint64_t cell(CodeBit b) const {
    return offset + b.code / interleave * row_cells() + std::uint64_t{b.bit} * interleave +
           b.code % interleave;
  }
  // `cell` must not lie before the offset; the last row may name codes that do not exist.
  constexpr CodeBit at(std::uint64_t cell) const {
    const std::uint64_t row = (cell - offset) / row_cells(), in_row = (cell - offset) % row_cells();
    return {row * interleave + in_row % interleave, static_cast<unsigned>(in_row / interleave)};
  }
};

}  // namespace mantissa::faults
