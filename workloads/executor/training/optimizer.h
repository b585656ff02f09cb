// SPDX-License-Identifier: Apache-2.0
// Optimisers and learning-rate schedules of a training, as its parameters say.
//
//   training: {optimizer: sgd, rate: 0.05, momentum: 0.9, nesterov: true, schedule: steps}
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

enum class OptimizerKind { sgd, adam };
enum class Schedule {
  constant,
  steps,   // x 0.1 at 2/5, 3/5 and 4/5 of the training
  cosine,  // half a cosine from the rate to 0
};

struct TrainingConfig {
  std::int64_t epochs = 20, batch = 64;
  OptimizerKind optimizer = OptimizerKind::sgd;
  double rate = 0.05, momentum = 0.9, weight_decay = 5e-4;
  bool nesterov = true;
  Schedule schedule = Schedule::steps;
  std::int64_t seed = 1;
  // Batch sizes that follow one another, epoch by epoch; the last one stays. Empty: `batch`.
  std::vector<std::int64_t> batches;
  static const config::Schema<TrainingConfig>& schema();

  std::int64_t batch_of(std::int64_t epoch) const;
  // The factor of the rate when a share 0 <= done < 1 of the training is over.
  double factor(double done) const;
};

std::unique_ptr<torch::optim::Optimizer> make_optimizer(const TrainingConfig& config,
                                                        std::vector<at::Tensor> parameters);
void set_rate(torch::optim::Optimizer& optimizer, double rate);

}  // namespace mantissa::workloads

namespace mantissa::config {
template <>
struct EnumNames<workloads::OptimizerKind> {
  static const std::vector<std::pair<workloads::OptimizerKind, const char*>>& names();
};
template <>
struct EnumNames<workloads::Schedule> {
  static const std::vector<std::pair<workloads::Schedule, const char*>>& names();
};
}  // namespace mantissa::config
