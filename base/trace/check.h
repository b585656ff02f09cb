// SPDX-License-Identifier: Apache-2.0
// The parts of the contract that concern one op alone, shared by `check` and the builder.
#pragma once

#include <optional>

#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::trace {

// Number and presence of inputs and outputs, as the vocabulary's row says (trace.operands).
std::optional<Error> operand_violation(const Op& op);
// Attributes unknown, of a wrong type, or missing.
std::optional<Error> attribute_violation(const Op& op);
// A negative dimension, or a size beyond 64 bits (trace.size).
std::optional<Error> size_violation(const Tensor& tensor);

// "op 'conv1' (conv2d)" and, where one is to blame, "op 'conv1' (conv2d), tensor 'x'".
Place place_of(const Op& op);
Place place_of(const Op& op, const Tensor& tensor);

}  // namespace mantissa::trace
