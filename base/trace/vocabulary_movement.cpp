// SPDX-License-Identifier: Apache-2.0
// Copies and rearrangements; reshape, which moves nothing.
#include <algorithm>
#include <numeric>

#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// out[axis] = sum over inputs of in[axis]; every other dimension is the same in all of them.
std::vector<Shape> concat_shapes(const Op& op, const Operands& in) {
  Shape out = operand(op, in, 0, 1);
  const std::size_t axis = axis_of(op, in, "axis", out.size());
  for (std::size_t i = 1; i < in.size(); ++i) {
    Shape next = operand(op, in, i, out.size(), out.size());
    const std::int64_t length = next[axis];
    next[axis] = out[axis];
    if (next != out) refuse_shape(op, in, "shapes that differ along axis only");
    if (__builtin_add_overflow(out[axis], length, &out[axis])) {
      refuse_shape(op, in, "lengths whose sum fits in 63 bits");
    }
  }
  return {out};
}

// x[start:end:step] as Python has it: negative positions count from the end, and both are clamped.
std::vector<Shape> slice_shapes(const Op& op, const Operands& in) {
  Shape out = operand(op, in, 0, 1);
  const auto axis = op.integers("axis", {0}), start = op.integers("start", {0});
  const auto end = op.integers("end", std::vector<std::int64_t>(axis.size(), INT64_MAX));
  const auto step = op.integers("step", std::vector<std::int64_t>(axis.size(), 1));
  if (start.size() != axis.size() || end.size() != axis.size() || step.size() != axis.size()) {
    refuse_shape(op, in, "one start, end and step for each axis");
  }
  axes_of(op, in, "axis", out.size());  // in range, none twice
  const auto rank = static_cast<std::int64_t>(out.size());
  for (std::size_t i = 0; i < axis.size(); ++i) {
    // length' = ceil((last - first) / step), first and last clamped to 0..length. The ceiling is
    // written as quotient and remainder: the sum in the usual form could wrap.
    std::int64_t& length = out[static_cast<std::size_t>(axis[i] < 0 ? axis[i] + rank : axis[i])];
    if (step[i] < 1) refuse_shape(op, in, "a step of at least 1");
    const auto clamped = [&](std::int64_t p) {
      return std::clamp<std::int64_t>(p < 0 ? p + length : p, 0, length);
    };
    const std::int64_t first = clamped(start[i]), last = std::max(clamped(end[i]), first);
    length = (last - first) / step[i] + ((last - first) % step[i] != 0 ? 1 : 0);
  }
  return {out};
}

// Two ways to say the same: a list of lengths (uneven parts), or a number of equal parts.
std::vector<Shape> split_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 1);
  const std::size_t axis = axis_of(op, in, "axis", x.size());
  std::vector<std::int64_t> sizes = op.integers("sizes", {});
  const std::int64_t parts = op.integer("parts", 0);
  if (sizes.empty() == (parts == 0)) refuse_shape(op, in, "either sizes or parts");
  if (sizes.empty()) {
    if (parts < 1 || parts > 0x7fffffff || x[axis] % parts != 0) {
      refuse_shape(op, in, "a length divisible by parts = " + std::to_string(parts));
    }
    sizes.assign(static_cast<std::size_t>(parts), x[axis] / parts);
  }
  // Counting down keeps hostile sizes from wrapping a sum.
  std::int64_t rest = x[axis];
  std::vector<Shape> out;
  for (std::int64_t size : sizes) {
    if (size < 0 || size > rest) refuse_shape(op, in, "sizes that add up to the length");
    rest -= size;
    out.push_back(x);
    out.back()[axis] = size;
  }
  if (rest != 0) refuse_shape(op, in, "sizes that add up to the length");
  return out;
}

