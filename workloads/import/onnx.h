// SPDX-License-Identifier: Apache-2.0
// ONNX models as traces. Operator sets up to 17; what ONNX calls an operator stays one, except that
// Gemm is a matmul and what it adds, and that views (Flatten, Squeeze, ...) become reshapes. Shapes
// come from the ONNX library's inference: a Reshape to a computed shape needs no computation.
//
// Initialisers become parameters with their contents, constants that only say shapes or axes become
// attributes. Batch norm, dropout and the like are those of inference.
//
// Errors: the kinds of workloads/import/onnx_model.h; all unsupported operators are named in one.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/trace/graph.h"
#include "workloads/operands.h"

namespace mantissa::workloads {

struct OnnxWorkload {
  trace::Trace trace;
  OperandSource operands;  // parameters from the model, inputs drawn from the seed
};

OnnxWorkload read_onnx(const std::string& path,
                       const std::map<std::string, std::int64_t>& dimensions, std::uint64_t seed);

// The operators that can be imported, sorted.
std::vector<std::string> onnx_operators();

}  // namespace mantissa::workloads
