// SPDX-License-Identifier: Apache-2.0
// What recording costs beside a training step, and what flipping bits costs beside one. Both are
// measured in turns with the plain step, so that a busy machine slows both.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "tests/bench/bounds.h"
#include "workloads/executor/networks/network.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/precision/randbet/robust_training.h"
#include "workloads/precision/randbet/stored_weights.h"

namespace mantissa::bench {
namespace {

using namespace workloads;

// A step of SGD on random images.
class TrainingStep {
 public:
  TrainingStep(const std::string& network, std::int64_t batch, std::int64_t size,
               std::int64_t classes)
      : x_(torch::randn({batch, 3, size, size})), y_(torch::randint(classes, {batch})) {
    at::set_num_threads(1);
    network_ = make_network(network, {});
    network_->train();
    sgd_ = std::make_unique<torch::optim::SGD>(network_->parameters(),
                                               torch::optim::SGDOptions(1e-3).momentum(0.9));
  }

  void operator()() {
    sgd_->zero_grad();
    torch::nn::functional::cross_entropy(network_->forward(x_), y_).backward();
    sgd_->step();
  }
  Model& network() { return *network_; }

 private:
  at::Tensor x_, y_;
  std::shared_ptr<Model> network_;
  std::unique_ptr<torch::optim::SGD> sgd_;
};

template <class F>
double taken(F f) {
  const double before = cpu_seconds();
  f();
  return cpu_seconds() - before;
}

// The least of several, each kind in turn: what disturbs a step only ever adds to it.
template <class Plain, class With>
std::pair<double, double> least(int turns, Plain plain, With with) {
  double a = 1e9, b = 1e9;
  for (int i = 0; i < turns; ++i) {
    a = std::min(a, taken(plain));
    b = std::min(b, taken(with));
  }
  return {a, b};
}

void recording_a_step_of_resnet18(benchmark::State& state) {
  TrainingStep step("resnet18", 8, 224, 1000);
  step();  // libtorch chooses its kernels
  std::size_t nodes = 0;
  std::pair<double, double> seconds;
  for (auto _ : state) {
    seconds = least(
        4, [&] { step(); },
        [&] {
          Recorder recorder({"step"});
          recorder.parameters(step.network());
          {
            const auto on = recorder.record();
            step();
          }
          nodes = recorder.finish().ops.size();
        });
  }
  state.counters["step_ms"] = 1e3 * seconds.first;
  state.counters["nodes"] = static_cast<double>(nodes);
  report({"recording a training step of ResNet-18, batch 8", "of it",
          seconds.second / seconds.first - 1, 0.10, Sense::at_most, Kind::time});
}
BENCHMARK(recording_a_step_of_resnet18)->Iterations(1)->Unit(benchmark::kMillisecond);

// Encoding, flipping at 1 % and decoding 5.5 million weights, beside the step that they belong to.
void flipping_bits_of_simplenet(benchmark::State& state) {
  TrainingStep step("simplenet", 32, 32, 10);
  step();
  ModelConfig model;
  model.label = "RandBET";
  const std::vector<at::Tensor> parameters = parameters_of(step.network());
  std::uint64_t key = 0;
  std::pair<double, double> seconds;
  for (auto _ : state) {
    seconds = least(
        3, [&] { step(); },
        [&] {
          StoredWeights stored(model, parameters);
          stored.flip(0.01, ++key);
          stored.load(parameters);
        });
  }
  state.counters["step_ms"] = 1e3 * seconds.first;
  state.counters["flips_ms"] = 1e3 * seconds.second;
  report({"bit errors of a SimpleNet step, batch 32", "of it", seconds.second / seconds.first, 0.15,
          Sense::at_most, Kind::time});
}
BENCHMARK(flipping_bits_of_simplenet)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace mantissa::bench