// out[i] = in[permutation[i]], the frameworks' convention (not its inverse).
std::vector<Shape> transpose_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  const auto permutation = op.integers("permutation", {});
  std::vector<bool> seen(x.size(), false);
  Shape out;
  for (std::int64_t from : permutation) {
    if (from < 0 || from >= static_cast<std::int64_t>(x.size()) ||
        seen[static_cast<std::size_t>(from)]) {
      break;
    }
    seen[static_cast<std::size_t>(from)] = true;
    out.push_back(x[static_cast<std::size_t>(from)]);
  }
  if (out.size() != x.size() || permutation.size() != x.size()) {
    refuse_shape(op, in, "a permutation of 0.." + std::to_string(x.size()) + "-1");
  }
  return {out};
}

// out[i] = before[i] + in[i] + after[i].
std::vector<Shape> pad_shapes(const Op& op, const Operands& in) {
  Shape out = operand(op, in, 0);
  const std::vector<std::int64_t> none(out.size(), 0);
  const auto before = op.integers("before", none), after = op.integers("after", none);
  if (before.size() != out.size() || after.size() != out.size()) {
    refuse_shape(op, in, "before and after with one entry per dimension");
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (before[i] < 0 || after[i] < 0 || before[i] > INT32_MAX || after[i] > INT32_MAX) {
      refuse_shape(op, in, "padding from 0 to 2^31-1 (slice removes)");
    }
    if (__builtin_add_overflow(out[i], before[i] + after[i], &out[i])) {
      refuse_shape(op, in, "lengths that fit in 63 bits");
    }
  }
  return {out};
}

// Two conventions share a name in the frameworks: whole rows picked by an index of any shape, and
// one index per output element. `elementwise` picks the second.
std::vector<Shape> gather_shapes(const Op& op, const Operands& in) {
  const Shape &x = operand(op, in, 0, 1), &indices = operand(op, in, 1);
  const std::size_t axis = axis_of(op, in, "axis", x.size());
  if (op.flag("elementwise", false)) {
    if (indices.size() != x.size())
      refuse_shape(op, in, "indices with as many dimensions as input");
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (i != axis && indices[i] > x[i]) refuse_shape(op, in, "indices within the input");
    }
    return {indices};
  }
  Shape out(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(axis));
  out.insert(out.end(), indices.begin(), indices.end());
  out.insert(out.end(), x.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.end());
  return {out};
}

// The inverse of gather, with the same two conventions; the output is the changed input.
std::vector<Shape> scatter_shapes(const Op& op, const Operands& in) {
  const Shape &x = operand(op, in, 0, 1), &indices = operand(op, in, 1);
  const Shape& updates = operand(op, in, 2);
  const std::size_t axis = axis_of(op, in, "axis", x.size());
  Shape rows(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(axis));
  rows.insert(rows.end(), indices.begin(), indices.end());
  rows.insert(rows.end(), x.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.end());
  const Shape& expected = op.flag("elementwise", false) ? indices : rows;
  if (updates != expected) refuse_shape(op, in, "updates of " + text(expected));
  return {x};
}

// Only stretches: a dimension of the input may not shrink, hence the broadcast must be the target.
std::vector<Shape> expand_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  const Shape target = op.integers("shape", {});
  size_of(op, target);
  if (broadcast(op, in, x, target) != target) {
    refuse_shape(op, in, "a shape that stretches the input, not " + text(target));
  }
  return {target};
}

std::vector<Shape> fill_shapes(const Op& op, const Operands&) {
  const Shape shape = op.integers("shape", {});
  size_of(op, shape);
  return {shape};
}

// One open dimension (-1) is what the others leave over; with a product of 0 it would be ambiguous.
std::vector<Shape> reshape_shapes(const Op& op, const Operands& in) {
  const std::int64_t n = size_of(op, operand(op, in, 0));
  Shape out = op.integers("shape", {});
  const auto open = std::find(out.begin(), out.end(), -1);
  if (open != out.end()) {
    *open = 1;  // so that the product is that of the others
    if (std::any_of(out.begin(), out.end(), [](std::int64_t d) { return d < 0; })) {
      refuse_shape(op, in, "at most one -1 in shape");
    }
    const std::int64_t others = size_of(op, out);
    if (others == 0 || n % others != 0) {
      refuse_shape(op, in, "a shape whose known dimensions divide " + std::to_string(n));
    }
    *open = n / others;
  }
  if (size_of(op, out) != n) {
    refuse_shape(op, in, "a shape of " + std::to_string(n) + " elements, not " + text(out));
  }
  return {out};
}

}  // namespace

