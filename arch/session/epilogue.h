// SPDX-License-Identifier: Apache-2.0
// A layer's result on the way from accumulators to the scratchpad, as a small trace over a tile:
// bias of the head, cast to the head's own format, then the chain.
//
// Shapes are [rows, columns], channels last, so that per-channel operands line up with dimension 1.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "arch/mapper/layer.h"

namespace mantissa::arch {

struct Epilogue {
  trace::Trace trace;
  std::vector<std::pair<trace::TensorId, trace::TensorId>>
      operands;  // here -> in the layer's trace
  trace::TensorId sums = 0, addend = trace::no_tensor, result = 0;
  // Sums in the head's own format, on their way into the vector unit.
  trace::TensorId cast = trace::no_tensor;
};

// `operands`: format of the matrix operator's, which decides about that of its sums.
Epilogue make_epilogue(const Plan& plan, const Layer& layer, trace::NumberFormat operands,
                       std::int64_t rows, std::int64_t columns);

}  // namespace mantissa::arch
