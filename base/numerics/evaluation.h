// SPDX-License-Identifier: Apache-2.0
// One running evaluation, and the families of operators that evaluate.cpp chooses from.
#pragma once

#include <string>
#include <vector>

#include "base/numerics/evaluate.h"
#include "base/trace/vocabulary.h"

namespace mantissa::numerics {

struct Evaluation {
  const trace::Trace& trace;
  const trace::Op& op;
  const std::vector<const Value*>& inputs;
  const EvaluationOrder& order;
  std::uint64_t& overflows;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  const Value& input(std::size_t i) const;
  std::vector<const trace::Tensor*> input_tensors() const;
  bool wants(std::size_t i) const {
    return i < op.outputs.size() && op.outputs[i] != trace::no_tensor;
  }
  const trace::Tensor& output(std::size_t i = 0) const { return trace.tensor(op.outputs.at(i)); }

  // Outputs cast to the format that the trace gives them.
  Value floats_out(const std::vector<float>& x, std::size_t i = 0) const;
  Value integers_out(const std::vector<std::int64_t>& x, std::size_t i = 0) const;

  [[noreturn]] void unsupported(const std::string& what) const;
  // The dimension, counted from the front.
  std::size_t axis(const char* key, std::int64_t fallback, std::size_t rank) const;
};

using Values = std::vector<Value>;

Values evaluate_matmul(const Evaluation& e);
Values evaluate_conv2d(const Evaluation& e);
Values evaluate_pointwise(const Evaluation& e);   // unary, binary, where
Values evaluate_conversion(const Evaluation& e);  // cast, (re/de)quantize, batch_norm
Values evaluate_fake_quantize(const Evaluation& e);
Values evaluate_pool(const Evaluation& e);
Values evaluate_row(const Evaluation& e);
Values evaluate_reduction(const Evaluation& e);
Values evaluate_movement(const Evaluation& e);
Values evaluate_lookup(const Evaluation& e);

// x of shape `from` repeated to shape `to`, aligned at the last dimension.
template <class T>
std::vector<T> stretched(const std::vector<T>& x, const trace::Shape& from,
                         const trace::Shape& to) {
  if (from == to) return x;
  std::vector<std::int64_t> stride(to.size(), 0), place(to.size(), 0);
  std::int64_t step = 1;
  for (std::size_t i = from.size(); i-- > 0; step *= from[i]) {
    stride[i + to.size() - from.size()] = from[i] == 1 ? 0 : step;
  }
  std::vector<T> out(static_cast<std::size_t>(trace::elements(to)));
  std::int64_t source = 0;
  for (T& y : out) {
    y = x[static_cast<std::size_t>(source)];
    for (std::size_t d = to.size(); d-- > 0;) {
      source += stride[d];
      if (++place[d] < to[d]) break;
      source -= stride[d] * to[d];
      place[d] = 0;
    }
  }
  return out;
}

}  // namespace mantissa::numerics