std::vector<OpSpec> movement_ops() {
  using K = OpKind;
  const OpClass c = OpClass::movement;
  const auto axis = integer("axis", 0, "The dimension to work along.");
  const auto shape = needed(integers("shape", {}, "Dimensions of the output."));
  const auto elementwise = boolean("elementwise", false, "One index per element, not per row.");
  const FormatRule f = FormatRule::same;
  return {
      {K::concat,
       "concat",
       c,
       {several("inputs")},
       {required("output")},
       {axis},
       1,
       "Inputs one after the other along axis.",
       f,
       concat_shapes,
       no_macs},
      {K::slice,
       "slice",
       c,
       {required("input")},
       {required("output")},
       {integers("axis", {0}, "Dimensions to cut."),
        integers("start", {0}, "First position of each."),
        integers("end", {INT64_MAX}, "Position after the last of each."),
        integers("step", {1}, "Distance of positions, at least 1.")},
       1,
       "input[start:end:step]; negative positions count from the end.",
       f,
       slice_shapes,
       no_macs},
      {K::split,
       "split",
       c,
       {required("input")},
       {several("outputs")},
       {axis, integers("sizes", {}, "Length of each part; or:"),
        integer("parts", 0, "Number of equal parts.")},
       1,
       "The parts of the input along axis.",
       f,
       split_shapes,
       no_macs},
      {K::transpose,
       "transpose",
       c,
       {required("input")},
       {required("output")},
       {needed(integers("permutation", {}, "Which input dimension each output dimension is."))},
       1,
       "Dimensions in another order.",
       f,
       transpose_shapes,
       no_macs},
      {K::pad,
       "pad",
       c,
       {required("input")},
       {required("output")},
       {integers("before", {}, "Added before each dimension; empty: nothing."),
        integers("after", {}, "Added after each dimension; empty: nothing."),
        word("mode", "constant", "constant, reflect or replicate."),
        real("value", 0, "The constant.")},
       1,
       "A border around the input.",
       f,
       pad_shapes,
       no_macs},
      {K::gather,
       "gather",
       c,
       {required("input"), required("indices")},
       {required("output")},
       {axis, elementwise},
       1,
       "Rows of input along axis: input.shape with axis replaced by indices.shape.",
       f,
       gather_shapes,
       no_macs},
      {K::scatter,
       "scatter",
       c,
       {required("input"), required("indices"), required("updates")},
       {required("output")},
       {axis, elementwise, word("reduction", "none", "none, add, mul, max or min.")},
       1,
       "The input with the indexed rows replaced by, or combined with, the updates.",
       f,
       scatter_shapes,
       no_macs},
      {K::expand,
       "expand",
       c,
       {required("input")},
       {required("output")},
       {shape},
       1,
       "The input repeated by broadcasting.",
       f,
       expand_shapes,
       no_macs},
      {K::copy,
       "copy",
       c,
       {required("input")},
       {required("output")},
       {},
       1,
       "The same bits again.",
       f,
       like_first,
       no_macs},
      {K::fill,
       "fill",
       c,
       {},
       {required("output")},
       {shape, real("value", 0, "Every element.")},
       1,
       "A constant tensor.",
       FormatRule::any,
       fill_shapes,
       no_macs},
      {K::reshape,
       "reshape",
       OpClass::view,
       {required("input")},
       {required("output")},
       {needed(integers("shape", {}, "Dimensions of the output; one may be -1."))},
       0,
       "The same elements in the same order, under another shape.",
       f,
       reshape_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
