// SPDX-License-Identifier: Apache-2.0
// torch.ops.mantissa: every operator of the vocabulary that the reference executor computes, with
// its arithmetic, as an operator of libtorch.
//
//   mantissa::<kind>(operands..., attributes..., str? format) -> Tensor
//
// Operands stand in the vocabulary's order (an optional one is `Tensor?`, a repeated one
// `Tensor[]`), then its attributes in the vocabulary's order; an attribute that is None has the
// vocabulary's default. `format` names the output's number format, where the vocabulary's default
// is not meant. Only the first output is returned, all parts of a split. The kernel is
// numerics::evaluate with EvaluationOrder{}: integer results are the accelerator's, bit for bit.
// Nothing is differentiated but fake_quantize (workloads/executor/fake_quantize.h);
// straight-through estimators stand in workloads/executor/straight_through.h.
//
// In TorchScript and Python: torch.ops.mantissa.conv2d(x, w, b, padding=[1]). In C++:
//
//   at::Tensor y = evaluate(trace::OpKind::conv2d, {x, w, b}, {{"padding", trace::ints({1})}});
//
// Formats without an element type in libtorch go in and out as those of tensor.h.
// Errors: those of numerics/evaluate.h and of the vocabulary, naming the operator.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/trace/builder.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

// Whether torch.ops.mantissa has it.
bool is_operator(trace::OpKind kind);

// "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[]? stride=None, ...,
//  str? format=None) -> Tensor"
std::string operator_schema(const trace::OpSpec& spec);

// The attributes among an operator's arguments; those that are None are left out.
trace::Attributes operator_attributes(const trace::OpSpec& spec,
                                      const std::vector<c10::IValue>& arguments);

// Calls the registered operator, so that it is recorded, dispatched and profiled as any other.
at::Tensor evaluate(trace::OpKind kind, const std::vector<at::Tensor>& operands,
                    const trace::Attributes& attributes = {},
                    std::optional<trace::NumberFormat> format = {});

}  // namespace mantissa::workloads
