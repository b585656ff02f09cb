// SPDX-License-Identifier: Apache-2.0
// Small networks for the 8x8 digits.
//
//   cnn   conv 3x3 (1 -> 16), conv 3x3 (16 -> 32), pool, conv 3x3 (32 -> 64), pool, linear (256 ->
//   10),
//         each convolution followed by its norm and a ReLU
//   mlp   64 -> 64 -> 32 -> 10 with ReLU between
#pragma once

#include "workloads/executor/networks/network.h"

namespace mantissa::workloads {

enum class Norm { none, group };

// groups = min(32, C/2), else 24, 16 or 8, the first that divides C (arXiv 2006.13977).
std::int64_t groups_of(std::int64_t channels);

// Group normalisation with scale 1 + a, a starting at 0, so that clipping the parameters to a small
// range leaves the scale around 1 (arXiv 2006.13977).
class OffsetGroupNormImpl : public torch::nn::Module {
 public:
  explicit OffsetGroupNormImpl(std::int64_t channels);
  at::Tensor forward(const at::Tensor& x);

 private:
  std::int64_t groups_;
  at::Tensor weight_, bias_;
};
TORCH_MODULE(OffsetGroupNorm);

class DigitsCnn final : public Network {
 public:
  explicit DigitsCnn(Norm norm);
  at::Tensor forward(const at::Tensor& x) override;

  // In the order of the forward pass.
  std::vector<torch::nn::Conv2d> convolutions;
  torch::nn::Linear classifier{nullptr};
  static constexpr bool pools_after[] = {false, true, true};

 private:
  std::vector<OffsetGroupNorm> norms_;
};

class DigitsMlp final : public Network {
 public:
  DigitsMlp();
  at::Tensor forward(const at::Tensor& x) override;

 private:
  torch::nn::Sequential layers_;
};

}  // namespace mantissa::workloads
