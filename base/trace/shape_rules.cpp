// SPDX-License-Identifier: Apache-2.0
#include "base/trace/shape_rules.h"

#include <algorithm>

#include "base/trace/errors.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

[[noreturn]] void refuse_shape(const Op& op, const Operands& inputs, const std::string& expected) {
  std::string shapes;
  for (const Tensor* t : inputs) {
    shapes += (shapes.empty() ? "" : ", ") + (t == nullptr ? "none" : text(t->shape));
  }
  throw Error(op_shape)
      .at(Place{"", 0, 0, "op '" + op.name + "' (" + name(op.kind) + ")"})
      .read(shapes)
      .expected(expected);
}

const Shape& operand(const Op& op, const Operands& inputs, std::size_t index, std::size_t low,
                     std::size_t high) {
  if (!present(inputs, index)) {
    const auto& operands = spec(op.kind).inputs;
    // A variadic operand repeats the last row.
    const std::size_t row = std::min(index, operands.size() - 1);
    refuse_shape(op, inputs, std::string("operand ") + operands[row].name);
  }
  const Shape& shape = inputs[index]->shape;
  if (shape.size() < low || shape.size() > high) {
    const std::string bound = low == high ? std::to_string(low)
                              : high == SIZE_MAX
                                  ? "at least " + std::to_string(low)
                                  : std::to_string(low) + " to " + std::to_string(high);
    refuse_shape(op, inputs, bound + " dimensions for '" + inputs[index]->name + "'");
  }
  return shape;
}

// out[i] = max(a[i], b[i]) where one is 1; aligned at the last dimension.
Shape broadcast(const Op& op, const Operands& inputs, const Shape& a, const Shape& b) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  Shape result = longer;
  const std::size_t offset = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    const std::int64_t x = longer[offset + i], y = shorter[i];
    if (x != y && x != 1 && y != 1) {
      refuse_shape(op, inputs, "dimensions that are equal or 1, aligned at the last");
    }
    result[offset + i] = x == 1 ? y : x;
  }
  return result;
}

namespace {

// -rank .. rank-1, negative ones counted from the end.
std::size_t dimension(const Op& op, const Operands& inputs, const char* key, std::int64_t axis,
                      std::size_t rank) {
  const auto n = static_cast<std::int64_t>(rank);
  if (axis < -n || axis >= n) {
    refuse_shape(op, inputs,
                 std::string(key) + " " + std::to_string(axis) + " within " + std::to_string(rank) +
                     " dimensions");
  }
  return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

}  // namespace

std::size_t axis_of(const Op& op, const Operands& inputs, const char* key, std::size_t rank) {
  const std::int64_t axis = op.integer(key, std::get<std::int64_t>(attribute(op, key)));
  // A scalar has no dimension, so every axis of one is refused.
  return dimension(op, inputs, key, axis, rank);
}

std::vector<std::size_t> axes_of(const Op& op, const Operands& inputs, const char* key,
                                 std::size_t rank) {
  std::vector<std::size_t> axes;
  for (std::int64_t axis : op.integers(key, {})) {
    axes.push_back(dimension(op, inputs, key, axis, rank));
  }
  if (axes.empty()) {
    for (std::size_t i = 0; i < rank; ++i) axes.push_back(i);
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    refuse_shape(op, inputs, std::string("each of ") + key + " once");
  }
  return axes;
}

void expect_vector(const Op& op, const Operands& inputs, std::size_t index, std::int64_t size) {
  expect_shape(op, inputs, index, {size});
}

void expect_shape(const Op& op, const Operands& inputs, std::size_t index, const Shape& shape) {
  if (present(inputs, index) && inputs[index]->shape != shape) {
    refuse_shape(op, inputs, text(shape) + " for '" + inputs[index]->name + "'");
  }
}

std::uint64_t count(const Op& op, std::initializer_list<std::int64_t> factors) {
  // Zeros first: an empty tensor has no work, however large its other dimensions.
  for (std::int64_t f : factors) {
    if (f == 0) return 0;
  }
  std::uint64_t product = 1;
  for (std::int64_t f : factors) {
    if (f < 0 || __builtin_mul_overflow(product, static_cast<std::uint64_t>(f), &product)) {
      throw Error(tensor_size)
          .at(Place{"", 0, 0, "op '" + op.name + "'"})
          .say("its counts do not fit in 64 bits");
    }
  }
  return product;
}

// Like trace::elements, but refuses what elements() would wrap.
std::int64_t size_of(const Op& op, const Shape& shape) {
  std::int64_t product = 1;
  for (std::int64_t d : shape) {
    if (d == 0) return 0;
  }
  for (std::int64_t d : shape) {
    if (d < 0 || __builtin_mul_overflow(product, d, &product)) {
      throw Error(tensor_size)
          .at(Place{"", 0, 0, "op '" + op.name + "'"})
          .read(text(shape))
          .expected("dimensions of at least 0 whose product fits in 63 bits");
    }
  }
  return product;
}

}  // namespace mantissa::trace
