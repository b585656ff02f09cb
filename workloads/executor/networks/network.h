// SPDX-License-Identifier: Apache-2.0
// Networks as libtorch modules with one forward pass, by name.
#pragma once

#include <memory>
#include <string>

#include "workloads/executor/torch.h"

namespace mantissa::workloads {

class Network : public torch::nn::Module {
 public:
  virtual at::Tensor forward(const at::Tensor& x) = 0;
};

}  // namespace mantissa::workloads
