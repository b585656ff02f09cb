// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/training/optimizer.h"

#include <cmath>

namespace mantissa::workloads {

const config::Schema<TrainingConfig>& TrainingConfig::schema() {
  using config::at_least;
  static const auto s =
      config::Schema<TrainingConfig>("How a network is trained.")
          .optional("epochs", &TrainingConfig::epochs, at_least(1), "Passes over the samples.")
          .optional("batch", &TrainingConfig::batch, at_least(1), "Samples of a step.")
          .optional("batches", &TrainingConfig::batches,
                    "Batch size of each epoch, the last one for all that follow; empty: batch.")
          .optional("optimizer", &TrainingConfig::optimizer, "sgd or adam.")
          .optional("rate", &TrainingConfig::rate, at_least(0), "Learning rate at the start.")
          .optional("momentum", &TrainingConfig::momentum, config::range(0, 1),
                    "Of sgd: the share of the old direction.")
          .optional("nesterov", &TrainingConfig::nesterov, "Of sgd: look ahead.")
          .optional("weight_decay", &TrainingConfig::weight_decay, at_least(0), "L2 penalty.")
          .optional("schedule", &TrainingConfig::schedule,
                    "Of the rate: constant, steps (x 0.1 at 2/5, 3/5, 4/5) or cosine.")
          .optional("seed", &TrainingConfig::seed, at_least(0),
                    "Of weights, order of samples and random layers.")
          .constraint("nesterov",
                      [](const TrainingConfig& c) {
                        return c.optimizer == OptimizerKind::sgd && c.nesterov && c.momentum == 0
                                   ? "nesterov needs a momentum above 0"
                                   : "";
                      })
          .constraint("batches", [](const TrainingConfig& c) {
            for (std::int64_t b : c.batches) {
              if (b < 1) return "batch sizes are at least 1";
            }
            return "";
          });
  return s;
}

std::int64_t TrainingConfig::batch_of(std::int64_t epoch) const {
  if (batches.empty()) return batch;
  const auto last = static_cast<std::int64_t>(batches.size()) - 1;
  return batches[static_cast<std::size_t>(std::min(epoch, last))];
}

double TrainingConfig::factor(double done) const {
  switch (schedule) {
    case Schedule::constant:
      return 1;
    case Schedule::cosine:
      return (1 + std::cos(M_PI * done)) / 2;
    case Schedule::steps:
      return done < 0.4 ? 1 : done < 0.6 ? 0.1 : done < 0.8 ? 0.01 : 0.001;
  }
  internal_error(__FILE__, __LINE__, "no such schedule");
}

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const TrainingConfig& c,
                                                        std::vector<at::Tensor> parameters) {
  if (c.optimizer == OptimizerKind::adam) {
    return std::make_unique<torch::optim::Adam>(
        std::move(parameters), torch::optim::AdamOptions(c.rate).weight_decay(c.weight_decay));
  }
  return std::make_unique<torch::optim::SGD>(std::move(parameters),
                                             torch::optim::SGDOptions(c.rate)
                                                 .momentum(c.momentum)
                                                 .nesterov(c.nesterov)
                                                 .weight_decay(c.weight_decay));
}

void set_rate(torch::optim::Optimizer& optimizer, double rate) {
  for (auto& group : optimizer.param_groups()) group.options().set_lr(rate);
}

}  // namespace mantissa::workloads

namespace mantissa::config {

const std::vector<std::pair<workloads::OptimizerKind, const char*>>&
EnumNames<workloads::OptimizerKind>::names() {
  static const std::vector<std::pair<workloads::OptimizerKind, const char*>> all = {
      {workloads::OptimizerKind::sgd, "sgd"}, {workloads::OptimizerKind::adam, "adam"}};
  return all;
}

const std::vector<std::pair<workloads::Schedule, const char*>>&
EnumNames<workloads::Schedule>::names() {
  static const std::vector<std::pair<workloads::Schedule, const char*>> all = {
      {workloads::Schedule::constant, "constant"},
      {workloads::Schedule::steps, "steps"},
      {workloads::Schedule::cosine, "cosine"}};
  return all;
}

}  // namespace mantissa::config
