// SPDX-License-Identifier: Apache-2.0
// RandBET: training a network against bit errors of its stored weights (arXiv 2006.13977).
//
//   each step: w <- clip(w, +-wmax);  v <- Q(w) per tensor;  wq <- Q^-1(v)
//     g <- grad CE(f(x; wq), y)                                    the clean pass
//     if armed: v~ <- flip(v, p), fresh;  g~ <- grad CE(f(x; Q^-1(v~)), y)
//     w <- optimiser(w, g + g~)                                    errors are never stored in w
//
// Armed from the first step on whose clean loss is below `arm_below`. Gradients go straight through
// the quantiser.
#pragma once

#include "workloads/executor/training/trainer.h"
#include "workloads/precision/randbet/scheme.h"

namespace mantissa::workloads {

class RobustTraining {
 public:
  // `steps`: of the whole training, for the curriculum.
  RobustTraining(Model& network, const ModelConfig& model, double arm_below, std::uint64_t seed,
                 std::int64_t steps);

  Step step();
  // Whether it is armed, for Trainer::Options::memory: a training that goes on must know.
  std::map<std::string, double>* memory() { return &memory_; }
  // The rate at a step of the training.
  double rate_at(std::int64_t step) const;
  // The chip whose map PATTERN trains on.
  std::uint64_t pattern_key() const;

 private:
  double pass(const Batch& batch, bool errors, std::int64_t step);

  Model& network_;
  ModelConfig model_;
  double arm_below_;
  std::uint64_t seed_;
  std::int64_t steps_;
  std::map<std::string, double> memory_;
  std::vector<at::Tensor> parameters_;
};

// The parameters as they are trained, projected to [-clip, clip].
void clip(Model& network, double limit);
std::vector<at::Tensor> parameters_of(Model& network);

}  // namespace mantissa::workloads
