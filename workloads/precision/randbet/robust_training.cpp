// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/randbet/robust_training.h"

#include <algorithm>

#include "base/faults/draw.h"
#include "workloads/precision/randbet/stored_weights.h"

namespace mantissa::workloads {

std::vector<at::Tensor> parameters_of(Model& network) {
  std::vector<at::Tensor> out;
  for (const at::Tensor& p : network.parameters()) out.push_back(p.detach());
  return out;
}

void clip(Model& network, double limit) {
  if (limit >= 1) return;
  for (at::Tensor& p : parameters_of(network)) p.clamp_(-limit, limit);
}

RobustTraining::RobustTraining(Model& network, const ModelConfig& model, double arm_below,
                               std::uint64_t seed, std::int64_t steps)
    : network_(network),
      model_(model),
      arm_below_(arm_below),
      seed_(seed),
      steps_(steps),
      parameters_(parameters_of(network)) {}

double RobustTraining::rate_at(std::int64_t step) const {
  if (model_.variant != RobustVariant::curricular) return model_.train_error;
  constexpr std::int64_t stages = 20;
  const std::int64_t stage =
      std::min(stages, 1 + 2 * stages * step / std::max<std::int64_t>(steps_, 1));
  return model_.train_error * static_cast<double>(stage) / stages;
}

std::uint64_t RobustTraining::pattern_key() const { return faults::derived(seed_, 1); }

// The gradient at the weights as memory gives them back, added to what the parameters hold.
double RobustTraining::pass(const Batch& batch, bool errors, std::int64_t step) {
  std::vector<at::Tensor> kept;
  for (const at::Tensor& p : parameters_) kept.push_back(p.clone());
  StoredWeights stored(model_, parameters_);
  if (errors) {
    const std::uint64_t fresh =
        faults::derived(faults::derived(seed_, 2), static_cast<std::uint64_t>(step));
    const bool fixed = model_.variant == RobustVariant::pattern;
    stored.flip(rate_at(step), fixed ? pattern_key() : fresh);
  }
  stored.load(parameters_);
  const at::Tensor loss = torch::nn::functional::cross_entropy(network_.forward(batch.x), batch.y);
  loss.backward();
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].copy_(kept[i]);
  return loss.item<double>();
}

Step RobustTraining::step() {
  return [this](const Batch& batch, std::int64_t step) {
    clip(network_, model_.clip);
    const bool alternates = model_.variant == RobustVariant::alternating;
    double& armed = memory_["armed"];
    const bool errors = model_.train_error > 0 && armed != 0 && (!alternates || step % 2 == 1);
    double clean = 0;
    if (!errors || !alternates) clean = pass(batch, false, step);
    if (errors) {
      const double loss = pass(batch, true, step);
      if (alternates) clean = loss;
    }
    if (clean < arm_below_) armed = 1;
    return clean;
  };
}

}  // namespace mantissa::workloads
