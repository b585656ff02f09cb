// SPDX-License-Identifier: Apache-2.0
// One-operator traces for the tests of the reference executor.
#pragma once

#include <string>
#include <vector>

#include "base/numerics/evaluate.h"
#include "base/numerics/random_fill.h"
#include "base/trace/builder.h"

namespace mantissa::numerics {

using trace::NumberFormat;
using trace::OpKind;
using trace::Shape;

inline Value random_value(NumberFormat format, const Shape& shape, const std::string& name) {
  Value v(format, shape);
  v.data = fill_random(format, shape, 42, name);
  return v;
}

inline Value floats(const Shape& shape, const std::vector<float>& x) {
  return Value::of_floats(NumberFormat::fp32, shape, x);
}
inline Value integers(NumberFormat format, const Shape& shape, const std::vector<std::int64_t>& x) {
  return Value::of_integers(format, shape, x);
}

struct OneOp {
  trace::Trace trace;
  std::vector<Value> operands;
  std::vector<bool> present;
  EvaluationOrder order;
  std::uint64_t overflows = 0;

  // A null pointer is an absent operand.
  OneOp(OpKind kind, std::vector<const Value*> inputs, trace::Attributes attributes = {},
        std::vector<std::optional<NumberFormat>> formats = {}, std::size_t wanted = 0) {
    trace::TraceBuilder builder("one");
    std::vector<trace::TensorId> ids;
    for (const Value* v : inputs) {
      present.push_back(v != nullptr);
      operands.push_back(v ? *v : Value{});
      ids.push_back(v ? builder.input("x" + std::to_string(ids.size()), v->format, v->shape)
                      : trace::no_tensor);
    }
    builder.ops(kind, "op", ids, std::move(attributes), wanted, std::move(formats));
    trace = builder.finish();
  }

  std::vector<Value> run() {
    std::vector<const Value*> pointers;
    for (std::size_t i = 0; i < operands.size(); ++i) {
      pointers.push_back(present[i] ? &operands[i] : nullptr);
    }
    return evaluate(trace, trace.ops.front(), pointers, order, &overflows);
  }
};

inline Value run(OpKind kind, std::vector<const Value*> inputs, trace::Attributes attributes = {},
                 std::optional<NumberFormat> format = {}) {
  return OneOp(kind, std::move(inputs), std::move(attributes), {format}).run().front();
}

}  // namespace mantissa::numerics
