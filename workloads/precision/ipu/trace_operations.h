// SPDX-License-Identifier: Apache-2.0
// Operations out of the matrix products and convolutions of a trace, rounded to FP16: a sample that
// holds as much of every operator as it has multiply-accumulates.
//
// A lane holds one product; the lanes of an operation are neighbours along the reduction dimension,
// in the mapper's order: (kernel row, kernel column, input channel of the group) of a convolution,
// k of a matrix product. Lanes beyond its end and padding are zeros.
//
// Activations are computed operator by operator (base/numerics/evaluate.h) from the inputs and
// parameters that the trace comes with, or that are made up for it. What cannot be computed, and
// what needs it, is left out and counted.
//
//   const SampledOperations s = sample_operations(workload, {8, 16}, 100000, seed);
//   s.operations[1];        // 100,000 of 16 lanes, fewer where operands are not known
//
// Errors: study.no-products, and those of reading the tensors' file.
#pragma once

#include <cstdint>

#include "base/error.h"
#include "workloads/precision/ipu/operations.h"
#include "workloads/workload.h"

namespace mantissa::workloads::ipu {

inline const ErrorKind no_products{
    "study.no-products", ExitCode::bad_input,
    "A trace without a floating-point matrix product or convolution whose operands are known."};

struct SampledOperations {
  std::vector<Operations> operations;  // for each number of lanes
  bool synthetic = false;              // inputs and parameters were made up
  std::int64_t operators = 0;          // that were sampled
  std::int64_t left_out = 0;           // matrix products and convolutions without known operands
};

// Of the first rank.
SampledOperations sample_operations(const LoadedWorkload& workload,
                                    const std::vector<std::int64_t>& lanes, std::int64_t count,
                                    std::uint64_t seed);

}  // namespace mantissa::workloads::ipu
