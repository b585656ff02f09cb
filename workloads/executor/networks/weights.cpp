// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/weights.h"

#include <cmath>

#include "base/numerics/random_fill.h"

namespace mantissa::workloads {

namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

void draw_weights(torch::nn::Module& module, std::uint64_t seed) {
  const torch::NoGradGuard no_gradients;
  for (const auto& p : module.named_parameters()) {
    const std::string& name = p.key();
    at::Tensor t = p.value();
    if (t.dim() < 2) {
      t.fill_(ends_with(name, "weight") ? 1 : 0);
      continue;
    }
    const double products = static_cast<double>(t.numel()) / static_cast<double>(t.size(0));
    const bool table = name.find("table") != std::string::npos;
    const double spread = table ? 0.02 * std::sqrt(3.0) : std::sqrt(6 / products);
    const numerics::RandomStream random(seed, name);
    auto* x = t.data_ptr<float>();
    for (std::int64_t i = 0; i < t.numel(); ++i) {
      x[i] = static_cast<float>(spread) * random.real(static_cast<std::uint64_t>(i));
    }
  }
}

}  // namespace mantissa::workloads
