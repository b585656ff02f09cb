// SPDX-License-Identifier: Apache-2.0
// A workload trace in memory: tensors and the operators that connect them.
//
// The contract between algorithms and hardware (the file form is base/trace/chakra.h). Shapes
// follow the framework's convention: activations N,C,H,W; convolution weights O,I/groups,H,W;
// matrices row-major with the batch dimensions first. How a chip lays them out is the mapper's
// business.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/trace/number_format.h"

namespace mantissa::trace {

enum class OpKind : std::uint16_t;  // base/trace/vocabulary.h

using TensorId = std::uint32_t;
using OpId = std::uint32_t;
using Shape = std::vector<std::int64_t>;

inline std::int64_t elements(const Shape& shape) {
  std::int64_t n = 1;
  for (auto d : shape) n *= d;
  return n;
}

enum class Role : std::uint8_t {
  activation,  // produced and consumed by operators
  input,       // comes from outside, once per run
  parameter,   // weights, biases, tables: stored with the model
};
const char* name(Role role);

struct Tensor {
  std::string name;  // unique in its trace; also the name in the safetensors file
  NumberFormat format = NumberFormat::fp32;
  Shape shape;
  Role role = Role::activation;

  std::int64_t elements() const { return trace::elements(shape); }
  std::uint64_t bytes() const { return storage_bytes(format, elements()); }

  friend bool operator==(const Tensor& a, const Tensor& b) {
    return a.name == b.name && a.format == b.format && a.shape == b.shape && a.role == b.role;
  }
  friend bool operator!=(const Tensor& a, const Tensor& b) { return !(a == b); }
};

// Attribute values. Which attributes an operator takes, and their defaults, is the vocabulary's.
using Attribute = std::variant<bool, std::int64_t, double, std::string, std::vector<std::int64_t>,
                               std::vector<double>>;

struct Op {
  std::string name;  // the layer's name, unique in its trace
  OpKind kind{};
  std::vector<TensorId>
      inputs;  // in the vocabulary's order; an absent optional operand is no_tensor
  std::vector<TensorId> outputs;
  std::map<std::string, Attribute> attributes;
  std::vector<OpId> after;  // control dependencies beyond those that the tensors imply

  // The attribute, or `fallback` when it is absent. A value of another type throws
  // Error(attribute_type); an integer also serves as a real, and a number as a list of one.
  std::int64_t integer(const std::string& key, std::int64_t fallback) const;
  double real(const std::string& key, double fallback) const;
  bool flag(const std::string& key, bool fallback) const;
  std::string text(const std::string& key, const std::string& fallback) const;
  std::vector<std::int64_t> integers(const std::string& key,
                                     std::vector<std::int64_t> fallback) const;
  std::vector<double> reals(const std::string& key, std::vector<double> fallback) const;

  friend bool operator==(const Op& a, const Op& b) {
    return a.name == b.name && a.kind == b.kind && a.inputs == b.inputs && a.outputs == b.outputs &&
           a.attributes == b.attributes && a.after == b.after;
  }
  friend bool operator!=(const Op& a, const Op& b) { return !(a == b); }
};

constexpr TensorId no_tensor = 0xffffffffu;

struct Trace {
  std::string name;
  std::uint32_t rank = 0;
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;
  std::vector<Op> ops;        // topologically ordered: every input is produced earlier or by no one
  std::string operands_file;  // safetensors with tensor contents; empty: shapes only

  TensorId add_tensor(Tensor t) {
    tensors.push_back(std::move(t));
    return static_cast<TensorId>(tensors.size() - 1);
  }
  const Tensor& tensor(TensorId id) const { return tensors.at(id); }

  // Elements of all Role::parameter tensors that some operator reads.
  std::uint64_t parameters() const;
  // Multiply-accumulates of all operators, by the vocabulary's formulas.
  std::uint64_t macs() const;

  friend bool operator==(const Trace& a, const Trace& b) {
    return a.name == b.name && a.rank == b.rank && a.metadata == b.metadata &&
           a.tensors == b.tensors && a.ops == b.ops && a.operands_file == b.operands_file;
  }
  friend bool operator!=(const Trace& a, const Trace& b) { return !(a == b); }
};

// As YAML would write it: true, 3, 0.5, [1, 2]. A real always shows a point or an exponent, so that
// its type can be read back. Shapes are written 64x3x7x7, a scalar as "scalar".
std::string text(const Attribute& value);
std::string text(const Shape& shape);
bool parse_shape(std::string_view text, Shape& shape);  // the way back; false when malformed

// Whether the bytes are well-formed UTF-8, as the file formats demand of names.
bool is_utf8(std::string_view bytes);

}  // namespace mantissa::trace
