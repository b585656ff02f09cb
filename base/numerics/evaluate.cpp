// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/evaluate.h"

#include "base/numerics/evaluation.h"
#include "base/numerics/pointwise.h"

namespace mantissa::numerics {

using trace::OpKind;

namespace {

using Family = Values (*)(const Evaluation&);

Family family_of(OpKind kind) {
  switch (kind) {
    case OpKind::matmul:
      return evaluate_matmul;
    case OpKind::conv2d:
      return evaluate_conv2d;
    case OpKind::where:
      return evaluate_pointwise;
    case OpKind::cast:
    case OpKind::quantize:
    case OpKind::dequantize:
    case OpKind::requantize:
    case OpKind::batch_norm:
      return evaluate_conversion;
    case OpKind::fake_quantize:
      return evaluate_fake_quantize;
    case OpKind::max_pool2d:
    case OpKind::avg_pool2d:
    case OpKind::global_avg_pool2d:
      return evaluate_pool;
    case OpKind::softmax:
    case OpKind::log_softmax:
    case OpKind::layer_norm:
    case OpKind::rms_norm:
    case OpKind::group_norm:
    case OpKind::cumsum:
    case OpKind::sort:
    case OpKind::topk:
      return evaluate_row;
    case OpKind::reduce_sum:
    case OpKind::reduce_mean:
    case OpKind::reduce_max:
    case OpKind::reduce_min:
    case OpKind::argmax:
      return evaluate_reduction;
    case OpKind::concat:
    case OpKind::slice:
    case OpKind::split:
    case OpKind::transpose:
    case OpKind::pad:
    case OpKind::gather:
    case OpKind::expand:
    case OpKind::copy:
    case OpKind::fill:
    case OpKind::reshape:
      return evaluate_movement;
    case OpKind::embedding:
    case OpKind::embedding_bag:
      return evaluate_lookup;
    default:
      break;
  }
  return is_unary(kind) || is_binary(kind) ? evaluate_pointwise : nullptr;
}

std::string place(const trace::Op& op) {
  return "op '" + op.name + "' (" + trace::name(op.kind) + ")";
}

std::string described(const trace::NumberFormat format, const trace::Shape& shape) {
  std::string s = std::string(trace::name(format)) + " [";
  for (std::size_t i = 0; i < shape.size(); ++i) s += (i ? "," : "") + std::to_string(shape[i]);
  return s + "]";
}

void check_operand(const trace::Trace& trace, const trace::Op& op, trace::TensorId id,
                   const Value* value) {
  if (id == trace::no_tensor && value == nullptr) return;
  Error error(operand_mismatch);
  error.at(Place{"", 0, 0, place(op)});
  if (id == trace::no_tensor) throw error.say("contents for an operand that the op does not have");
  const trace::Tensor& tensor = trace.tensor(id);
  if (value == nullptr) throw error.say("no contents for tensor '" + tensor.name + "'");
  if (value->format == tensor.format && value->shape == tensor.shape &&
      value->data.size() == tensor.bytes()) {
    return;
  }
  throw error.read(described(value->format, value->shape))
      .expected("tensor '" + tensor.name + "' as " + described(tensor.format, tensor.shape));
}

}  // namespace

const Value& Evaluation::input(std::size_t i) const {
  MANTISSA_CHECK(has(i), "operand of " + op.name + " is absent");
  return *inputs[i];
}

std::vector<const trace::Tensor*> Evaluation::input_tensors() const {
  std::vector<const trace::Tensor*> tensors;
  for (auto id : op.inputs) tensors.push_back(id == trace::no_tensor ? nullptr : &trace.tensor(id));
  return tensors;
}

Value Evaluation::floats_out(const std::vector<float>& x, std::size_t i) const {
  return Value::of_floats(output(i).format, output(i).shape, x);
}

Value Evaluation::integers_out(const std::vector<std::int64_t>& x, std::size_t i) const {
  return Value::of_integers(output(i).format, output(i).shape, x);
}

void Evaluation::unsupported(const std::string& what) const {
  throw Error(unsupported_op).at(Place{"", 0, 0, place(op)}).say(what);
}

std::size_t Evaluation::axis(const char* key, std::int64_t fallback, std::size_t rank) const {
  const std::int64_t a = op.integer(key, fallback);
  const std::int64_t from_front = a < 0 ? a + static_cast<std::int64_t>(rank) : a;
  MANTISSA_CHECK(from_front >= 0 && from_front < static_cast<std::int64_t>(rank),
                 "axis of " + op.name + " beyond its operand");
  return static_cast<std::size_t>(from_front);
}

bool can_evaluate(OpKind kind) { return family_of(kind) != nullptr; }

std::vector<Value> evaluate(const trace::Trace& trace, const trace::Op& op,
                            const std::vector<const Value*>& inputs, const EvaluationOrder& order,
                            std::uint64_t* overflows) {
  std::uint64_t uncounted = 0;
  const Evaluation e{trace, op, inputs, order, overflows ? *overflows : uncounted};
  const Family family = family_of(op.kind);
  if (family == nullptr) e.unsupported("the reference executor does not compute this operator");
  if (op.integer("vector_size", 0) > 0 && op.kind != OpKind::fake_quantize)
    e.unsupported("per-vector scaling has a model of its own");
  if (inputs.size() != op.inputs.size()) {
    throw Error(operand_mismatch)
        .at(Place{"", 0, 0, place(op)})
        .read(std::to_string(inputs.size()) + " operands")
        .expected(std::to_string(op.inputs.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) check_operand(trace, op, op.inputs[i], inputs[i]);
  std::vector<Value> outputs = family(e);
  outputs.resize(op.outputs.size());
  return outputs;
}

void evaluate_all(const trace::Trace& trace, std::vector<Value>& values,
                  const EvaluationOrder& order, std::uint64_t* overflows) {
  values.resize(trace.tensors.size());
  for (const trace::Op& op : trace.ops) {
    std::vector<const Value*> inputs;
    for (auto id : op.inputs) inputs.push_back(id == trace::no_tensor ? nullptr : &values[id]);
    std::vector<Value> outputs = evaluate(trace, op, inputs, order, overflows);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (op.outputs[i] != trace::no_tensor) values[op.outputs[i]] = std::move(outputs[i]);
    }
  }
}

}  // namespace mantissa::numerics
