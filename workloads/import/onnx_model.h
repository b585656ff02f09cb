// SPDX-License-Identifier: Apache-2.0
// An ONNX model as plain structures, after shape inference: what the conversion to the vocabulary
// works on. Only onnx_reader.cpp knows the ONNX library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::workloads::onnx_import {

inline const ErrorKind malformed{"onnx.malformed", ExitCode::bad_input,
                                 "A file that is no ONNX model, or one that breaks ONNX's rules."};
inline const ErrorKind opset{"onnx.opset", ExitCode::bad_input,
                             "A model of an operator set that the ONNX library does not know."};
inline const ErrorKind unsupported{"onnx.unsupported", ExitCode::bad_input,
                                   "A model with operators that cannot be imported."};
inline const ErrorKind variant{
    "onnx.variant", ExitCode::bad_input,
    "An operator in a form that cannot be imported, such as a convolution in three dimensions."};
inline const ErrorKind dynamic_dimension{"onnx.dynamic-dimension", ExitCode::bad_input,
                                         "A dimension that the model leaves open."};
inline const ErrorKind unknown_dimension{"onnx.unknown-dimension", ExitCode::bad_input,
                                         "A dimension was set that the model does not name."};
inline const ErrorKind external_data{
    "onnx.external-data", ExitCode::bad_input,
    "Tensor contents outside the model's folder, missing, or shorter than the model says."};
inline const ErrorKind element_type{"onnx.type", ExitCode::bad_input,
                                    "A tensor whose element type is no number."};
inline const ErrorKind not_constant{
    "onnx.not-constant", ExitCode::bad_input,
    "An operand that must be known before the run, such as the axes of a slice, is computed."};

struct Constant {
  trace::NumberFormat format = trace::NumberFormat::fp32;
  trace::Shape shape;
  std::vector<std::byte> bytes;  // little-endian, row-major

  std::vector<std::int64_t> integers() const;
  std::vector<double> reals() const;
};

struct Attribute {
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<std::int64_t> integers;
};

struct Node {
  std::string type, domain, name;
  std::vector<std::string> inputs, outputs;  // empty name: absent
  std::map<std::string, Attribute> attributes;

  bool has(const char* key) const { return attributes.count(key) != 0; }
  std::int64_t integer(const char* key, std::int64_t fallback) const;
  double real(const char* key, double fallback) const;
  std::string text(const char* key, const char* fallback) const;
  std::vector<std::int64_t> integers(const char* key, std::vector<std::int64_t> fallback) const;
  std::string title() const;  // "Conv 'conv1'"
};

struct ValueType {
  trace::NumberFormat format = trace::NumberFormat::fp32;
  trace::Shape shape;
};

struct Model {
  std::string path;
  std::int64_t opset = 0;
  std::vector<std::string> inputs, outputs;   // of the graph; initialisers are no inputs
  std::vector<Node> nodes;                    // topologically ordered
  std::map<std::string, Constant> constants;  // initialisers and Constant nodes
  std::map<std::string, ValueType> types;     // of every value that has static dimensions
  std::map<std::string, std::string> open;    // why a value has none: the dimension's name, or ?
};

// `dimensions` gives values to named dimensions. `before_inference` sees the nodes while `types` is
// still empty: the library refuses operators that it does not know one by one. Throws Error.
Model read_model(const std::string& path, const std::map<std::string, std::int64_t>& dimensions,
                 const std::function<void(const Model&)>& before_inference);

}  // namespace mantissa::workloads::onnx_import
