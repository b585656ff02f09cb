// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/int8/integer_network.h"

#include <cmath>

#include "workloads/executor/operators.h"

namespace mantissa::workloads {

using trace::OpKind;

namespace {

constexpr double most = 127;
constexpr double input_scale = 1 / most;

at::Tensor rounded(const at::Tensor& x, double low, double high, at::ScalarType type) {
  return x.round().clamp(low, high).to(type);
}

// Per output channel: codes, and the scales that they stand in.
std::pair<at::Tensor, at::Tensor> quantized(const at::Tensor& weight) {
  const at::Tensor flat = weight.detach().flatten(1).to(at::kDouble);
  const at::Tensor scale = std::get<0>(flat.abs().max(1)).clamp_min(1e-12) / most;
  const at::Tensor codes = rounded(flat / scale.unsqueeze(1), -most, most, at::kChar);
  return {codes.reshape(weight.sizes()), scale};
}

// m / 2^s of each channel's ratio, the largest m in [2^29, 2^30).
void set_multiplier(IntegerNetwork::Layer& layer, const at::Tensor& ratio) {
  int exponent = 0;
  std::frexp(ratio.max().item<double>(), &exponent);
  layer.shift = 30 - exponent;
  layer.multiplier = rounded(ratio * std::ldexp(1.0, static_cast<int>(layer.shift)), 1,
                             std::ldexp(1.0, 31) - 1, at::kInt);
}

}  // namespace

IntegerNetwork::IntegerNetwork(Model& network, const at::Tensor& samples) {
  const torch::NoGradGuard no_gradient;
  at::Tensor x = samples;
  double scale = input_scale;
  const auto is = [](const std::string& name, const char* kind) {
    return name.rfind(kind, 0) == 0;
  };
  for (const auto& child : network.named_children()) {
    const std::string& name = child.key();
    const auto step = std::dynamic_pointer_cast<Model>(child.value());
    MANTISSA_CHECK(step != nullptr, "a chain of models");
    const auto parameters = child.value()->named_parameters();
    if (is(name, "conv")) {
      Layer layer;
      layer.name = name;
      const auto [codes, steps] = quantized(parameters["weight"]);
      layer.weight = codes;
      layer.bias = rounded(parameters["bias"].detach().to(at::kDouble) / (steps * scale), -0x1p31,
                           0x1p31 - 1, at::kInt);
      x = torch::relu(step->forward(x));
      layer.scale = x.max().item<double>() / most;
      set_multiplier(layer, steps * (scale / layer.scale));
      scale = layer.scale;
      layers_.push_back(layer);
    } else if (is(name, "pool")) {
      layers_.back().pool = true;
      x = step->forward(x);
    } else if (is(name, "logits")) {
      // One scale for all classes, so that the largest sum is the largest logit. Stored as the
      // array reads it: [inputs, outputs].
      Layer last;
      last.name = name;
      const at::Tensor w = parameters["weight"].detach().to(at::kDouble);
      const double unit = w.abs().max().item<double>() / most;
      last.weight = rounded(w / unit, -most, most, at::kChar).t().contiguous();
      last.bias = rounded(parameters["bias"].detach().to(at::kDouble) / (unit * scale), -0x1p31,
                          0x1p31 - 1, at::kInt);
      last.scale = unit * scale;
      layers_.push_back(last);
    } else if (!is(name, "relu") && !is(name, "flatten")) {
      throw Error(not_integer).read(name).expected("conv, relu, pool, flatten or logits");
    }
  }
}

void IntegerNetwork::name_parameters(Recorder& recorder) const {
  for (const Layer& layer : layers_) {
    recorder.parameter(layer.name + ".weight", layer.weight);
    recorder.parameter(layer.name + ".bias", layer.bias);
    if (layer.multiplier.defined())
      recorder.parameter(layer.name + ".multiplier", layer.multiplier);
  }
}

at::Tensor IntegerNetwork::codes(const at::Tensor& x) const {
  return rounded(x / input_scale, 0, most, at::kChar);
}

at::Tensor IntegerNetwork::forward(const at::Tensor& codes) const {
  at::Tensor x = codes;
  for (const Layer& layer : layers_) {
    if (!layer.multiplier.defined()) {
      return evaluate(OpKind::matmul, {x.flatten(1), layer.weight, layer.bias});
    }
    x = evaluate(OpKind::conv2d, {x, layer.weight, layer.bias}, {{"padding", trace::ints({1})}});
    x = evaluate(OpKind::requantize, {x, layer.multiplier},
                 {{"shift", trace::ints({layer.shift})}, {"low", std::int64_t{0}}},
                 trace::NumberFormat::int8);
    if (layer.pool) x = evaluate(OpKind::max_pool2d, {x}, {{"kernel_size", trace::ints({2})}});
  }
  internal_error(__FILE__, __LINE__, "a network without a classifier");
}

}  // namespace mantissa::workloads
