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

IntegerNetwork::IntegerNetwork(DigitsCnn& network, const at::Tensor& samples) {
  const torch::NoGradGuard no_gradient;
  at::Tensor x = samples.reshape({samples.size(0), 1, 8, 8});
  double scale = input_scale;
  for (std::size_t i = 0; i < network.convolutions.size(); ++i) {
    torch::nn::Conv2d conv = network.convolutions[i];
    x = torch::relu(conv->forward(x));
    Layer layer;
    const auto [codes, steps] = quantized(conv->weight);
    layer.weight = codes;
    layer.bias =
        rounded(conv->bias.to(at::kDouble) / (steps * scale), -0x1p31, 0x1p31 - 1, at::kInt);
    layer.scale = x.max().item<double>() / most;
    set_multiplier(layer, steps * (scale / layer.scale));
    layer.pool = DigitsCnn::pools_after[i];
    if (layer.pool) x = torch::max_pool2d(x, 2);
    scale = layer.scale;
    layers_.push_back(layer);
  }
  Layer last;
  // One scale for all classes, so that the largest sum is the largest logit. Stored as the array
  // reads it: [inputs, outputs].
  const at::Tensor w = network.classifier->weight.detach().to(at::kDouble);
  const double step = w.abs().max().item<double>() / most;
  last.weight = rounded(w / step, -most, most, at::kChar).t().contiguous();
  last.bias = rounded(network.classifier->bias.to(at::kDouble) / (step * scale), -0x1p31,
                      0x1p31 - 1, at::kInt);
  last.scale = step * scale;
  layers_.push_back(last);
}

at::Tensor IntegerNetwork::codes(const at::Tensor& x) const {
  return rounded(x.reshape({x.size(0), 1, 8, 8}) / input_scale, 0, most, at::kChar);
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
