// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/operators.h"

#include <torch/library.h>

#include <algorithm>

#include "base/numerics/evaluate.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

namespace {

using trace::Attribute;
using trace::OpSpec;

const char* type_of(const Attribute& a) {
  if (std::holds_alternative<bool>(a)) return "bool";
  if (std::holds_alternative<std::int64_t>(a)) return "int";
  if (std::holds_alternative<double>(a)) return "float";
  if (std::holds_alternative<std::string>(a)) return "str";
  if (std::holds_alternative<std::vector<std::int64_t>>(a)) return "int[]";
  return "float[]";
}

c10::IValue as_argument(const Attribute& a) {
  return std::visit([](const auto& v) { return c10::IValue(v); }, a);
}

Attribute as_attribute(const c10::IValue& v, const Attribute& like) {
  if (std::holds_alternative<bool>(like)) return v.toBool();
  if (std::holds_alternative<std::int64_t>(like)) return v.toInt();
  if (std::holds_alternative<double>(like)) return v.toDouble();
  if (std::holds_alternative<std::string>(like)) return v.toStringRef();
  if (std::holds_alternative<std::vector<std::int64_t>>(like)) return v.toIntVector();
  return v.toDoubleVector();
}

// One operator as a trace of its own: what numerics::evaluate takes.
std::vector<at::Tensor> compute(const OpSpec& spec, const std::vector<c10::IValue>& arguments) {
  std::vector<numerics::Value> values;
  std::vector<bool> present;
  const auto take = [&](const at::Tensor& t) {
    present.push_back(t.defined());
    values.push_back(t.defined() ? value_of(t) : numerics::Value());
  };
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    if (spec.inputs[i].variadic) {
      for (const at::Tensor& t : arguments.at(i).toTensorVector()) take(t);
    } else {
      take(arguments.at(i).isTensor() ? arguments.at(i).toTensor() : at::Tensor());
    }
  }
  trace::TraceBuilder builder(spec.name);
  std::vector<trace::TensorId> inputs;
  for (std::size_t i = 0; i < values.size(); ++i) {
    inputs.push_back(
        present[i] ? builder.input("operand" + std::to_string(i), values[i].format, values[i].shape)
                   : trace::no_tensor);
  }
  while (!inputs.empty() && inputs.back() == trace::no_tensor) inputs.pop_back();
  std::optional<trace::NumberFormat> format;
  if (!arguments.back().isNone()) format = trace::number_format(arguments.back().toStringRef());
  builder.ops(spec.kind, spec.name, inputs, operator_attributes(spec, arguments), 0, {format});
  const trace::Trace t = builder.finish();
  std::vector<const numerics::Value*> operands;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    operands.push_back(present[i] ? &values[i] : nullptr);
  }
  std::vector<at::Tensor> out;
  for (const numerics::Value& v :
       numerics::evaluate(t, t.ops.front(), operands, numerics::EvaluationOrder{})) {
    out.push_back(tensor_of(v));
  }
  return out;
}

class GoldenKernel final : public c10::OperatorKernel {
 public:
  explicit GoldenKernel(const OpSpec& spec) : spec_(&spec) {}
  void operator()(const c10::OperatorHandle&, c10::DispatchKeySet, torch::jit::Stack* stack) {
    const std::size_t n = spec_->inputs.size() + spec_->attributes.size() + 1;
    const std::vector<c10::IValue> arguments = torch::jit::last(*stack, n).vec();
    torch::jit::drop(*stack, n);
    std::vector<at::Tensor> out = compute(*spec_, arguments);
    if (spec_->outputs.front().variadic) {
      torch::jit::push(*stack, c10::IValue(std::move(out)));
    } else {
      torch::jit::push(*stack, c10::IValue(std::move(out.front())));
    }
  }

 private:
  const OpSpec* spec_;
};

// The library is filled from the vocabulary when this file is loaded.
TORCH_LIBRARY(mantissa, library) {
  for (const OpSpec& spec : trace::vocabulary()) {
    if (!is_operator(spec.kind)) continue;
    library.def(operator_schema(spec).c_str());
  }
}

TORCH_LIBRARY_IMPL(mantissa, CPU, library) {
  for (const OpSpec& spec : trace::vocabulary()) {
    if (!is_operator(spec.kind)) continue;
    library.impl(spec.name,
                 torch::CppFunction::makeFromBoxedFunctor(std::make_unique<GoldenKernel>(spec)));
  }
}

}  // namespace

// Every operand-less operator lacks what libtorch chooses a kernel by.
bool is_operator(trace::OpKind kind) {
  return numerics::can_evaluate(kind) && !trace::spec(kind).inputs.empty();
}

std::string operator_schema(const OpSpec& spec) {
  std::string s = std::string(spec.name) + "(";
  const auto add = [&](const std::string& type, const std::string& name) {
    if (s.back() != '(') s += ", ";
    s += type + " " + name;
  };
  // A default may only be followed by others.
  const auto last_needed = std::find_if(spec.inputs.rbegin(), spec.inputs.rend(),
                                        [](const auto& o) { return !o.optional || o.variadic; });
  const std::size_t needed = static_cast<std::size_t>(spec.inputs.rend() - last_needed);
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    const trace::OperandSpec& o = spec.inputs[i];
    const char* type = o.variadic ? "Tensor[]" : o.optional ? "Tensor?" : "Tensor";
    add(type, o.name + std::string(i >= needed ? "=None" : ""));
  }
  // `format` is the operators' own, and an operand may be called as an attribute is.
  for (const auto& a : spec.attributes) {
    std::string name = a.name;
    for (const auto& o : spec.inputs) {
      if (name == o.name) name += "_";
    }
    add(std::string(type_of(a.fallback)) + "?", name + "=None");
  }
  add("str?", "format=None");
  return s + (spec.outputs.front().variadic ? ") -> Tensor[]" : ") -> Tensor");
}

trace::Attributes operator_attributes(const OpSpec& spec,
                                      const std::vector<c10::IValue>& arguments) {
  trace::Attributes out;
  for (std::size_t i = 0; i < spec.attributes.size(); ++i) {
    const c10::IValue& v = arguments.at(spec.inputs.size() + i);
    if (v.isNone()) continue;
    out[spec.attributes[i].name] = as_attribute(v, spec.attributes[i].fallback);
  }
  return out;
}

at::Tensor evaluate(trace::OpKind kind, const std::vector<at::Tensor>& operands,
                    const trace::Attributes& attributes,
                    std::optional<trace::NumberFormat> format) {
  const OpSpec& spec = trace::spec(kind);
  MANTISSA_CHECK(is_operator(kind), std::string("no operator of libtorch for ") + spec.name);
  const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(
      (std::string("mantissa::") + spec.name).c_str(), "");
  torch::jit::Stack stack;
  for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
    if (spec.inputs[i].variadic) {
      stack.emplace_back(std::vector<at::Tensor>(
          operands.begin() + static_cast<std::ptrdiff_t>(std::min(i, operands.size())),
          operands.end()));
    } else if (i < operands.size() && operands[i].defined()) {
      stack.emplace_back(operands[i]);
    } else {
      stack.emplace_back();
    }
  }
  for (const auto& a : spec.attributes) {
    const auto found = attributes.find(a.name);
    stack.push_back(found == attributes.end() ? c10::IValue() : as_argument(found->second));
  }
  stack.push_back(format ? c10::IValue(std::string(trace::name(*format))) : c10::IValue());
  handle.callBoxed(stack);
  return stack.front().toTensor();
}

}  // namespace mantissa::workloads
