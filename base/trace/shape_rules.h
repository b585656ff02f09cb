// SPDX-License-Identifier: Apache-2.0
// The rules of shape inference that the vocabulary's rows are made of: broadcasting, axes, and the
// refusal that names the op and the shapes it was given.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/trace/graph.h"

namespace mantissa::trace {

using Operands = std::vector<const Tensor*>;

// Throws Error(op_shape): "op 'conv1' (conv2d): read '1x3x8x8, 4x2x3x3'; expected <what>".
[[noreturn]] void refuse_shape(const Op& op, const Operands& inputs, const std::string& expected);

// The operand's shape; refuses an absent operand and one whose rank is outside [low, high].
const Shape& operand(const Op& op, const Operands& inputs, std::size_t index, std::size_t low = 0,
                     std::size_t high = SIZE_MAX);
inline bool present(const Operands& inputs, std::size_t index) {
  return index < inputs.size() && inputs[index] != nullptr;
}

// Numpy broadcasting: aligned at the last dimension, 1 stretches.
Shape broadcast(const Op& op, const Operands& inputs, const Shape& a, const Shape& b);

// The attribute as a dimension of a tensor of `rank`; negative values count from the end.
std::size_t axis_of(const Op& op, const Operands& inputs, const char* key, std::size_t rank);
// Sorted and without repetition; an empty list means every dimension.
std::vector<std::size_t> axes_of(const Op& op, const Operands& inputs, const char* key,
                                 std::size_t rank);

// An optional one-dimensional operand (bias, scale) must have `size` elements.
void expect_vector(const Op& op, const Operands& inputs, std::size_t index, std::int64_t size);
void expect_shape(const Op& op, const Operands& inputs, std::size_t index, const Shape& shape);

// Product of counts; refuses what does not fit in 64 bits, so that no count wraps.
std::uint64_t count(const Op& op, std::initializer_list<std::int64_t> factors);
std::int64_t size_of(const Op& op, const Shape& shape);

}  // namespace mantissa::trace
