// SPDX-License-Identifier: Apache-2.0
// Embedding tables, and the optimizer steps that update parameters.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// One row of the table for each index, whatever the shape of the indices.
std::vector<Shape> embedding_shapes(const Op& op, const Operands& in) {
  const Shape& table = operand(op, in, 0, 2, 2);
  Shape out = operand(op, in, 1);
  out.push_back(table[1]);
  return {out};
}

// A bag is a row of two-dimensional indices, or the run between two offsets.
std::int64_t bags(const Op& op, const Operands& in, std::size_t indices, std::size_t offsets) {
  const Shape& list = operand(op, in, indices, 1, 2);
  if (list.size() == 2) {
    if (present(in, offsets)) refuse_shape(op, in, "no offsets with two-dimensional indices");
    return list[0];
  }
  const Shape& starts = operand(op, in, offsets, 1, 1);
  const std::int64_t n = starts[0] - (op.flag("include_last_offset", false) ? 1 : 0);
  if (n < 0) refuse_shape(op, in, "at least one offset when the last is included");
  return n;
}

// Per-sample weights scale each row before it is added up.
std::vector<Shape> bag_shapes(const Op& op, const Operands& in) {
  const Shape& table = operand(op, in, 0, 2, 2);
  const std::int64_t n = bags(op, in, 1, 2);
  if (present(in, 3)) expect_shape(op, in, 3, in[1]->shape);
  return {{n, table[1]}};
}

// Dense result: rows that no index names are zero. The indices decide which rows collide.
std::vector<Shape> embedding_grad_shapes(const Op& op, const Operands& in) {
  const Shape &g = operand(op, in, 0, 1), &indices = operand(op, in, 1);
  const std::int64_t rows = op.integer("rows", 0), dim = g.back();
  if (rows < 1) refuse_shape(op, in, "rows of at least 1");
  Shape expected = indices;
  expected.push_back(dim);
  const bool bagged = op.text("mode", "none") != "none";
  if (bagged) expected = {bags(op, in, 1, 2), dim};
  if (g != expected) refuse_shape(op, in, "a gradient of " + text(expected));
  return {{rows, dim}};
}

// Parameter, gradient and state have one shape; each comes back updated.
std::vector<Shape> step_shapes(const Op& op, const Operands& in) {
  const Shape& p = operand(op, in, 0);
  operand(op, in, 1);
  for (std::size_t i = 1; i < in.size(); ++i) expect_shape(op, in, i, p);
  return std::vector<Shape>(spec(op.kind).outputs.size(), p);
}

std::vector<Shape> adam_shapes(const Op& op, const Operands& in) {
  operand(op, in, 2);
  operand(op, in, 3);
  return step_shapes(op, in);
}

}  // namespace

std::vector<OpSpec> lookup_ops() {
  using K = OpKind;
  const OpClass c = OpClass::lookup;
  const FormatRule f = FormatRule::number;
  const auto last = boolean("include_last_offset", false, "The last offset ends the last bag.");
  return {
      {K::embedding,
       "embedding",
       c,
       {required("table"), required("indices")},
       {required("output")},
       {integer("padding_index", -1, "A row that reads as zero; -1: none.")},
       0,
       "table[rows,dim] indices[..] -> [..,dim].",
       f,
       embedding_shapes,
       no_macs},
      {K::embedding_bag,
       "embedding_bag",
       c,
       {required("table"), required("indices"), maybe("offsets"), maybe("weights")},
       {required("output")},
       {word("mode", "sum", "sum, mean or max of a bag's rows."), last},
       1,
       "table[rows,dim] indices[L] offsets[B], or indices[B,L] -> [B,dim].",
       f,
       bag_shapes,
       no_macs},
      {K::embedding_grad,
       "embedding_grad",
       c,
       {required("grad_output"), required("indices"), maybe("offsets")},
       {required("grad_table")},
       {needed(integer("rows", 1, "Rows of the table.")),
        word("mode", "none", "none (embedding), or the bag's sum, mean or max."), last,
        boolean("sparse", false, "Only the rows that were read are written.")},
       1,
       "Rows of the gradient added up by index.",
       f,
       embedding_grad_shapes,
       no_macs},
  };
}

std::vector<OpSpec> optimizer_ops() {
  using K = OpKind;
  const OpClass c = OpClass::optimizer;
  const FormatRule f = FormatRule::number;
  const auto rate = real("lr", 1e-3, "Learning rate.");
  const auto decay = real("weight_decay", 0, "L2 penalty.");
  return {
      {K::sgd_step,
       "sgd_step",
       c,
       {required("parameter"), required("gradient"), maybe("momentum")},
       {required("new_parameter"), maybe("new_momentum")},
       {rate, real("momentum", 0, "Factor of the old direction."),
        real("dampening", 0, "Takes away from the new one."), decay,
        boolean("nesterov", false, "Look ahead.")},
       2,
       "m = momentum m + (1 - dampening) g; p = p - lr m: two updates.",
       f,
       step_shapes,
       no_macs},
      {K::adam_step,
       "adam_step",
       c,
       {required("parameter"), required("gradient"), required("first_moment"),
        required("second_moment")},
       {required("new_parameter"), maybe("new_first_moment"), maybe("new_second_moment")},
       {rate, real("beta1", 0.9, "Decay of the first moment."),
        real("beta2", 0.999, "Decay of the second moment."),
        real("eps", 1e-8, "Added to the root."), decay,
        boolean("decoupled", false, "Decay the parameter itself (AdamW)."),
        integer("step", 1, "For the bias correction.")},
       5,
       "m, v, both corrections' root and quotient, update.",
       f,
       adam_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
