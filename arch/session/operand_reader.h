// SPDX-License-Identifier: Apache-2.0
// What a matrix command reads of the scratchpad, row-major as the arithmetic takes it: through the
// cells, errors included; elements below a byte with a byte each, int4 with its sign; windows of
// convolutions as rows of a matrix; what lies transposed turned.
//
//   OperandReader reader(scratchpad);
//   const auto b = reader.b(problem, command, group);
//   for (first = 0; first < m; first += rows) multiply(reader.a(problem, command, group, first,
//   rows), b)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "arch/core/scratchpad.h"
#include "arch/mapper/lowering.h"

namespace mantissa::arch {

// `stride` elements from one row to the next.
struct OperandRows {
  const std::byte* data = nullptr;
  std::int64_t stride = 0;
};

class OperandReader {
 public:
  explicit OperandReader(Scratchpad& scratchpad) : scratchpad_(scratchpad) {}

  // B of a group, k x n of the command's. Valid until the next call of b.
  OperandRows b(const MatrixProblem& problem, const MatrixCommand& command, std::uint64_t group);

  // Rows [first, first + rows) of a group's A, with the k columns of the group. Valid until the
  // next call of a.
  OperandRows a(const MatrixProblem& problem, const MatrixCommand& command, std::uint64_t group,
                std::uint64_t first, std::uint64_t rows);
  // Whether rows of A lie in the scratchpad as they are multiplied: cheapest read all at once.
  static bool whole(const MatrixCommand& command) {
    return !command.window.convolution && !command.a_transposed;
  }

 private:
  void gather_windows(const MatrixProblem& problem, const MatrixCommand& command,
                      std::uint64_t group, std::uint64_t first, std::uint64_t rows);
  void turn_columns(const MatrixProblem& problem, const MatrixCommand& command, std::uint64_t first,
                    std::uint64_t rows);

  Scratchpad& scratchpad_;
  std::vector<std::byte> cells_;  // as faulty cells deliver them
  std::vector<std::byte> a_, b_;
};

}  // namespace mantissa::arch
