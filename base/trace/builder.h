// SPDX-License-Identifier: Apache-2.0
// Builds a trace op by op: output shapes are inferred from the vocabulary, formats follow its rule
// unless given, names are checked at once. What it builds passes `check`.
//
//   TraceBuilder b("perceptron");
//   auto x = b.input("x", NumberFormat::int8, {32, 784});
//   auto w = b.parameter("fc.weight", NumberFormat::int8, {10, 784});
//   auto y = b.op(OpKind::matmul, "fc", {x, w}, {{"transpose_b", true}});   // int32 [32,10]
//   Trace trace = b.finish();
//
// Errors: those of base/trace/errors.h, naming the op.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/trace/graph.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

using Attributes = std::map<std::string, Attribute>;

// A list attribute: {"stride", ints({2, 2})}.
inline Attribute ints(std::initializer_list<std::int64_t> v) {
  return std::vector<std::int64_t>(v);
}
inline Attribute reals(std::initializer_list<double> v) { return std::vector<double>(v); }

class TraceBuilder {
 public:
  explicit TraceBuilder(std::string name, std::uint32_t rank = 0);

  TensorId input(const std::string& name, NumberFormat format, Shape shape);
  TensorId parameter(const std::string& name, NumberFormat format, Shape shape);

  // Adds an op and its first output, named like the op. Absent optional operands: no_tensor, or
  // left out at the end. Without `output_format` the vocabulary's default format; the kinds that
  // have none (cast, quantize, dequantize, requantize, fill) need it.
  TensorId op(OpKind kind, const std::string& name, std::vector<TensorId> inputs,
              Attributes attributes = {}, std::optional<NumberFormat> output_format = {});

  // Adds an op with its first `wanted` outputs (0: the required ones, and all of a split), named
  // op, then op:indices and the like, or op:0, op:1 for the parts of a split. `formats` may be
  // shorter than the outputs, and hold nullopt for the default.
  std::vector<TensorId> ops(OpKind kind, const std::string& name, std::vector<TensorId> inputs,
                            Attributes attributes = {}, std::size_t wanted = 0,
                            std::vector<std::optional<NumberFormat>> formats = {});

  // An op of known outputs, for those whose shapes nobody can infer (generic, a receiving
  // broadcast).
  std::vector<TensorId> op_with_outputs(OpKind kind, const std::string& name,
                                        std::vector<TensorId> inputs, Attributes attributes,
                                        std::vector<Tensor> outputs);

  // Makes the op added last wait for `earlier`, beyond what its tensors imply.
  void after(OpId earlier);
  OpId last_op() const;

  const Tensor& tensor(TensorId id) const { return trace_.tensor(id); }
  const Shape& shape(TensorId id) const { return trace_.tensor(id).shape; }
  const Trace& trace() const { return trace_; }
  Trace& trace() { return trace_; }  // for metadata and the operands file

  // The checked trace; the builder is empty afterwards.
  Trace finish();

 private:
  void expect_new(const Tensor& tensor) const;
  TensorId add(Tensor tensor);
  Op begin(OpKind kind, const std::string& name, std::vector<TensorId> inputs,
           Attributes attributes);

  Trace trace_;
  std::unordered_set<std::string> tensor_names_, op_names_;
};

}  // namespace mantissa::trace
