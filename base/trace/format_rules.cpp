// SPDX-License-Identifier: Apache-2.0
// Which number formats an op may write, given what it reads.
#include <algorithm>

#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

using F = NumberFormat;

// Booleans and +-1 multiply like integers.
bool is_whole(F f) { return is_integer(f) || f == F::binary || f == F::boolean; }

bool whole_operands(const std::vector<const Tensor*>& in) {
  return in.size() >= 2 && in[0] != nullptr && in[1] != nullptr && is_whole(in[0]->format) &&
         is_whole(in[1]->format);
}

// With scales per vector, integer products are summed as reals (y = sum of dot * scales).
bool per_vector(const Op& op) { return op.integer("vector_size", 0) > 0; }

std::string product_violation(const Op& op, const std::vector<const Tensor*>& in, F format) {
  if (!whole_operands(in)) {
    return is_float(format) && bits(format) >= 16 ? "" : "a float of at least 16 bits";
  }
  if (per_vector(op) && is_float(format)) return "";
  // The exact product of two n-bit integers needs 2n bits, their sum more: n bits can never hold
  // it.
  const unsigned widest = std::max(bits(in[0]->format), bits(in[1]->format));
  if (is_integer(format) && (bits(format) > widest || bits(format) == 64)) return "";
  return "an integer wider than " + std::to_string(widest) + " bits" +
         (per_vector(op) ? " or a float" : "");
}

F product_default(const Op& op, const std::vector<const Tensor*>& in) {
  // int32 is the accumulator of the integer units; wider operands take int64.
  if (whole_operands(in)) {
    if (per_vector(op)) return F::fp32;
    return std::max(bits(in[0]->format), bits(in[1]->format)) < 32 ? F::int32 : F::int64;
  }
  // The first float of at least 16 bits; smaller ones accumulate in fp32.
  for (const Tensor* t : in) {
    if (t != nullptr && is_float(t->format) && bits(t->format) >= 16) return t->format;
  }
  return F::fp32;
}

}  // namespace

std::string_view meaning(FormatRule rule) {
  switch (rule) {
    case FormatRule::same:
      return "the first operand's";
    case FormatRule::product:
      return "a wider integer, or a float of at least 16 bits";
    case FormatRule::boolean:
      return "boolean";
    case FormatRule::choice:
      return "the second operand's";
    case FormatRule::selection:
      return "the first operand's, then integer positions";
    case FormatRule::index:
      return "an integer format";
    case FormatRule::number:
      return "any integer or float format";
    case FormatRule::any:
      return "any format";
  }
  internal_error(__FILE__, __LINE__, "format rule out of range");
}

std::optional<F> default_format(const Op& op, const std::vector<const Tensor*>& in,
                                std::size_t index) {
  const auto operand = [&](std::size_t i) -> std::optional<F> {
    if (i < in.size() && in[i] != nullptr) return in[i]->format;
    return std::nullopt;
  };
  switch (spec(op.kind).formats) {
    case FormatRule::product:
      return product_default(op, in);
    case FormatRule::boolean:
      return F::boolean;
    case FormatRule::choice:
      return operand(1);
    case FormatRule::selection:
      return index == 0 ? operand(0) : F::int64;
    case FormatRule::index:
      return F::int64;
    case FormatRule::same:
    case FormatRule::number:
      return operand(0);
    case FormatRule::any:
      if (op.kind == OpKind::dropout && index == 1) return F::boolean;
      if (op.kind == OpKind::dropout || op.kind == OpKind::sign) return operand(0);
      return std::nullopt;
  }
  internal_error(__FILE__, __LINE__, "format rule out of range");
}

std::string format_violation(const Op& op, const std::vector<const Tensor*>& in, std::size_t index,
                             F format) {
  const FormatRule rule = spec(op.kind).formats;
  const auto only = [&](std::size_t i) -> std::string {
    if (i >= in.size() || in[i] == nullptr || in[i]->format == format) return "";
    return std::string(name(in[i]->format)) + ", as '" + in[i]->name + "' has";
  };
  switch (rule) {
    case FormatRule::same:
      return only(0);
    case FormatRule::choice:
      return only(1);
    case FormatRule::product:
      return product_violation(op, in, format);
    case FormatRule::boolean:
      return format == F::boolean ? "" : "boolean";
    case FormatRule::selection:
      if (index == 0) return only(0);
      [[fallthrough]];
    case FormatRule::index:
      return is_integer(format) ? "" : "an integer format";
    case FormatRule::number:
      return is_integer(format) || is_float(format) ? "" : "an integer or a float format";
    case FormatRule::any:
      return "";
  }
  internal_error(__FILE__, __LINE__, "format rule out of range");
}

}  // namespace mantissa::trace
