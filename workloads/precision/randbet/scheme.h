// SPDX-License-Identifier: Apache-2.0
// How one network of a robustness study keeps its weights and is trained against bit errors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/numerics/weight_codes.h"

namespace mantissa::workloads {

// The ablation ladder of arXiv 2006.13977, each step adding to the one before.
enum class QuantizerStep {
  global,      // symmetric, one range for all parameters
  normal,      // NORMAL: one range per parameter tensor
  asymmetric,  // [min, max] of the tensor
  offset,      // unsigned codes
  rquant,      // RQUANT: rounded to nearest
  released,    // RQUANT as the released program has it
};

enum class RobustVariant {
  random,       // RandBET: fresh errors at every step
  curricular,   // the rate climbs in 20 steps over the first half of the training
  alternating,  // every second step sees errors, and only those
  pattern,      // PATTERN: one fixed map
};

struct ModelConfig {
  std::string label;
  QuantizerStep quantizer = QuantizerStep::rquant;
  std::int64_t bits = 8;
  double clip = 1;         // all parameters in [-clip, clip]; 1: not clipped
  double train_error = 0;  // p in training; 0: trained without errors
  RobustVariant variant = RobustVariant::random;
  // Of the publication, in %: without errors, and at these rates.
  std::optional<double> published_clean;
  std::vector<double> published, published_rates;
  static const config::Schema<ModelConfig>& schema();

  numerics::WeightQuantizer weight_quantizer() const;
  bool per_layer() const { return quantizer != QuantizerStep::global; }
};

}  // namespace mantissa::workloads

namespace mantissa::config {
template <>
struct EnumNames<workloads::QuantizerStep> {
  static const std::vector<std::pair<workloads::QuantizerStep, const char*>>& names();
};
template <>
struct EnumNames<workloads::RobustVariant> {
  static const std::vector<std::pair<workloads::RobustVariant, const char*>>& names();
};
}  // namespace mantissa::config
