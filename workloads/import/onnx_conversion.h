// SPDX-License-Identifier: Apache-2.0
// The conversion of one ONNX graph: which value became which tensor, and the operators that write
// themselves into the trace. One function per ONNX operator; the families stand in
// onnx_ops_*.cpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/trace/builder.h"
#include "workloads/import/onnx_model.h"

namespace mantissa::workloads::onnx_import {

class Conversion;

struct Converter {
  const char* type;
  // Operands that only say shapes, axes and the like: their producers need not run.
  std::vector<std::size_t> known_operands;
  void (*convert)(Conversion&, const Node&);
};

// All of them, sorted by type.
const std::vector<Converter>& converters();
const Converter* find_converter(const Node& node);

std::vector<Converter> product_converters();
std::vector<Converter> pointwise_converters();
std::vector<Converter> row_converters();
std::vector<Converter> movement_converters();
std::vector<Converter> quantized_converters();

// Throws Error(unsupported) with every node that has no converter and is needed.
void check_supported(const Model& model);

class Conversion {
 public:
  explicit Conversion(const Model& model);
  trace::Trace run();

  const Model& model() const { return model_; }

  // The tensor of an operand: what a node made, a graph input, or a parameter on its first use.
  trace::TensorId tensor(const Node& node, std::size_t operand);
  bool has(const Node& node, std::size_t operand) const;
  const ValueType& input_type(const Node& node, std::size_t operand) const;
  const ValueType& output_type(const Node& node, std::size_t output = 0) const;
  // A known operand's contents; throws Error(not_constant) when it is computed.
  const Constant& constant(const Node& node, std::size_t operand) const;
  const Constant* find_constant(const Node& node, std::size_t operand) const;

  // Writes an operator; `part` names further ones of the same node.
  trace::TensorId emit(const Node& node, trace::OpKind kind, std::vector<trace::TensorId> inputs,
                       trace::Attributes attributes = {},
                       std::optional<trace::NumberFormat> format = {},
                       const std::string& part = "");
  std::vector<trace::TensorId> emit_all(const Node& node, trace::OpKind kind,
                                        std::vector<trace::TensorId> inputs,
                                        trace::Attributes attributes, std::size_t wanted);
  // The node's output is this tensor from here on.
  void define(const Node& node, trace::TensorId tensor, std::size_t output = 0);
  // emit, then define.
  void become(const Node& node, trace::OpKind kind, std::vector<trace::TensorId> inputs,
              trace::Attributes attributes = {}, std::optional<trace::NumberFormat> format = {});
  void become_reshape(const Node& node, trace::TensorId x);

  const trace::Shape& shape(trace::TensorId id) const { return builder_.shape(id); }
  [[noreturn]] void refuse(const Node& node, const std::string& read,
                           const std::string& expected) const;

 private:
  trace::TensorId value(const std::string& name);
  std::string unique(const std::string& wanted);
  const ValueType& type_of(const std::string& value, const Node& node) const;

  const Model& model_;
  trace::TraceBuilder builder_;
  std::map<std::string, trace::TensorId> tensors_;
  std::set<std::string> names_;
};

// ONNX counts a negative axis from the end.
std::int64_t axis_of(std::int64_t axis, std::size_t rank);

}  // namespace mantissa::workloads::onnx_import
