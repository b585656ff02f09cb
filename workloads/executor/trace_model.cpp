// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/trace_model.h"

#include <utility>

#include "base/numerics/value.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

namespace {

// The module that a dotted name lies in, made where it does not exist, and the last part.
std::pair<torch::nn::Module*, std::string> place_of(torch::nn::Module& root,
                                                    const std::string& name) {
  torch::nn::Module* module = &root;
  std::size_t start = 0;
  for (std::size_t dot; (dot = name.find('.', start)) != std::string::npos; start = dot + 1) {
    const std::string part = dot == start ? "_" : name.substr(start, dot - start);
    const auto children = module->named_children();
    const auto* child = children.find(part);
    module = child != nullptr
                 ? child->get()
                 : module->register_module(part, std::make_shared<torch::nn::Module>()).get();
  }
  return {module, start < name.size() ? name.substr(start) : "_"};
}

at::Tensor contents(const trace::Trace& trace, const trace::Tensor& t,
                    const OperandSource& source) {
  numerics::Value v(t.format, t.shape);
  v.data = source(trace, t);
  const at::Tensor x = tensor_of(v);
  return trace::is_float(t.format) ? x.to(at::kFloat) : x;
}

}  // namespace

TraceModel::TraceModel(trace::Trace trace, const OperandSource& source, const std::string& input)
    : trace_(std::move(trace)),
      stored_(trace_.tensors.size()),
      last_reader_(trace_.tensors.size(), 0) {
  MANTISSA_CHECK(!trace_.ops.empty(), "a trace without operators as a module");
  for (trace::OpId op = 0; op < trace_.ops.size(); ++op) {
    if (!can_compute(trace_, trace_.ops[op])) {
      throw Error(no_kernel)
          .at(trace_.name)
          .read(std::string(trace::name(trace_.ops[op].kind)) + " '" + trace_.ops[op].name + "'")
          .expected("an operator of inference with one result");
    }
    for (trace::TensorId id : trace_.ops[op].inputs) {
      if (id != trace::no_tensor) last_reader_[id] = op;
    }
  }
  last_reader_[trace_.ops.back().outputs.front()] =
      static_cast<trace::OpId>(trace_.ops.size());  // the result
  for (trace::TensorId id = 0; id < trace_.tensors.size(); ++id) {
    const trace::Tensor& t = trace_.tensors[id];
    if (t.role == trace::Role::activation) continue;
    const bool named = input.empty() ? t.role == trace::Role::input : t.name == input;
    if (named && input_ == trace::no_tensor) {
      input_ = id;
      continue;
    }
    const auto [module, name] = place_of(*this, t.name);
    const at::Tensor x = contents(trace_, t, source);
    const bool learned = t.role == trace::Role::parameter && x.is_floating_point();
    stored_[id] = learned ? module->register_parameter(name, x) : module->register_buffer(name, x);
  }
  MANTISSA_CHECK(input_ != trace::no_tensor, "a trace without the input '" + input + "'");
}

at::Tensor TraceModel::forward(at::Tensor x) {
  const trace::Tensor& wanted = trace_.tensor(input_);
  if (shape_of(x) != wanted.shape) {
    throw Error(other_input_shape)
        .at(trace_.name)
        .read(trace::text(shape_of(x)))
        .expected(trace::text(wanted.shape) + ", the shape of '" + wanted.name + "'");
  }
  std::vector<at::Tensor> values = stored_;
  values[input_] = std::move(x);
  for (trace::OpId i = 0; i < trace_.ops.size(); ++i) {
    const trace::Op& op = trace_.ops[i];
    std::vector<at::Tensor> operands;
    for (trace::TensorId id : op.inputs) {
      operands.push_back(id == trace::no_tensor ? at::Tensor() : values[id]);
    }
    const std::vector<at::Tensor> results = compute(trace_, op, operands, is_training());
    for (std::size_t k = 0; k < results.size(); ++k) values[op.outputs[k]] = results[k];
    for (trace::TensorId id : op.inputs) {
      if (id != trace::no_tensor && last_reader_[id] == i) values[id] = at::Tensor();
    }
  }
  return values[trace_.ops.back().outputs.front()];
}

}  // namespace mantissa::workloads
