// SPDX-License-Identifier: Apache-2.0
// Trains a network on a data set, step by step, so that it can be stopped at any moment and goes on
// to the same bits.
//
//   Trainer trainer(*net, digits, config, {"digits_cnn", "work/digits.ckpt"});
//   trainer.run(context, cross_entropy_step(*net));   // progress, checkpoints, Ctrl-C
//   const double error = error_rate(*net, digits, digits.test);
//
// A step may be anything (`step`): by default cross entropy of the forward pass, its gradient, the
// optimiser. libtorch runs in one thread, since its kernels add in another order with more.
// Errors: training.diverged, with the step; those of checkpoint.h; study.interrupted.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "workloads/data/dataset.h"
#include "workloads/executor/networks/network.h"
#include "workloads/executor/training/checkpoint.h"
#include "workloads/executor/training/optimizer.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {

inline const ErrorKind diverged{
    "training.diverged", ExitCode::check_failed,
    "A training whose loss became infinite or no number; the checkpoint before is kept."};

// Samples as one tensor [N, shape...] in [0, 1], and their labels [N].
struct Batch {
  at::Tensor x, y;
};
Batch batch_of(const data::Dataset& dataset, const std::vector<std::int64_t>& samples);

// One step on a batch: leaves gradients in the parameters and returns the loss.
using Step = std::function<double(const Batch&, std::int64_t step)>;
Step cross_entropy_step(Model& network);

class Trainer {
 public:
  struct Options {
    std::string identity;              // what is trained, for the checkpoint
    std::filesystem::path checkpoint;  // empty: none
    double seconds_between = 20;       // checkpoints
    std::string label = "training";    // of the progress line
    double from = 0, to = 1;           // its share of the experiment's progress
    // What a step remembers from one to the next, kept with the checkpoint; may be nullptr.
    std::map<std::string, double>* memory = nullptr;
  };

  Trainer(Model& network, const data::Dataset& dataset, const TrainingConfig& config,
          Options options);

  // From the checkpoint, if there is one, to the end. `after` follows the optimiser's step.
  // Returns the mean loss of the last epoch.
  double run(StudyContext& context, const Step& step, const std::function<void()>& after = {});

 private:
  Model& network_;
  const data::Dataset& dataset_;
  TrainingConfig config_;
  Options options_;
};

// Fraction of samples whose largest logit is not their label.
double error_rate(Model& network, const data::Dataset& dataset,
                  const std::vector<std::int64_t>& samples);

}  // namespace mantissa::workloads
