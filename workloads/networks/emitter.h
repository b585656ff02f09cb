// SPDX-License-Identifier: Apache-2.0
// Writes the operators of a network in one number format, so that the layers need not know which.
//
//                 operands   products   between            stored as
//   int8, int4    int8       int32      fp32 or int32      int8, by requantize or quantize
//   bf16, fp16,   bf16       fp32       fp32               bf16, by cast
//   tf32, fp8,
//   fp6, fp4
//   fp32          fp32       fp32       fp32               fp32
//
// Weights may have a format of their own: int4 beside int8, one fp8 beside the other.
//
// A value is *open* while it is still in the format of the products or in fp32, and *closed* once
// it is in the format of the operands. Layers take what they are given; whoever feeds a matrix
// product or ends a chain asks for closed(), which converts once and remembers. So what goes to
// memory is in the operands' format, and what stands between a product and its conversion is one
// linear chain.
//
// Integer codes and real values: real = code * scale. Every scale is a power of two, so that
// requantisation is a rounding shift, and follows from three numbers: the step of activations, the
// step of weights, and 1/128 for what lies in [-1, 1] (probabilities, sigmoid, tanh). All are given
// for int8; a step of int4 is 16 times as large, so that the codes span the same range.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/trace/builder.h"

namespace mantissa::workloads {

using Value = trace::TensorId;
using Attributes = trace::Attributes;

enum class Activation { none, relu, relu6, gelu, silu, hardswish, sigmoid, tanh };

struct Arithmetic {
  trace::NumberFormat operand = trace::NumberFormat::int8;
  trace::NumberFormat weight = operand;
  double activation_scale = 0.03125;  // of codes of the operands' format
  // Absent: 1/64 of the next power of two below 1/sqrt(K), K products per output. Full-range random
  // operands then give outputs that fill int8 without saturating.
  std::optional<double> weight_scale;

  bool integer() const { return trace::is_integer(operand); }
  // A step of int8 as one of this format.
  static double step(trace::NumberFormat format, double of_int8);
  double step_of_weights(std::int64_t products) const;
  // Of int8, the default alone: a power of two.
  static double spread_of_weights(std::int64_t products);
  // What keeps sums over time, and what is added to them: bf16 where operands are too narrow.
  trace::NumberFormat wide() const {
    return trace::bits(operand) < 16 ? trace::NumberFormat::bf16 : operand;
  }
};

struct ConvShape {
  std::int64_t channels = 0, kernel_height = 1, kernel_width = 1;
  std::vector<std::int64_t> stride{1};  // one for both directions, or [height, width]
  std::int64_t groups = 1;
  std::vector<std::int64_t> padding{0};  // as stride
};

class Emitter {
 public:
  Emitter(trace::TraceBuilder& builder, Arithmetic arithmetic);

  const trace::Shape& shape(Value v) const { return builder_->shape(v); }
  trace::NumberFormat format(Value v) const { return builder_->tensor(v).format; }
  const Arithmetic& arithmetic() const { return arithmetic_; }
  double scale(Value v) const;

  // Names inside are prefixed with "name.".
  class Scope {
   public:
    Scope(Emitter& emitter, const std::string& name);
    ~Scope() { emitter_.prefix_.resize(length_); }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Emitter& emitter_;
    std::size_t length_;
  };

  // Activations from outside, in the operands' format.
  Value input(const std::string& name, trace::Shape shape);
  // Anything else from outside: indices, masks, running statistics.
  Value input(const std::string& name, trace::Shape shape, trace::NumberFormat format);
  // One input for all that ask by this name; `fill` says what it holds (workloads/operands.h).
  Value shared_input(const std::string& name, trace::Shape shape, trace::NumberFormat format,
                     const std::string& fill);
  Value parameter(const std::string& name, trace::Shape shape, trace::NumberFormat format,
                  double scale = 1);
  // Of a product with K products per output.
  Value weight(const std::string& name, trace::Shape shape, std::int64_t products);

  // Any operator of the vocabulary; outputs shaped and formatted by it unless `format` is given.
  std::vector<Value> op(const std::string& name, trace::OpKind kind, std::vector<Value> inputs,
                        Attributes attributes = {}, std::optional<trace::NumberFormat> format = {});
  Value unary(const std::string& name, trace::OpKind kind, Value x, Attributes attributes = {});
  // A movement or view: format and scale stay.
  Value moved(const std::string& name, trace::OpKind kind, std::vector<Value> inputs,
              Attributes attributes = {});
  // Parts of a split have the scale of the whole.
  void take_scale(Value part, Value whole) { set_scale(part, scale(whole)); }
  Value reshape(const std::string& name, Value x, trace::Shape shape);

  // Products, open. Weights are [filters, channels/groups, kernel...] and [inputs, outputs].
  Value conv2d(const std::string& name, Value x, const ConvShape& shape, bool bias);
  Value linear(const std::string& name, Value x, std::int64_t outputs, bool bias);
  Value matmul(const std::string& name, Value a, Value b, bool transpose_b);

  Value batch_norm(const std::string& name, Value x, std::optional<double> eps = {});
  Value layer_norm(const std::string& name, Value x, double eps);
  Value activation(const std::string& name, Activation kind, Value x);
  // A mean of codes is real, in steps of the codes.
  Value average(const std::string& name, trace::OpKind kind, Value x, Attributes attributes);
  Value softmax(const std::string& name, Value x, std::int64_t axis);
  Value add(const std::string& name, Value a, Value b);

  // The step that x takes when it is closed, if nobody asks for another.
  void wish_step(Value x, double step) { wished_[x] = step; }
  // In fp32 or a narrow float, scale 1.
  Value real(Value x, double factor = 1);
  // In the operands' format.
  Value closed(Value x, std::optional<double> scale = {});

 private:
  trace::NumberFormat product_format() const;
  std::string path(const std::string& name) const { return prefix_ + name; }
  Value set_scale(Value v, double scale);

  trace::TraceBuilder* builder_;
  Arithmetic arithmetic_;
  std::string prefix_;
  std::map<std::string, Value> shared_;
  std::map<Value, double> scales_;  // codes only; absent: 1
  std::map<Value, double> wished_;  // the step that a closed form of an open value should have
  std::map<std::pair<Value, double>, Value> closed_, real_;
};

}  // namespace mantissa::workloads
