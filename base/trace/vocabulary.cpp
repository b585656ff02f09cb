// SPDX-License-Identifier: Apache-2.0
#include "base/trace/vocabulary.h"

#include <algorithm>
#include <unordered_map>

#include "base/trace/vocabulary_table.h"

namespace mantissa::trace {

namespace {

// The parts come by class; the table is in the order of the enumeration.
std::vector<OpSpec> assemble() {
  std::vector<OpSpec> rows;
  for (auto part : {table::matrix_ops, table::pointwise_ops, table::conversion_ops,
                    table::window_ops, table::row_ops, table::movement_ops, table::lookup_ops,
                    table::optimizer_ops, table::collective_ops, table::generic_ops}) {
    for (OpSpec& row : part()) rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(),
            [](const OpSpec& a, const OpSpec& b) { return a.kind < b.kind; });
  // Every kind exactly once, so that spec() is an index.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    MANTISSA_CHECK(static_cast<std::size_t>(rows[i].kind) == i, "vocabulary: a kind without a row");
  }
  MANTISSA_CHECK(rows.back().kind == OpKind::generic, "vocabulary: last kinds without rows");
  return rows;
}

}  // namespace

const std::vector<OpSpec>& vocabulary() {
  static const std::vector<OpSpec> table = assemble();
  return table;
}

const OpSpec& spec(OpKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  MANTISSA_CHECK(index < vocabulary().size(), "op kind out of range");
  return vocabulary()[index];
}

std::optional<OpKind> op_kind(std::string_view name) {
  // Importers ask once per op of a model: worth an index.
  static const auto by_name = [] {
    std::unordered_map<std::string_view, OpKind> map;
    for (const OpSpec& row : vocabulary()) map.emplace(row.name, row.kind);
    return map;
  }();
  const auto it = by_name.find(name);
  if (it == by_name.end()) return std::nullopt;
  return it->second;
}

std::string_view name(OpClass op_class) {
  switch (op_class) {
    case OpClass::matrix:
      return "matrix";
    case OpClass::pointwise:
      return "pointwise";
    case OpClass::window:
      return "window";
    case OpClass::row:
      return "row";
    case OpClass::movement:
      return "movement";
    case OpClass::view:
      return "view";
    case OpClass::lookup:
      return "lookup";
    case OpClass::optimizer:
      return "optimizer";
    case OpClass::collective:
      return "collective";
    case OpClass::generic:
      return "generic";
  }
  internal_error(__FILE__, __LINE__, "op class out of range");
}

const Attribute& attribute(const Op& op, const std::string& key) {
  const auto it = op.attributes.find(key);
  if (it != op.attributes.end()) return it->second;
  for (const AttributeSpec& row : spec(op.kind).attributes) {
    if (key == row.name) return row.fallback;
  }
  // A misspelt key in our own code, since attributes of traces are checked.
  internal_error(__FILE__, __LINE__, "no attribute " + key + " of " + name(op.kind));
}

std::vector<const Tensor*> inputs_of(const Trace& trace, const Op& op) {
  std::vector<const Tensor*> tensors;
  tensors.reserve(op.inputs.size());
  for (TensorId id : op.inputs) {
    tensors.push_back(id == no_tensor ? nullptr : &trace.tensor(id));
  }
  return tensors;
}

std::uint64_t macs(const Trace& trace, const Op& op) {
  return spec(op.kind).macs(op, inputs_of(trace, op));
}

}  // namespace mantissa::trace
