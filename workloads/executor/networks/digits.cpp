// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/digits.h"

namespace mantissa::workloads {

std::int64_t groups_of(std::int64_t channels) {
  const std::int64_t first = std::min<std::int64_t>(32, channels / 2);
  for (std::int64_t groups : {first, std::int64_t{24}, std::int64_t{16}, std::int64_t{8}}) {
    if (groups >= 1 && channels % groups == 0) return groups;
  }
  return 1;
}

OffsetGroupNormImpl::OffsetGroupNormImpl(std::int64_t channels)
    : groups_(groups_of(channels)),
      weight_(register_parameter("weight", torch::zeros({channels}))),
      bias_(register_parameter("bias", torch::zeros({channels}))) {}

at::Tensor OffsetGroupNormImpl::forward(const at::Tensor& x) {
  return torch::group_norm(x, groups_, weight_ + 1, bias_, 1e-5);
}

DigitsCnn::DigitsCnn(Norm norm) {
  const std::int64_t channels[] = {1, 16, 32, 64};
  for (std::size_t i = 0; i + 1 < std::size(channels); ++i) {
    const std::string number = std::to_string(i + 1);
    convolutions.push_back(register_module(
        "conv" + number,
        torch::nn::Conv2d(torch::nn::Conv2dOptions(channels[i], channels[i + 1], 3).padding(1))));
    if (norm == Norm::group) {
      norms_.push_back(register_module("norm" + number, OffsetGroupNorm(channels[i + 1])));
    }
  }
  classifier = register_module("classifier", torch::nn::Linear(64 * 2 * 2, 10));
}

at::Tensor DigitsCnn::forward(const at::Tensor& input) {
  at::Tensor x = input.reshape({input.size(0), 1, 8, 8});
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    x = convolutions[i]->forward(x);
    if (!norms_.empty()) x = norms_[i]->forward(x);
    x = torch::relu(x);
    if (pools_after[i]) x = torch::max_pool2d(x, 2);
  }
  return classifier->forward(x.flatten(1));
}

DigitsMlp::DigitsMlp()
    : layers_(register_module("layers",
                              torch::nn::Sequential(torch::nn::Linear(64, 64), torch::nn::ReLU(),
                                                    torch::nn::Linear(64, 32), torch::nn::ReLU(),
                                                    torch::nn::Linear(32, 10)))) {}

at::Tensor DigitsMlp::forward(const at::Tensor& x) { return layers_->forward(x.flatten(1)); }

}  // namespace mantissa::workloads
