// SPDX-License-Identifier: Apache-2.0
// The reference executor: one whole operator of a trace, without tiles, banks or time.
//
// What a chip computes in data mode is held against this. The loops are simple and in the
// framework's layout; with `fast` the matrix products go through im2col and the kernels of gemm.h,
// which give the same bits.
//
//   matrix   K runs over (kernel row, kernel column, input channel of the group) for conv2d and
//   over
//            k for matmul, cut into chains as `order.matrix` says (reduction_order.h). Padding is a
//            zero operand whose product counts. Integer, boolean and binary operands: exact
//            products, int32 sums that wrap (int64 for outputs of 64 bits). Floats: widened to
//            fp32, fp32 sums. Then the bias is added once, then the sum is cast to the output's
//            format.
//   others   base/numerics/pointwise.h, row_ops.h (with `order.lanes`), pool.h; operands widened to
//            fp32, or to integers where all are whole, and cast once to the output's format.
//            embedding_bag adds rows in the order of their indices, starting from +0; mean
//            multiplies by reciprocal(count); a weight multiplies its row first.
//
// Shapes: those of the trace; per-vector scaling, training and collectives are not evaluated here.
// Errors: evaluate.unsupported, evaluate.operand, evaluate.index.
//
//   std::vector<Value> y = evaluate(trace, trace.ops[0], {&x, &w}, EvaluationOrder{});
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/numerics/reduction_order.h"
#include "base/numerics/value.h"
#include "base/trace/graph.h"

namespace mantissa::numerics {

inline const ErrorKind unsupported_op{
    "evaluate.unsupported", ExitCode::bad_input,
    "An operator, or a variant of it, that the reference executor does not compute."};
inline const ErrorKind operand_mismatch{
    "evaluate.operand", ExitCode::bad_input,
    "A tensor's contents are absent, or differ in format or shape from the trace."};
inline const ErrorKind index_out_of_range{
    "evaluate.index", ExitCode::bad_input,
    "An index operand points beyond the tensor that it selects from."};

struct EvaluationOrder {
  ReductionOrder matrix;
  unsigned lanes = 128;
  bool fast = true;
};

// `inputs` as op.inputs, null for an absent optional operand. One value per op.outputs. Integer
// additions that wrapped are added to `overflows`, if given.
std::vector<Value> evaluate(const trace::Trace& trace, const trace::Op& op,
                            const std::vector<const Value*>& inputs, const EvaluationOrder& order,
                            std::uint64_t* overflows = nullptr);

bool can_evaluate(trace::OpKind kind);

// Runs every operator in order. `values` holds the contents of inputs and parameters by tensor id
// (an empty format-conforming Value for the rest) and receives those of the activations.
void evaluate_all(const trace::Trace& trace, std::vector<Value>& values,
                  const EvaluationOrder& order, std::uint64_t* overflows = nullptr);

}  // namespace mantissa::numerics
