// SPDX-License-Identifier: Apache-2.0
#include "base/trace/builder.h"

#include <algorithm>
#include <utility>

#include "base/trace/check.h"

namespace mantissa::trace {

TraceBuilder::TraceBuilder(std::string name, std::uint32_t rank) {
  trace_.name = std::move(name);
  trace_.rank = rank;
}

void TraceBuilder::expect_new(const Tensor& tensor) const {
  if (auto error = size_violation(tensor)) throw *error;
  if (tensor_names_.count(tensor.name) != 0) {
    throw Error(duplicate_name)
        .at(Place{"", 0, 0, "trace '" + trace_.name + "'"})
        .read(tensor.name)
        .expected("a name that no other tensor has");
  }
}

TensorId TraceBuilder::add(Tensor tensor) {
  expect_new(tensor);
  tensor_names_.insert(tensor.name);
  return trace_.add_tensor(std::move(tensor));
}

TensorId TraceBuilder::input(const std::string& name, NumberFormat format, Shape shape) {
  return add({name, format, std::move(shape), Role::input});
}

TensorId TraceBuilder::parameter(const std::string& name, NumberFormat format, Shape shape) {
  return add({name, format, std::move(shape), Role::parameter});
}

// What can be said of an op before its outputs exist. The trace changes only once all checks have
// passed, so a refused op leaves it as it was.
Op TraceBuilder::begin(OpKind kind, const std::string& name, std::vector<TensorId> inputs,
                       Attributes attributes) {
  Op op;
  op.name = name;
  op.kind = kind;
  op.inputs = std::move(inputs);
  op.attributes = std::move(attributes);
  for (TensorId id : op.inputs) {
    if (id != no_tensor && id >= trace_.tensors.size()) {
      throw Error(dangling_tensor)
          .at(place_of(op))
          .read("tensor " + std::to_string(id))
          .expected("an id below " + std::to_string(trace_.tensors.size()));
    }
  }
  if (auto error = attribute_violation(op)) throw *error;
  if (op_names_.count(name) != 0) {
    throw Error(duplicate_name).at(place_of(op)).read(name).expected("a name that no other op has");
  }
  return op;
}

TensorId TraceBuilder::op(OpKind kind, const std::string& name, std::vector<TensorId> inputs,
                          Attributes attributes, std::optional<NumberFormat> output_format) {
  const auto outputs =
      ops(kind, name, std::move(inputs), std::move(attributes), 0, {output_format});
  return outputs.empty() ? no_tensor : outputs.front();
}

std::vector<TensorId> TraceBuilder::ops(OpKind kind, const std::string& name,
                                        std::vector<TensorId> inputs, Attributes attributes,
                                        std::size_t wanted,
                                        std::vector<std::optional<NumberFormat>> formats) {
  Op op = begin(kind, name, std::move(inputs), std::move(attributes));
  const OpSpec& row = spec(kind);
  // Presence of the inputs first: the rules of inference may then rely on it.
  op.outputs.assign(row.outputs.size(), 0);
  if (auto error = operand_violation(op)) throw *error;
  op.outputs.clear();

  const std::vector<const Tensor*> operands = inputs_of(trace_, op);
  const std::vector<Shape> shapes = row.shapes(op, operands);
  // Called for its refusal only: a count that does not fit in 64 bits is found here, by name.
  row.macs(op, operands);
  const bool open = !row.outputs.empty() && row.outputs.back().variadic;
  std::size_t n = wanted;
  if (n == 0 && open) n = shapes.size();
  if (n == 0) {
    // A collective of a tensor returns one, although its row calls it optional.
    n = row.op_class == OpClass::collective ? shapes.size() : 0;
    while (n < row.outputs.size() && !row.outputs[n].optional) ++n;
  }
  if (n > shapes.size()) {
    throw Error(operand_count)
        .at(place_of(op))
        .read(std::to_string(n) + " outputs")
        .expected("at most " + std::to_string(shapes.size()) +
                  " whose shapes follow from the inputs");
  }

  std::vector<Tensor> outputs;
  for (std::size_t i = 0; i < n; ++i) {
    std::optional<NumberFormat> format = i < formats.size() ? formats[i] : std::nullopt;
    if (!format) format = default_format(op, operands, i);
    if (!format) {
      throw Error(op_format)
          .at(place_of(op))
          .say("the output's number format must be given")
          .expected(meaning(row.formats));
    }
    const std::string expected = format_violation(op, operands, i, *format);
    if (!expected.empty()) {
      throw Error(op_format).at(place_of(op)).read(trace::name(*format)).expected(expected);
    }
    // The first output carries the op's own name, so that a chain of layers reads naturally.
    std::string suffix;
    if (open) suffix = ":" + std::to_string(i);
    if (!open && i > 0) suffix = std::string(":") + row.outputs[i].name;
    outputs.push_back({name + suffix, *format, shapes[i], Role::activation});
  }
  for (const Tensor& t : outputs) expect_new(t);
  for (Tensor& t : outputs) op.outputs.push_back(add(std::move(t)));
  op_names_.insert(name);
  trace_.ops.push_back(std::move(op));
  return trace_.ops.back().outputs;
}

std::vector<TensorId> TraceBuilder::op_with_outputs(OpKind kind, const std::string& name,
                                                    std::vector<TensorId> inputs,
                                                    Attributes attributes,
                                                    std::vector<Tensor> outputs) {
  Op op = begin(kind, name, std::move(inputs), std::move(attributes));
  op.outputs.assign(outputs.size(), 0);
  if (auto error = operand_violation(op)) throw *error;
  op.outputs.clear();
  for (const Tensor& t : outputs) expect_new(t);
  for (Tensor& t : outputs) {
    // Whatever the caller said: what an op writes is an activation.
    t.role = Role::activation;
    op.outputs.push_back(add(std::move(t)));
  }
  op_names_.insert(name);
  trace_.ops.push_back(std::move(op));
  return trace_.ops.back().outputs;
}

OpId TraceBuilder::last_op() const {
  MANTISSA_CHECK(!trace_.ops.empty(), "the builder has no op yet");
  return static_cast<OpId>(trace_.ops.size() - 1);
}

void TraceBuilder::after(OpId earlier) {
  Op& op = trace_.ops.at(last_op());
  if (earlier >= last_op()) {
    throw Error(op_order)
        .at(place_of(op))
        .read("after op " + std::to_string(earlier))
        .expected("an op before op " + std::to_string(last_op()));
  }
  op.after.push_back(earlier);
}

Trace TraceBuilder::finish() {
  // Each op was checked when it was added; this catches what trace() let the caller change.
  check(trace_);
  tensor_names_.clear();
  op_names_.clear();
  return std::exchange(trace_, Trace{});
}

}  // namespace mantissa::trace
