// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/randbet/robust_error.h"

#include <cmath>

#include "base/faults/draw.h"
#include "workloads/executor/training/trainer.h"
#include "workloads/precision/randbet/robust_training.h"
#include "workloads/precision/randbet/stored_weights.h"

namespace mantissa::workloads {

namespace {

std::uint64_t chip_key(std::uint64_t seed, std::int64_t chip) {
  return faults::derived(faults::derived(seed, 3), static_cast<std::uint64_t>(chip));
}

}  // namespace

ChipErrors errors_on(Model& network, const ModelConfig& model, const data::Dataset& dataset,
                     std::int64_t chips, const Corruption& corrupt) {
  const torch::NoGradGuard no_gradient;
  const std::vector<at::Tensor> parameters = parameters_of(network);
  std::vector<at::Tensor> kept;
  for (const at::Tensor& p : parameters) kept.push_back(p.clone());
  StoredWeights stored(model, parameters);
  ChipErrors out;
  double flips = 0;
  for (std::int64_t chip = 0; chip < chips; ++chip) {
    stored.restore();
    flips += static_cast<double>(corrupt(stored, chip));
    stored.load(parameters);
    out.error.push_back(error_rate(network, dataset, dataset.test));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) parameters[i].copy_(kept[i]);
  out.mean_flips = flips / static_cast<double>(chips);
  return out;
}

Corruption uniform_errors(double p, std::uint64_t seed, Protection protection) {
  return [=](StoredWeights& stored, std::int64_t chip) {
    const std::uint64_t key = chip_key(seed, chip);
    return protection == Protection::secded ? stored.flip_behind_secded(p, key)
                                            : stored.flip(p, key);
  };
}

Corruption profiled_errors(faults::Chip chip, double p, std::uint64_t seed) {
  return [=](StoredWeights& stored, std::int64_t number) {
    const faults::ColumnProfile profile = faults::profile_of(chip);
    const std::uint64_t columns = profile.weights.size(), rows = 64;
    // Offsets of whole codes and of any column, all within one memory that is large enough.
    const std::uint64_t offset = static_cast<std::uint64_t>(number) * (columns * rows / 8 + 8);
    const faults::FaultEffect effect{faults::Effect::directional, profile.zero_to_one, 1.0};
    const faults::FaultMap map = faults::FaultMap::by_column(
        faults::derived(seed, 4), offset + stored.cells(), rows, p, profile, effect);
    return stored.apply(map, offset);
  };
}

double quantized_error(Model& network, const ModelConfig& model, const data::Dataset& dataset) {
  return errors_on(network, model, dataset, 1,
                   [](StoredWeights&, std::int64_t) { return std::uint64_t{0}; })
      .error.front();
}

double guarantee(double n, double l, double d) {
  return std::sqrt(std::log((n + 1) / d) / n) * (std::sqrt(l) + std::sqrt(n)) / std::sqrt(l);
}

}  // namespace mantissa::workloads
