// SPDX-License-Identifier: Apache-2.0
// Synthetic classification tasks whose Bayes error, the error of the best classifier there is, is
// known: what a network reaches can be held against what it could reach.
//
//   gaussians       K classes, each normal with unit covariance around its own mean; every two
//                   means are `separation` d apart. With a = d / sqrt(2),
//                     error = integral of phi(z - a) (1 - Phi(z)^(K-1)) dz,
//                   which is Phi(-d / 2) for K = 2 (orthogonal signalling: J. Proakis, Digital
//                   Communications, 4th ed., 5.2-21).
//   stripes         2 K unit normals along one hidden direction, `separation` apart, whose classes
//                   are 0, 1, ..., K-1, 0, 1, ..., K-1: no linear classifier separates them.
//                     error = 1 - integral of max_k p_k(z) dz,  p_k = joint density of class k.
//   linear_teacher  x standard normal; the class is the largest of K random linear functions of x,
//                   and with probability `noise` p one of the others. error = p.
//
// Classes are equally likely (of the teacher: about). Samples depend on the seed and their index
// alone, so more samples of a task continue fewer. The hidden directions are random and orthogonal.
//
//   const auto task = make_task(config);            // DataConfig with a synthetic name
//   const Dataset data = task->draw(10000);
//   task->bayes_error();
#pragma once

#include <memory>
#include <vector>

#include "workloads/data/config.h"
#include "workloads/data/dataset.h"

namespace mantissa::data {

class SyntheticTask {
 public:
  virtual ~SyntheticTask() = default;

  std::int64_t features() const { return features_; }
  std::int64_t classes() const { return classes_; }

  virtual double bayes_error() const = 0;
  // The class that the best classifier gives to `x`, which holds features() numbers.
  virtual std::int64_t best_class(const float* x) const = 0;

  // The first `samples` samples, not yet split.
  Dataset draw(std::int64_t samples) const;

 protected:
  SyntheticTask(std::int64_t features, std::int64_t classes)
      : features_(features), classes_(classes) {}
  // Writes the features of a sample, and returns its label.
  virtual std::int64_t draw_sample(std::int64_t sample, float* x) const = 0;

 private:
  std::int64_t features_, classes_;
};

std::unique_ptr<SyntheticTask> make_task(const DataConfig& config);

}  // namespace mantissa::data
