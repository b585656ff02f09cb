// SPDX-License-Identifier: Apache-2.0
// Ops that work along one dimension. `passes` is how often a row crosses the vector unit:
// softmax = maximum, exponentials and their sum, scaling; a norm = mean, variance, affine map.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// Checks the axis; the shape stays.
std::vector<Shape> along_axis(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  axis_of(op, in, "axis", x.size());
  return {x};
}

// What remains of x when the listed dimensions shrink to one element, or vanish.
Shape reduced(const Op& op, const Shape& x, const std::vector<std::size_t>& axes) {
  const bool keep = op.flag("keepdim", false);
  Shape out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool gone = next < axes.size() && axes[next] == i;
    if (gone) ++next;
    if (!gone) out.push_back(x[i]);
    if (gone && keep) out.push_back(1);
  }
  return out;
}

std::vector<Shape> reduce_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0);
  return {reduced(op, x, axes_of(op, in, "axis", x.size()))};
}

std::vector<Shape> sort_shapes(const Op& op, const Operands& in) {
  const Shape x = along_axis(op, in).front();
  return {x, x};
}

// out[axis] = k, for values and for positions.
std::vector<Shape> topk_shapes(const Op& op, const Operands& in) {
  Shape x = along_axis(op, in).front();
  std::int64_t& length = x[axis_of(op, in, "axis", x.size())];
  const std::int64_t k = op.integer("k", 0);
  if (k < 1 || k > length) {
    refuse_shape(op, in, "k from 1 to " + std::to_string(length) + ", not " + std::to_string(k));
  }
  length = k;
  return {x, x};
}

// How many survive depends on the values; the tensors are sized for the capacity.
std::vector<Shape> compact_shapes(const Op& op, const Operands& in) {
  const std::int64_t n = size_of(op, operand(op, in, 0));
  const std::int64_t capacity = op.integer("capacity", 0);
  if (capacity < 0 || capacity > n) {
    refuse_shape(op, in, "a capacity from 0 (all) to " + std::to_string(n));
  }
  const std::int64_t kept = capacity == 0 ? n : capacity;
  return {{kept}, {kept}, {}};
}

std::vector<Shape> cross_entropy_shapes(const Op& op, const Operands& in) {
  const Shape &logits = operand(op, in, 0, 2), &target = operand(op, in, 1, 1);
  Shape samples = logits;  // [N,C,...] without C
  samples.erase(samples.begin() + 1);
  if (target != samples && target != logits) {
    refuse_shape(
        op, in,
        "targets of " + text(samples) + " (classes) or " + text(logits) + " (probabilities)");
  }
  const std::string reduction = op.text("reduction", "mean");
  if (reduction == "none") return {samples};
  if (reduction != "mean" && reduction != "sum") {
    refuse_shape(op, in, "reduction mean, sum or none, not '" + reduction + "'");
  }
  return {Shape{}};
}

OpSpec softmax(OpKind kind, const char* name, const char* doc) {
  return {kind,
          name,
          OpClass::row,
          {required("input")},
          {required("output")},
          {integer("axis", -1, "The dimension that sums to 1.")},
          3,
          doc,
          FormatRule::number,
          along_axis,
          no_macs};
}

OpSpec reduction(OpKind kind, const char* name, FormatRule formats, const char* doc) {
  return {kind,
          name,
          OpClass::row,
          {required("input")},
          {required("output")},
          {integers("axis", {}, "Dimensions to reduce; empty: all."),
           boolean("keepdim", false, "Reduced dimensions stay, with one element.")},
          1,
          doc,
          formats,
          reduce_shapes,
          no_macs};
}

// The gradient needs the forward output, not its input.
std::vector<Shape> softmax_grad_shapes(const Op& op, const Operands& in) {
  expect_shape(op, in, 1, operand(op, in, 0));
  operand(op, in, 1);
  return along_axis(op, in);
}

}  // namespace

std::vector<OpSpec> norm_ops();  // vocabulary_norm.cpp

std::vector<OpSpec> row_ops() {
  using K = OpKind;
  const OpClass c = OpClass::row;
  const auto axis = integer("axis", -1, "The dimension to work along.");
  std::vector<OpSpec> rows = {
      softmax(K::softmax, "softmax", "exp(x - max) / sum"),
      softmax(K::log_softmax, "log_softmax", "x - max - log sum exp(x - max)"),
      {K::softmax_grad,
       "softmax_grad",
       c,
       {required("grad_output"), required("output")},
       {required("grad_input")},
       {axis, boolean("log", false, "Of log_softmax.")},
       2,
       "y (g - sum(g y)): products and their sum, then the difference",
       FormatRule::number,
       softmax_grad_shapes,
       no_macs},
      reduction(K::reduce_sum, "reduce_sum", FormatRule::number, "Sum."),
      reduction(K::reduce_mean, "reduce_mean", FormatRule::number, "Mean."),
      reduction(K::reduce_max, "reduce_max", FormatRule::same, "Largest element."),
      reduction(K::reduce_min, "reduce_min", FormatRule::same, "Smallest element."),
      reduction(K::argmax, "argmax", FormatRule::index, "Where the largest element stands."),
      {K::cumsum,
       "cumsum",
       c,
       {required("input")},
       {required("output")},
       {axis},
       1,
       "Prefix sums.",
       FormatRule::number,
       along_axis,
       no_macs},
      {K::sort,
       "sort",
       c,
       {required("input")},
       {required("values"), maybe("indices")},
       {axis, boolean("descending", false, "Largest first.")},
       1,
       "Stable sort; its passes grow with log2 of the row and are the vector unit's to count.",
       FormatRule::selection,
       sort_shapes,
       no_macs},
      {K::topk,
       "topk",
       c,
       {required("input")},
       {required("values"), maybe("indices")},
       {needed(integer("k", 1, "How many.")), axis, boolean("largest", true, "Or the smallest."),
        boolean("sorted", true, "In order.")},
       1,
       "The k largest of each row.",
       FormatRule::selection,
       topk_shapes,
       no_macs},
      {K::threshold_compact,
       "threshold_compact",
       c,
       {required("input"), maybe("threshold")},
       {required("values"), maybe("indices"), maybe("count")},
       {real("threshold", 0, "Keeps |x| >= threshold, when there is no operand."),
        integer("capacity", 0, "Room in the outputs; 0: for all elements.")},
       2,
       "Elements of at least a magnitude, packed: compare, then compact.",
       FormatRule::selection,
       compact_shapes,
       no_macs},
      {K::cross_entropy,
       "cross_entropy",
       c,
       {required("logits"), required("target")},
       {required("loss")},
       {word("reduction", "mean", "mean, sum or none."),
        integer("ignore_index", -100, "A class that does not count.")},
       4,
       "-log softmax(logits)[target]",
       FormatRule::number,
       cross_entropy_shapes,
       no_macs},
  };
  for (OpSpec& norm : norm_ops()) rows.push_back(std::move(norm));
  return rows;
}

}  // namespace mantissa::trace::table
