// SPDX-License-Identifier: Apache-2.0
// One element per element, their gradients, and what optimisers are made of.
#include <limits>

#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

// a op b, where b is a tensor or a number. `alpha` is the place of its factor, 0: none.
std::function<void(Call&)> binary(OpKind kind, std::size_t alpha = 0) {
  return [kind, alpha](Call& c) {
    Attributes a;
    if (alpha != 0 && c.number(alpha, 1) != 1) a["alpha"] = c.number(alpha, 1);
    // number - tensor and the like: the number is a constant of one element.
    if (c.is_number(0) && !c.is_number(1)) {
      const trace::NumberFormat f = format_of(c.out().scalar_type());
      const TensorId number =
          c.emit_inner(OpKind::fill, "constant", {},
                       {{"shape", std::vector<std::int64_t>{}}, {"value", c.number(0)}}, f, {});
      c.emit(kind, {number, c.broadcast_in(1)}, a, {c.out()});
      return;
    }
    if (c.is_number(1)) {
      a["scalar"] = c.number(1);
      c.emit(kind, {c.in(0)}, a, {c.out()});
      return;
    }
    c.emit(kind, {c.broadcast_in(0), c.broadcast_in(1)}, a, {c.out()});
  };
}

// aten::rsub(a, b, alpha) = b - alpha a
void reversed_difference(Call& c) {
  const trace::NumberFormat f = format_of(c.out().scalar_type());
  Attributes a;
  if (c.number(2, 1) != 1) a["alpha"] = c.number(2, 1);
  const TensorId b =
      c.is_number(1)
          ? c.emit_inner(OpKind::fill, "constant", {},
                         {{"shape", std::vector<std::int64_t>{}}, {"value", c.number(1)}}, f, {})
          : c.broadcast_in(1);
  c.emit(OpKind::sub, {b, c.broadcast_in(0)}, a, {c.out()});
}

std::function<void(Call&)> unary(OpKind kind) {
  return [kind](Call& c) { c.emit(kind, {c.in(0)}, {}, {c.out()}); };
}

Attributes approximate(const Call& c, std::size_t i) {
  if (c.text(i, "none") == "none") return {};
  return {{"approximate", c.text(i, "none")}};
}

void clamp(Call& c, std::size_t low, std::size_t high) {
  Attributes a;
  if (low != 0 && !c.absent(low)) a["low"] = c.number(low);
  if (high != 0 && !c.absent(high)) a["high"] = c.number(high);
  c.emit(OpKind::clamp, {c.in(0)}, a, {c.out()});
}

// aten::f_backward(grad_output, x): x is the input or the result, as the row says.
std::function<void(Call&)> gradient(OpKind kind) {
  return [kind](Call& c) { c.emit(kind, {c.in(0), c.in(1)}, {}, {c.out()}); };
}
std::function<void(Call&)> other_gradient(const char* of) {
  return [of](Call& c) {
    c.emit(OpKind::pointwise_grad, {c.in(0), c.in(1)}, {{"of", std::string(of)}}, {c.out()});
  };
}

// aten::addcmul(a, x, y, value) = a + value (x op y)
std::function<void(Call&)> add_of(OpKind kind) {
  return [kind](Call& c) {
    const TensorId p = c.emit_inner(kind, trace::name(kind), {c.broadcast_in(1), c.broadcast_in(2)},
                                    {}, format_of(c.out().scalar_type()), shape_of(c.out()));
    Attributes a;
    if (c.number(3, 1) != 1) a["alpha"] = c.number(3, 1);
    c.emit(OpKind::add, {c.in(0), p}, a, {c.out()});
  };
}

// aten::where(condition, a, b)
void choose(Call& c) {
  c.emit(OpKind::where, {c.broadcast_in(0), c.broadcast_in(1), c.broadcast_in(2)}, {}, {c.out()});
}

// aten::masked_fill(x, mask, value)
void masked_fill(Call& c) {
  const TensorId value =
      c.emit_inner(OpKind::fill, "constant", {},
                   {{"shape", std::vector<std::int64_t>{}}, {"value", c.number(2)}},
                   format_of(c.out().scalar_type()), {});
  c.emit(OpKind::where, {c.broadcast_in(1), value, c.broadcast_in(0)}, {}, {c.out()});
}

// aten::dropout(x, p, train): the mask is what the nested operators have drawn and scaled.
void dropout(Call& c) {
  const auto mask = c.nested("aten::div_");
  std::vector<at::Tensor> outputs{c.out()};
  if (mask && !mask->is_same(c.out())) outputs.push_back(*mask);
  c.emit(OpKind::dropout, {c.in(0)}, {{"p", c.number(1)}}, outputs);
}

}  // namespace

