// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/emitter.h"

#include <cmath>
#include <utility>

#include "base/error.h"

namespace mantissa::workloads {

using trace::NumberFormat;
using trace::OpKind;

namespace {

constexpr double unit_range_scale = 1.0 / 128;  // of probabilities, sigmoid and tanh, in int8

// Exponent of a scale, which is a power of two.
int exponent(double power_of_two) {
  int e = 0;
  MANTISSA_CHECK(std::frexp(power_of_two, &e) == 0.5, "a scale that is no power of two");
  return e - 1;
}

OpKind kind_of(Activation activation) {
  switch (activation) {
    case Activation::relu:
      return OpKind::relu;
    case Activation::relu6:
      return OpKind::relu6;
    case Activation::gelu:
      return OpKind::gelu;
    case Activation::silu:
      return OpKind::silu;
    case Activation::hardswish:
      return OpKind::hardswish;
    case Activation::sigmoid:
      return OpKind::sigmoid;
    case Activation::tanh:
      return OpKind::tanh;
    case Activation::none:
      break;
  }
  internal_error(__FILE__, __LINE__, "no operator for this activation");
}

}  // namespace

double Arithmetic::step(NumberFormat format, double of_int8) {
  return std::ldexp(of_int8, 8 - static_cast<int>(trace::bits(format)));
}

double Arithmetic::step_of_weights(std::int64_t products) const {
  return step(weight, weight_scale ? *weight_scale : spread_of_weights(products));
}

double Arithmetic::spread_of_weights(std::int64_t products) {
  int halvings = 0;  // the smallest h with 4^h >= products
  while ((std::int64_t{1} << (2 * halvings)) < products) ++halvings;
  return std::ldexp(1.0, -6 - halvings);
}

Emitter::Emitter(trace::TraceBuilder& builder, Arithmetic arithmetic)
    : builder_(&builder), arithmetic_(arithmetic) {}

Emitter::Scope::Scope(Emitter& emitter, const std::string& name)
    : emitter_(emitter), length_(emitter.prefix_.size()) {
  if (!name.empty()) emitter.prefix_ += name + ".";
}

double Emitter::scale(Value v) const {
  const auto found = scales_.find(v);
  return found == scales_.end() ? 1 : found->second;
}

Value Emitter::set_scale(Value v, double scale) {
  if (scale != 1) scales_[v] = scale;
  return v;
}

NumberFormat Emitter::product_format() const {
  return arithmetic_.integer() ? NumberFormat::int32 : NumberFormat::fp32;
}

// Activations from outside have the step of all others.
Value Emitter::input(const std::string& name, trace::Shape shape) {
  const Value v = input(name, std::move(shape), arithmetic_.operand);
  return arithmetic_.integer() ? set_scale(v, arithmetic_.activation_scale) : v;
}

Value Emitter::input(const std::string& name, trace::Shape shape, NumberFormat format) {
  return builder_->input(path(name), format, std::move(shape));
}

Value Emitter::shared_input(const std::string& name, trace::Shape shape, NumberFormat format,
                            const std::string& fill) {
  const auto found = shared_.find(name);
  if (found != shared_.end()) return found->second;
  builder_->trace().metadata["fill." + name] = fill;
  return shared_[name] = builder_->input(name, format, std::move(shape));
}

Value Emitter::parameter(const std::string& name, trace::Shape shape, NumberFormat format,
                         double scale) {
  return set_scale(builder_->parameter(path(name), format, std::move(shape)), scale);
}

std::vector<Value> Emitter::op(const std::string& name, OpKind kind, std::vector<Value> inputs,
                               Attributes attributes, std::optional<NumberFormat> format) {
  return builder_->ops(kind, path(name), std::move(inputs), std::move(attributes), 0, {format});
}

Value Emitter::unary(const std::string& name, OpKind kind, Value x, Attributes attributes) {
  return op(name, kind, {x}, std::move(attributes), NumberFormat::fp32).front();
}

Value Emitter::moved(const std::string& name, OpKind kind, std::vector<Value> inputs,
                     Attributes attributes) {
  const Value first = inputs.front();
  return set_scale(op(name, kind, std::move(inputs), std::move(attributes), format(first)).front(),
                   scale(first));
}

Value Emitter::reshape(const std::string& name, Value x, trace::Shape target) {
  if (shape(x) == target) return x;
  return moved(name, OpKind::reshape, {x}, {{"shape", std::move(target)}});
}

Value Emitter::weight(const std::string& name, trace::Shape shape, std::int64_t products) {
  return parameter(name, std::move(shape), arithmetic_.weight,
                   arithmetic_.integer() ? arithmetic_.step_of_weights(products) : 1);
}

// ---- products --------------------------------------------------------------------------------

// The scale of a product is that of its operands multiplied: sums of (a sa)(w sw) are codes of sa
// sw.
Value Emitter::conv2d(const std::string& name, Value x, const ConvShape& s, bool bias) {
  x = closed(x);
  const std::int64_t per_group = shape(x).at(1) / s.groups;
  std::vector<Value> inputs{
      x, weight(name + ".weight", {s.channels, per_group, s.kernel_height, s.kernel_width},
                per_group * s.kernel_height * s.kernel_width)};
  const double step = scale(inputs[1]);
  if (bias) inputs.push_back(parameter(name + ".bias", {s.channels}, product_format()));
  Attributes attributes{{"stride", s.stride}, {"padding", s.padding}};
  if (s.groups != 1) attributes["groups"] = s.groups;
  return set_scale(op(name, OpKind::conv2d, inputs, attributes, product_format()).front(),
                   scale(x) * step);
}

// Weights are stored [inputs, outputs], as the array reads them, so that nothing is transposed.
Value Emitter::linear(const std::string& name, Value x, std::int64_t outputs, bool bias) {
  x = closed(x);
  const std::int64_t inputs = shape(x).back();
  std::vector<Value> operands{x, weight(name + ".weight", {inputs, outputs}, inputs)};
  const double step = scale(operands[1]);
  if (bias) operands.push_back(parameter(name + ".bias", {outputs}, product_format()));
  return set_scale(op(name, OpKind::matmul, operands, {}, product_format()).front(),
                   scale(x) * step);
}

// Of two activations, as in attention.
Value Emitter::matmul(const std::string& name, Value a, Value b, bool transpose_b) {
  a = closed(a);
  b = closed(b);
  Attributes attributes;
  if (transpose_b) attributes["transpose_b"] = true;
  return set_scale(op(name, OpKind::matmul, {a, b}, attributes, product_format()).front(),
                   scale(a) * scale(b));
}

// ---- between products ------------------------------------------------------------------------

// The running statistics are those of whatever comes in, integer sums included, so the result is
// real. They are inputs, not parameters: published parameter counts leave them out.
Value Emitter::batch_norm(const std::string& name, Value x, std::optional<double> eps) {
  const std::int64_t channels = shape(x).at(1);
  const NumberFormat f = NumberFormat::fp32;
  Attributes attributes;
  if (eps) attributes["eps"] = *eps;
  return op(name, OpKind::batch_norm,
            {x, parameter(name + ".weight", {channels}, f),
             parameter(name + ".bias", {channels}, f), input(name + ".running_mean", {channels}, f),
             input(name + ".running_var", {channels}, f)},
            attributes, f)
      .front();
}

// A norm does not see the scale of its input, but for eps: (s x - s m) / sqrt(s^2 v + eps).
Value Emitter::layer_norm(const std::string& name, Value x, double eps) {
  const std::int64_t width = shape(x).back();
  const NumberFormat f = NumberFormat::fp32;
  const double s = scale(x);
  return op(name, OpKind::layer_norm,
            {x, parameter(name + ".weight", {width}, f), parameter(name + ".bias", {width}, f)},
            {{"eps", eps / (s * s)}}, f)
      .front();
}

Value Emitter::activation(const std::string& name, Activation kind, Value x) {
  if (kind == Activation::none) return x;
  if (kind == Activation::relu) {  // commutes with any scale
    const NumberFormat f = trace::is_integer(format(x)) ? format(x) : NumberFormat::fp32;
    return set_scale(op(name, OpKind::relu, {x}, {}, f).front(), scale(x));
  }
  const Value y = unary(name, kind_of(kind), real(x));
  if (kind == Activation::sigmoid || kind == Activation::tanh) {
    wished_[y] = Arithmetic::step(arithmetic_.operand, unit_range_scale);
  }
  return y;
}

Value Emitter::average(const std::string& name, OpKind kind, Value x, Attributes attributes) {
  return set_scale(unary(name, kind, x, std::move(attributes)), scale(x));
}

Value Emitter::softmax(const std::string& name, Value x, std::int64_t axis) {
  const Value y = unary(name, OpKind::softmax, real(x), {{"axis", axis}});
  wished_[y] = Arithmetic::step(arithmetic_.operand, unit_range_scale);
  return y;
}

// Codes of one scale add up to codes; otherwise a becomes real and b's scale is the factor.
Value Emitter::add(const std::string& name, Value a, Value b) {
  const bool integers = trace::is_integer(format(a)) && trace::is_integer(format(b));
  if (integers && scale(a) == scale(b)) {
    return set_scale(op(name, OpKind::add, {a, b}, {}, NumberFormat::int32).front(), scale(a));
  }
  a = real(a);
  Attributes attributes;
  if (scale(b) != 1) attributes["alpha"] = scale(b);
  return op(name, OpKind::add, {a, b}, attributes, NumberFormat::fp32).front();
}

// ---- conversions -----------------------------------------------------------------------------

// A factor, such as 1/sqrt(d), rides on the conversion when there is one.
Value Emitter::real(Value x, double factor) {
  const double s = scale(x) * factor;
  const bool integer = trace::is_integer(format(x));
  if (!integer && s == 1) return x;
  const auto done = real_.find({x, s});
  if (done != real_.end()) return done->second;
  const std::string saved = std::exchange(prefix_, "");
  const std::string base = builder_->tensor(x).name;
  const Value y = integer ? op(base + ".dequantize", OpKind::dequantize, {x},
                               {{"scale", std::vector<double>{s}}}, NumberFormat::fp32)
                                .front()
                          : unary(base + ".scale", OpKind::mul, x, {{"scalar", s}});
  prefix_ = saved;  // named after its producer, wherever it is asked for
  return real_[{x, s}] = y;
}

// One conversion per value and step: whoever asks again gets the same tensor. A coarser step is a
// rounding shift of integer sums; everything else is divided and rounded.
Value Emitter::closed(Value x, std::optional<double> asked) {
  const bool integer = arithmetic_.integer();
  const auto wish = wished_.find(x);
  const double step = !integer                ? 1
                      : asked                 ? *asked
                      : wish != wished_.end() ? wish->second
                                              : arithmetic_.activation_scale;
  if (format(x) == arithmetic_.operand && (!asked || scale(x) == step)) return x;
  const auto done = closed_.find({x, step});
  if (done != closed_.end()) return done->second;

  const std::string saved = std::exchange(prefix_, "");
  const std::string base = builder_->tensor(x).name;
  const double ratio = step / scale(x);
  Value y;
  if (!integer) {
    y = op(base + ".cast", OpKind::cast, {x}, {}, arithmetic_.operand).front();
  } else if (trace::is_integer(format(x)) && ratio >= 1) {
    y = op(base + ".requantize", OpKind::requantize, {x},
           {{"shift", std::vector<std::int64_t>{exponent(ratio)}}}, arithmetic_.operand)
            .front();
  } else {
    y = op(base + ".quantize", OpKind::quantize, {x}, {{"scale", std::vector<double>{ratio}}},
           arithmetic_.operand)
            .front();
  }
  prefix_ = saved;
  closed_[{x, step}] = y;
  return set_scale(y, step);
}

}  // namespace mantissa::workloads
