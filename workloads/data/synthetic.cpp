// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/synthetic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/faults/draw.h"
#include "base/faults/normal.h"
#include "base/numerics/random_fill.h"
#include "workloads/data/normal_stream.h"

namespace mantissa::data {
namespace {

using faults::normal_cdf;
using faults::normal_density;
using numerics::RandomStream;

// Beyond this many standard deviations a density is below 1e-32 and counts for nothing.
constexpr double reach = 12;

// A reflection x - 2 v (v . x) at a random plane: it is orthogonal, its own inverse, and leaves
// distances, and so the Bayes error, as they are.
class Reflection {
 public:
  Reflection(std::int64_t n, std::uint64_t seed) : v_(static_cast<std::size_t>(n)) {
    const NormalStream random(seed, "reflection");
    double square = 0;
    for (std::size_t i = 0; i < v_.size(); ++i) {
      v_[i] = random.at(i);
      square += v_[i] * v_[i];
    }
    for (double& v : v_) v /= std::sqrt(square);
  }
  void apply(std::vector<double>& x) const {
    double along = 0;
    for (std::size_t i = 0; i < v_.size(); ++i) along += v_[i] * x[i];
    for (std::size_t i = 0; i < v_.size(); ++i) x[i] -= 2 * v_[i] * along;
  }

 private:
  std::vector<double> v_;
};

// Unit normals around means that lie on the axes, all of it reflected.
class NormalTask : public SyntheticTask {
 protected:
  NormalTask(std::int64_t features, std::int64_t classes, std::uint64_t seed)
      : SyntheticTask(features, classes),
        normals_(seed, "features"),
        choices_(seed, "labels"),
        reflection_(features, seed) {}

  std::int64_t choice(std::int64_t sample, std::int64_t of) const {
    return choices_.integer(static_cast<std::uint64_t>(sample), 0, of - 1);
  }
  // `axis` has the mean `mean`, all others have zero.
  void draw_normals(std::int64_t sample, std::int64_t axis, double mean, float* x) const {
    std::vector<double> point(static_cast<std::size_t>(features()));
    const auto first = static_cast<std::uint64_t>(sample * features());
    for (std::size_t i = 0; i < point.size(); ++i) point[i] = normals_.at(first + i);
    point[static_cast<std::size_t>(axis)] += mean;
    reflection_.apply(point);
    std::transform(point.begin(), point.end(), x, [](double p) { return static_cast<float>(p); });
  }
  // The point before it was reflected.
  std::vector<double> original(const float* x) const {
    std::vector<double> point(x, x + features());
    reflection_.apply(point);
    return point;
  }

 private:
  NormalStream normals_;
  RandomStream choices_;
  Reflection reflection_;
};

class Gaussians : public NormalTask {
 public:
  Gaussians(std::int64_t features, std::int64_t classes, double separation, std::uint64_t seed)
      : NormalTask(features, classes, seed), height_(separation / std::sqrt(2.0)) {}

  // The integrand is analytic and falls off at both ends: the trapezoidal rule converges faster
  // than any power of the step.
  double bayes_error() const override {
    constexpr double step = 1.0 / 64;
    double sum = 0;
    for (double z = -reach; z <= height_ + reach; z += step) {
      // 1 - Phi^(K-1) = (1 - Phi)(1 + Phi + ... + Phi^(K-2)), without a difference of near ones.
      double power = 1, powers = 0;
      for (std::int64_t k = 1; k < classes(); ++k) {
        powers += power;
        power *= normal_cdf(z);
      }
      sum += normal_density(z - height_) * normal_cdf(-z) * powers;
    }
    return sum * step;
  }
  std::int64_t best_class(const float* x) const override {
    const auto point = original(x);
    return std::max_element(point.begin(), point.begin() + classes()) - point.begin();
  }

 protected:
  std::int64_t draw_sample(std::int64_t sample, float* x) const override {
    const std::int64_t label = choice(sample, classes());
    draw_normals(sample, label, height_, x);
    return label;
  }

 private:
  double height_;  // of every mean on its axis
};

class Stripes : public NormalTask {
 public:
  Stripes(std::int64_t features, std::int64_t classes, double separation, std::uint64_t seed)
      : NormalTask(features, classes, seed), separation_(separation) {}