void add_pointwise_rules(Rules& r) {
  const auto all_tensors = [](const std::vector<c10::IValue>& in) {
    for (const c10::IValue& v : in) {
      if (!v.isTensor()) return false;
    }
    return true;
  };
  // Operators on numbers alone belong to the program, not to the accelerator.
  const auto with_tensor = [](const std::vector<c10::IValue>& in) {
    return in.size() >= 2 && (in[0].isTensor() || in[1].isTensor());
  };
  r["aten::add"] = {binary(OpKind::add, 2), with_tensor};
  r["aten::sub"] = {binary(OpKind::sub, 2), with_tensor};
  r["aten::rsub"] = {reversed_difference, with_tensor};
  r["aten::mul"] = {binary(OpKind::mul), with_tensor};
  r["aten::div"] = {binary(OpKind::div), [=](const std::vector<c10::IValue>& in) {
                      return with_tensor(in) && (in.size() < 3 || is_absent(in[2]));
                    }};
  r["aten::pow"] = {binary(OpKind::power), with_tensor};
  r["aten::maximum"] = {binary(OpKind::maximum), with_tensor};
  r["aten::minimum"] = {binary(OpKind::minimum), with_tensor};
  r["aten::eq"] = {binary(OpKind::equal), with_tensor};
  r["aten::lt"] = {binary(OpKind::less), with_tensor};
  r["aten::gt"] = {binary(OpKind::greater), with_tensor};
  r["aten::where"] = {choose, [=](const std::vector<c10::IValue>& in) {
                        return in.size() == 3 && all_tensors(in);
                      }};
  r["aten::masked_fill"] = {masked_fill, {}};

  for (const auto& [name, kind] :
       std::initializer_list<std::pair<const char*, OpKind>>{{"relu", OpKind::relu},
                                                             {"relu6", OpKind::relu6},
                                                             {"sigmoid", OpKind::sigmoid},
                                                             {"tanh", OpKind::tanh},
                                                             {"silu", OpKind::silu},
                                                             {"hardswish", OpKind::hardswish},
                                                             {"exp", OpKind::exp},
                                                             {"log", OpKind::log},
                                                             {"sqrt", OpKind::sqrt},
                                                             {"rsqrt", OpKind::rsqrt},
                                                             {"reciprocal", OpKind::reciprocal},
                                                             {"erf", OpKind::erf},
                                                             {"abs", OpKind::abs},
                                                             {"neg", OpKind::neg},
                                                             {"sign", OpKind::sign}}) {
    r[std::string("aten::") + name] = {unary(kind), {}};
  }
  r["aten::round"] = {unary(OpKind::round),
                      [](const std::vector<c10::IValue>& in) { return in.size() == 1; }};
  r["aten::gelu"] = {[](Call& c) { c.emit(OpKind::gelu, {c.in(0)}, approximate(c, 1), {c.out()}); },
                     {}};
  r["aten::leaky_relu"] = {
      [](Call& c) {
        c.emit(OpKind::leaky_relu, {c.in(0)}, {{"slope", c.number(1, 0.01)}}, {c.out()});
      },
      {}};
  const auto with_numbers = [](const std::vector<c10::IValue>& in) {
    for (std::size_t i = 1; i < in.size(); ++i) {
      if (in[i].isTensor()) return false;
    }
    return true;
  };
  r["aten::clamp"] = r["aten::hardtanh"] = {[](Call& c) { clamp(c, 1, 2); }, with_numbers};
  r["aten::clamp_min"] = {[](Call& c) { clamp(c, 1, 0); }, with_numbers};
  r["aten::clamp_max"] = {[](Call& c) { clamp(c, 0, 1); }, with_numbers};

  r["aten::threshold_backward"] = {gradient(OpKind::relu_grad), {}};
  r["aten::sigmoid_backward"] = {gradient(OpKind::sigmoid_grad), {}};
  r["aten::tanh_backward"] = {gradient(OpKind::tanh_grad), {}};
  r["aten::gelu_backward"] = {
      [](Call& c) {
        c.emit(OpKind::gelu_grad, {c.in(0), c.in(1)}, approximate(c, 2), {c.out()});
      },
      {}};
  r["aten::silu_backward"] = {other_gradient("silu"), {}};
  r["aten::hardswish_backward"] = {other_gradient("hardswish"), {}};
  r["aten::hardtanh_backward"] = {other_gradient("clamp"), {}};
  r["aten::leaky_relu_backward"] = {other_gradient("leaky_relu"), {}};

  r["aten::addcmul"] = {add_of(OpKind::mul), {}};
  r["aten::addcdiv"] = {add_of(OpKind::div), {}};
  r["aten::dropout"] = {
      dropout, [](const std::vector<c10::IValue>& in) { return in.size() == 3 && in[2].toBool(); }};
}

}  // namespace mantissa::workloads
