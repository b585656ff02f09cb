// SPDX-License-Identifier: Apache-2.0
// Between ranks, and the operator of which only size is known. Traces from elsewhere say how many
// bytes are moved but not which tensor, so tensors are optional here and `bytes` stands in.
#include "base/trace/vocabulary_table.h"

namespace mantissa::trace::table {

namespace {

// Ranks listed one by one, or only counted when the members do not matter.
std::int64_t group_size(const Op& op, const Operands& in) {
  const auto ranks = op.integers("ranks", {});
  const std::int64_t n =
      ranks.empty() ? op.integer("group_size", 0) : static_cast<std::int64_t>(ranks.size());
  if (n < 1) refuse_shape(op, in, "ranks, or a group_size of at least 1");
  return n;
}

// No tensor, no output: the op then moves `bytes`.
std::vector<Shape> same_or_none(const Op& op, const Operands& in) {
  if (!present(in, 0)) return {};
  return {operand(op, in, 0)};
}

// out[0] = ranks * in[0], the concatenation along the first dimension.
std::vector<Shape> gathered(const Op& op, const Operands& in) {
  if (!present(in, 0)) return {};
  Shape out = operand(op, in, 0, 1);
  out[0] = size_of(op, {out[0], group_size(op, in)});
  return {out};
}

// out[0] = in[0] / ranks, exactly.
std::vector<Shape> scattered(const Op& op, const Operands& in) {
  if (!present(in, 0)) return {};
  Shape out = operand(op, in, 0, 1);
  const std::int64_t n = group_size(op, in);
  if (out[0] % n != 0) {
    refuse_shape(op, in, "a first dimension divisible by " + std::to_string(n) + " ranks");
  }
  out[0] /= n;
  return {out};
}

std::vector<Shape> exchanged(const Op& op, const Operands& in) {
  if (!present(in, 0)) return {};
  if (operand(op, in, 0, 1)[0] % group_size(op, in) != 0) {
    refuse_shape(op, in, "a first dimension divisible by the number of ranks");
  }
  return {in[0]->shape};
}

// What arrives was made on another rank, so only an attribute can tell its shape.
std::vector<Shape> received(const Op& op, const Operands&) {
  if (op.attributes.count("shape") == 0) return {};
  const Shape shape = op.integers("shape", {});
  size_of(op, shape);
  return {shape};
}

std::vector<Shape> nothing(const Op&, const Operands&) { return {}; }

std::vector<AttributeSpec> group_attributes() {
  return {integer("bytes", 0, "Size per rank when there is no tensor; else 0."),
          word("group", "", "Name of the process group; empty: all ranks."),
          integers("ranks", {}, "Members of the group, when known."),
          integer("group_size", 0, "Number of members, when ranks are not given."),
          integers("involved_dim", {}, "1 for each network dimension taken part in."),
          integer("priority", 0, "Smaller goes first.")};
}

OpSpec collective(OpKind kind, const char* name, const char* doc,
                  std::vector<Shape> (*shapes)(const Op&, const Operands&),
                  std::vector<AttributeSpec> more = {}) {
  std::vector<AttributeSpec> attributes = group_attributes();
  attributes.insert(attributes.end(), more.begin(), more.end());
  return {kind,
          name,
          OpClass::collective,
          {maybe("input")},
          {maybe("output")},
          std::move(attributes),
          0,
          doc,
          FormatRule::same,
          shapes,
          no_macs};
}

}  // namespace

std::vector<OpSpec> collective_ops() {
  using K = OpKind;
  const auto reduction = word("reduction", "sum", "sum, mean, max or min.");
  const auto bytes = integer("bytes", 0, "Size when there is no tensor; else 0.");
  const auto tag = integer("tag", 0, "Matches a send with its receive.");
  // A barrier moves nothing and so has no operands at all.
  OpSpec barrier = collective(K::barrier, "barrier", "All ranks wait for each other.", nothing);
  barrier.inputs.clear();
  barrier.outputs.clear();
  return {
      collective(K::all_reduce, "all_reduce", "The reduction over ranks, on every rank.",
                 same_or_none, {reduction}),
      collective(K::all_gather, "all_gather", "All inputs one after the other, on every rank.",
                 gathered),
      collective(K::reduce_scatter, "reduce_scatter", "The reduction, one share per rank.",
                 scattered, {reduction}),
      collective(K::all_to_all, "all_to_all", "Share j of rank i becomes share i of rank j.",
                 exchanged),
      collective(K::broadcast, "broadcast", "The root's input, on every rank.", same_or_none,
                 {integer("root", 0, "Rank that sends.")}),
      {K::send,
       "send",
       OpClass::collective,
       {maybe("input")},
       {},
       {bytes, integer("destination", 0, "Rank that receives."), tag},
       0,
       "To one rank.",
       FormatRule::any,
       nothing,
       no_macs},
      {K::recv,
       "recv",
       OpClass::collective,
       {},
       {maybe("output")},
       {bytes, integer("source", 0, "Rank that sends."), tag,
        integers("shape", {}, "Of the tensor, when there is one.")},
       0,
       "From one rank.",
       FormatRule::any,
       received,
       no_macs},
      barrier,
  };
}

std::vector<OpSpec> generic_ops() {
  return {{OpKind::generic,
           "generic",
           OpClass::generic,
           {any_number("inputs")},
           {any_number("outputs")},
           {integer("elements", 0, "Elementary operations."),
            integer("bytes", 0, "Bytes read and written."),
            integer("duration_us", 0, "Measured time where it was recorded, microseconds."),
            word("of", "", "What the source of the trace calls it.")},
           1,
           "An operator known by its size only.",
           FormatRule::any,
           nothing,
           no_macs}};
}

}  // namespace mantissa::trace::table