  // The largest density has kinks, so the trapezoidal rule errs by about step^2 / 12 for each.
  double bayes_error() const override {
    constexpr double step = 1.0 / 4096;
    const double end = -middle(0) + reach;
    double right = 0;
    for (double z = -end; z <= end; z += step) {
      const auto p = densities(z);
      right += *std::max_element(p.begin(), p.end());
    }
    return 1 - right * step;
  }
  std::int64_t best_class(const float* x) const override {
    const auto p = densities(original(x)[0]);
    return std::max_element(p.begin(), p.end()) - p.begin();
  }

 protected:
  std::int64_t draw_sample(std::int64_t sample, float* x) const override {
    const std::int64_t stripe = choice(sample, 2 * classes());
    draw_normals(sample, 0, middle(stripe), x);
    return stripe % classes();
  }

 private:
  double middle(std::int64_t stripe) const {
    return separation_ * (static_cast<double>(stripe) - static_cast<double>(classes()) + 0.5);
  }
  // Of each class, jointly with its probability.
  std::vector<double> densities(double z) const {
    std::vector<double> p(static_cast<std::size_t>(classes()));
    for (std::int64_t s = 0; s < 2 * classes(); ++s) {
      const double distance = z - middle(s);
      if (std::abs(distance) > 37) continue;  // below the smallest normal double
      p[static_cast<std::size_t>(s % classes())] +=
          normal_density(distance) / (2 * static_cast<double>(classes()));
    }
    return p;
  }

  double separation_;
};

class LinearTeacher : public SyntheticTask {
 public:
  LinearTeacher(std::int64_t features, std::int64_t classes, double noise, std::uint64_t seed)
      : SyntheticTask(features, classes),
        noise_(noise),
        normals_(seed, "features"),
        flips_(seed, "flips"),
        others_(seed, "others"),
        weights_(static_cast<std::size_t>(features * classes)) {
    const NormalStream random(seed, "teacher");
    for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] = random.at(i);
  }

  double bayes_error() const override { return noise_; }
  // Sums in the order of the features, in double.
  std::int64_t best_class(const float* x) const override {
    std::int64_t best = 0;
    double most = 0;
    for (std::int64_t k = 0; k < classes(); ++k) {
      const double* w = weights_.data() + k * features();
      double sum = 0;
      for (std::int64_t i = 0; i < features(); ++i) sum += w[i] * static_cast<double>(x[i]);
      if (k == 0 || sum > most) {
        best = k;
        most = sum;
      }
    }
    return best;
  }

 protected:
  std::int64_t draw_sample(std::int64_t sample, float* x) const override {
    const auto index = static_cast<std::uint64_t>(sample);
    for (std::int64_t i = 0; i < features(); ++i)
      x[i] = static_cast<float>(normals_.at(static_cast<std::uint64_t>(sample * features() + i)));
    const std::int64_t right = best_class(x);
    if (!faults::happens(flips_.bits(index), noise_)) return right;
    return (right + others_.integer(index, 1, classes() - 1)) % classes();
  }

 private:
  double noise_;
  NormalStream normals_;
  RandomStream flips_, others_;
  std::vector<double> weights_;
};

}  // namespace

Dataset SyntheticTask::draw(std::int64_t samples) const {
  Dataset out;
  out.shape = {features_};
  std::vector<float> values(static_cast<std::size_t>(samples * features_));
  for (std::int64_t s = 0; s < samples; ++s)
    out.labels.push_back(draw_sample(s, values.data() + s * features_));
  out.features = std::move(values);
  for (std::int64_t c = 0; c < classes_; ++c) out.classes.push_back(std::to_string(c));
  return out;
}

std::unique_ptr<SyntheticTask> make_task(const DataConfig& config) {
  const std::int64_t features = config.features.value_or(usual_features);
  const std::int64_t classes = config.classes.value_or(usual_classes);
  const auto seed = static_cast<std::uint64_t>(config.seed);
  const double separation = config.separation.value_or(usual_separation);
  switch (config.name) {
    case Known::gaussians:
      return std::make_unique<Gaussians>(features, classes, separation, seed);
    case Known::stripes:
      return std::make_unique<Stripes>(features, classes, separation, seed);
    case Known::linear_teacher:
      return std::make_unique<LinearTeacher>(features, classes, config.noise.value_or(usual_noise),
                                             seed);
    default:
      internal_error(__FILE__, __LINE__, "a task of no synthetic set");
  }
}

}  // namespace mantissa::data
