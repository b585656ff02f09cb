// SPDX-License-Identifier: Apache-2.0
// The error of a network whose weights lie in the faulty memories of many chips.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/faults/column_profile.h"
#include "base/statistics/confidence.h"
#include "workloads/data/dataset.h"
#include "workloads/executor/networks/network.h"
#include "workloads/precision/randbet/scheme.h"

namespace mantissa::workloads {

enum class Protection { none, secded };

struct ChipErrors {
  std::vector<double> error;  // per chip, a fraction
  double mean_flips = 0;
  statistics::Summary summary() const { return statistics::summarise(error); }
};

// What one chip's memory does to the stored weights.
using Corruption = std::function<std::uint64_t(class StoredWeights&, std::int64_t chip)>;

// Errors on the data set's test samples. The network has its parameters again afterwards.
ChipErrors errors_on(Model& network, const ModelConfig& model, const data::Dataset& dataset,
                     std::int64_t chips, const Corruption& corrupt);

// Cells fail uniformly at rate p; chips differ by seed, and their maps are nested over p.
Corruption uniform_errors(double p, std::uint64_t seed, Protection protection = Protection::none);
// Columns and directions of a published chip; the weights lie elsewhere in it for each number.
Corruption profiled_errors(faults::Chip chip, double p, std::uint64_t seed);

// Clean error of the quantised network.
double quantized_error(Model& network, const ModelConfig& model, const data::Dataset& dataset);

// With probability 1 - d the true error under random bit errors lies at most this far above the
// measured one, n test samples and l maps (arXiv 2006.13977).
double guarantee(double n, double l, double d);

}  // namespace mantissa::workloads
