// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/training/trainer.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "workloads/executor/threads.h"

namespace mantissa::workloads {

Batch batch_of(const data::Dataset& dataset, const std::vector<std::int64_t>& samples) {
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(samples.size())};
  shape.insert(shape.end(), dataset.shape.begin(), dataset.shape.end());
  Batch b{torch::empty(shape), torch::empty({shape[0]}, at::kLong)};
  auto* x = b.x.data_ptr<float>();
  auto* y = b.y.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    dataset.copy(samples[i], x + static_cast<std::int64_t>(i) * dataset.sample_size());
    y[i] = dataset.labels[static_cast<std::size_t>(samples[i])];
  }
  return b;
}

Step cross_entropy_step(Model& network) {
  return [&network](const Batch& batch, std::int64_t) {
    const at::Tensor loss = torch::nn::functional::cross_entropy(network.forward(batch.x), batch.y);
    loss.backward();
    return loss.item<double>();
  };
}

Trainer::Trainer(Model& network, const data::Dataset& dataset, const TrainingConfig& config,
                 Options options)
    : network_(network), dataset_(dataset), config_(config), options_(std::move(options)) {}

double Trainer::run(StudyContext& context, const Step& step, const std::function<void()>& after) {
  compute_on_one_thread();
  const auto optimizer = make_optimizer(config_, network_.parameters());
  data::Batches batches(dataset_.train, static_cast<std::uint64_t>(config_.seed));
  Checkpoint state;
  double sum = 0, last = 0;
  std::int64_t steps = 0;
  if (!options_.checkpoint.empty() &&
      load(options_.checkpoint, options_.identity, network_, *optimizer, state)) {
    batches.seek(state.position);
    sum = state.figures["sum"];
    last = state.figures["last"];
    steps = static_cast<std::int64_t>(state.figures["steps"]);
    for (const char* own : {"sum", "last", "steps"}) state.figures.erase(own);
    if (options_.memory != nullptr) *options_.memory = state.figures;
  } else {
    torch::manual_seed(static_cast<std::uint64_t>(config_.seed));
  }
  const auto keep = [&] {
    if (options_.checkpoint.empty()) return;
    state.position = batches.position();
    state.figures = {{"sum", sum}, {"last", last}, {"steps", static_cast<double>(steps)}};
    if (options_.memory != nullptr)
      state.figures.insert(options_.memory->begin(), options_.memory->end());
    save(options_.checkpoint, options_.identity, network_, *optimizer, state);
  };
  auto saved = std::chrono::steady_clock::now();
  network_.train();
  while (batches.position().epoch < config_.epochs) {
    const std::int64_t epoch = batches.position().epoch;
    const double done =
        (static_cast<double>(epoch) + static_cast<double>(batches.position().sample) /
                                          static_cast<double>(dataset_.train.size())) /
        static_cast<double>(config_.epochs);
    if (context.interrupted()) {
      keep();
      throw Error(experiment_interrupted)
          .say(fmt::format("{} was stopped after {:.0f} %", options_.label, 100 * done))
          .remedy(options_.checkpoint.empty() ? "with -o DIR it would go on where it stopped"
                                              : "run it again with the same -o to go on");
    }
    context.progress(
        options_.from + (options_.to - options_.from) * done,
        fmt::format("{}: epoch {} of {}, loss {:.3f}", options_.label, epoch + 1, config_.epochs,
                    steps > 0 ? sum / static_cast<double>(steps) : last));
    set_rate(*optimizer, config_.rate * config_.factor(done));
    optimizer->zero_grad();
    const double loss = step(batch_of(dataset_, batches.next(config_.batch_of(epoch))), state.step);
    if (!std::isfinite(loss)) {
      throw Error(diverged)
          .at(options_.label)
          .say(fmt::format("the loss is {} in step {} of epoch {}",
                           std::isnan(loss) ? "not a number" : "infinite", state.step, epoch + 1))
          .remedy(options_.checkpoint.empty() || !std::filesystem::exists(options_.checkpoint)
                      ? "lower the learning rate"
                      : "lower the learning rate; the last checkpoint is kept in " +
                            options_.checkpoint.string());
    }
    optimizer->step();
    if (after) after();
    ++state.step;
    sum += loss;
    ++steps;
    if (batches.position().epoch != epoch) {  // an epoch is over
      last = sum / static_cast<double>(steps);
      sum = 0;
      steps = 0;
    }
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - saved).count() > options_.seconds_between) {
      keep();
      saved = now;
    }
  }
  keep();
  return last;
}

double error_rate(Model& network, const data::Dataset& dataset,
                  const std::vector<std::int64_t>& samples) {
  compute_on_one_thread();
  const torch::NoGradGuard no_gradient;
  const bool training = network.is_training();
  network.eval();
  std::int64_t wrong = 0;
  constexpr std::size_t at_once = 512;
  for (std::size_t i = 0; i < samples.size(); i += at_once) {
    const std::vector<std::int64_t> part(
        samples.begin() + static_cast<std::ptrdiff_t>(i),
        samples.begin() + static_cast<std::ptrdiff_t>(std::min(i + at_once, samples.size())));
    const Batch b = batch_of(dataset, part);
    wrong += network.forward(b.x).argmax(1).ne(b.y).sum().item<std::int64_t>();
  }
  network.train(training);
  return static_cast<double>(wrong) / static_cast<double>(samples.size());
}

}  // namespace mantissa::workloads
