// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/trace/check.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

// "2 to 3 inputs (a, b, bias?)"
std::string listing(const std::vector<OperandSpec>& rows, const char* what) {
  std::string names;
  for (const OperandSpec& row : rows) {
    names += (names.empty() ? "" : ", ") + std::string(row.name) + (row.variadic ? "..." : "") +
             (row.optional ? "?" : "");
  }
  return std::string(what) + " (" + names + ")";
}

// Operands are positional: an optional one may be absent in the middle (no_tensor) or left out at
// the end; of a variadic one each must be there.
bool fits(const std::vector<TensorId>& ids, const std::vector<OperandSpec>& rows) {
  const bool open = !rows.empty() && rows.back().variadic;
  if (ids.size() > rows.size() && !open) return false;
  for (std::size_t i = 0; i < std::max(ids.size(), rows.size()); ++i) {
    const OperandSpec& row = rows[std::min(i, rows.size() - 1)];
    const bool given = i < ids.size() && ids[i] != no_tensor;
    if (!given && !(row.optional && !(row.variadic && i < ids.size()))) return false;
  }
  return true;
}

// An integer may stand for a real, and a single value for a list of one.
bool type_fits(const Attribute& value, const Attribute& fallback) {
  if (value.index() == fallback.index()) return true;
  const bool whole = std::holds_alternative<std::int64_t>(value);
  if (std::holds_alternative<double>(fallback)) return whole;
  if (std::holds_alternative<std::vector<std::int64_t>>(fallback)) return whole;
  if (std::holds_alternative<std::vector<double>>(fallback)) {
    return whole || std::holds_alternative<double>(value) ||
           std::holds_alternative<std::vector<std::int64_t>>(value);
  }
  return false;
}

const char* type_name(const Attribute& value) {
  static const char* const names[] = {"true or false", "an integer",         "a number",
                                      "a text",        "a list of integers", "a list of numbers"};
  return names[value.index()];
}

}  // namespace

Place place_of(const Op& op) {
  return Place{"", 0, 0, "op '" + op.name + "' (" + name(op.kind) + ")"};
}

Place place_of(const Op& op, const Tensor& tensor) {
  Place place = place_of(op);
  place.detail += ", tensor '" + tensor.name + "'";
  return place;
}

// Inputs before outputs: with wrong inputs the outputs mean nothing.
std::optional<Error> operand_violation(const Op& op) {
  const OpSpec& row = spec(op.kind);
  if (!fits(op.inputs, row.inputs)) {
    return Error(operand_count)
        .at(place_of(op))
        .read(std::to_string(op.inputs.size()) + " inputs")
        .expected(listing(row.inputs, "inputs"));
  }
  if (!fits(op.outputs, row.outputs)) {
    return Error(operand_count)
        .at(place_of(op))
        .read(std::to_string(op.outputs.size()) + " outputs")
        .expected(listing(row.outputs, "outputs"));
  }
  return std::nullopt;
}

std::optional<Error> attribute_violation(const Op& op) {
  const auto& rows = spec(op.kind).attributes;
  for (const auto& [key, value] : op.attributes) {
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&wanted = key](const auto& r) { return wanted == r.name; });
    if (row == rows.end()) {
      std::vector<std::string> names;
      for (const AttributeSpec& r : rows) names.emplace_back(r.name);
      return Error(unknown_attribute)
          .at(place_of(op))
          .read(key)
          .expected(std::string("an attribute of ") + name(op.kind))
          .nearest(nearest_name(key, names));
    }
    if (!type_fits(value, row->fallback)) {
      return Error(attribute_type)
          .at(place_of(op))
          .read(key + "=" + text(value))
          .expected(type_name(row->fallback));
    }
  }
  for (const AttributeSpec& row : rows) {
    if (row.required && op.attributes.count(row.name) == 0) {
      return Error(missing_attribute)
          .at(place_of(op))
          .say(std::string("the attribute ") + row.name + " is missing")
          .expected(row.doc);
    }
  }
  return std::nullopt;
}

std::optional<Error> size_violation(const Tensor& tensor) {
  unsigned __int128 size = bits(tensor.format);
  bool legal = true;
  for (std::int64_t d : tensor.shape) {
    legal = legal && d >= 0;
    size *= static_cast<unsigned __int128>(std::max<std::int64_t>(d, 1));
    // Storage is counted in bits: they must fit in 63, then no sum of two sizes wraps either.
    if (size >> 63 != 0) legal = false;
    if (!legal) break;
  }
  if (legal) return std::nullopt;
  return Error(tensor_size)
      .at(Place{"", 0, 0, "tensor '" + tensor.name + "'"})
      .read(text(tensor.shape))
      .expected("dimensions of at least 0 and fewer than 2^63 bits");
}

}  // namespace mantissa::trace
