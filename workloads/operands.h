// SPDX-License-Identifier: Apache-2.0
// Synthetic tensor contents for traces that carry none: what data mode computes with.
//
// Every element follows from the seed, the tensor's name and the element's index alone
// (base/numerics/random_fill.h), so that any part can be made anywhere and in any order. What a
// tensor holds follows from the operator that reads it first:
//
//   integer weights and inputs      uniform over the whole range of the format
//   float weights                   uniform, scaled by 2/sqrt(K) rounded up to a power of two
//   norm weight, bias               1 + x/4, x/4 with x uniform over [-1, 1)
//   running mean, variance          x/4 and 1 + x/2, of integer sums times the spread of full-range
//                                   int8 products: sqrt(K) 2^12 and K 2^24
//   indices, targets                uniform over the rows of what they select from
//   offsets of bags                 bags of equal length
//   multipliers, scales             uniform over [2^29, 2^30), 1/64 (1 + x/2)
//
// A network's rank that computes samples first..last of a batch draws the inputs of just those, so
// that any number of ranks sees the same batch (metadata `first_sample`). Metadata `fill.<tensor>`
// = `causal_mask` makes 0 on and below the diagonal, -2^15 above (all formats hold it).
//
//   session.run(traces, {Fidelity::data, synthetic_operands(seed)});
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/trace/graph.h"

namespace mantissa::workloads {

// The same type as arch::OperandSource.
using OperandSource =
    std::function<std::vector<std::byte>(const trace::Trace&, const trace::Tensor&)>;

OperandSource synthetic_operands(std::uint64_t seed);

// All inputs and parameters of the trace into one safetensors file.
void write_operands(const trace::Trace& trace, std::uint64_t seed, const std::string& path);
void write_operands(const trace::Trace& trace, const OperandSource& source,
                    const std::string& path);

}  // namespace mantissa::workloads
