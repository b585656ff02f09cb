// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/randbet/scheme.h"

namespace mantissa::workloads {

const config::Schema<ModelConfig>& ModelConfig::schema() {
  static const auto s =
      config::Schema<ModelConfig>("A network, how its weights are stored and trained.")
          .required("label", &ModelConfig::label, "Its name in tables.")
          .optional("quantizer", &ModelConfig::quantizer,
                    "global, normal, asymmetric, offset, rquant or released: each adds to the one "
                    "before.")
          .optional("bits", &ModelConfig::bits, config::range(2, 8), "Of a weight's code.")
          .optional("clip", &ModelConfig::clip, config::range(0.001, 1),
                    "All parameters stay in [-clip, clip]; 1: not clipped.")
          .optional("train_error", &ModelConfig::train_error, config::range(0, 0.2),
                    "Rate of bit errors in training; 0: none.")
          .optional("variant", &ModelConfig::variant, "random, curricular, alternating or pattern.")
          .optional("published_clean", &ModelConfig::published_clean,
                    "Published error without bit errors, %.")
          .optional("published", &ModelConfig::published,
                    "Published errors in %, one for each of published_rates.")
          .optional("published_rates", &ModelConfig::published_rates,
                    "Rates of bit errors of the published figures, as fractions.")
          .constraint("published", [](const ModelConfig& c) {
            return c.published.size() == c.published_rates.size()
                       ? ""
                       : "published and published_rates are of one length";
          });
  return s;
}

numerics::WeightQuantizer ModelConfig::weight_quantizer() const {
  numerics::WeightQuantizer q;
  q.bits = static_cast<unsigned>(bits);
  q.asymmetric = quantizer >= QuantizerStep::asymmetric;
  q.unsigned_codes = quantizer >= QuantizerStep::offset;
  q.nearest = quantizer >= QuantizerStep::rquant;
  q.released = quantizer == QuantizerStep::released;
  return q;
}

}  // namespace mantissa::workloads

namespace mantissa::config {

const std::vector<std::pair<workloads::QuantizerStep, const char*>>&
EnumNames<workloads::QuantizerStep>::names() {
  using S = workloads::QuantizerStep;
  static const std::vector<std::pair<S, const char*>> all = {
      {S::global, "global"}, {S::normal, "normal"}, {S::asymmetric, "asymmetric"},
      {S::offset, "offset"}, {S::rquant, "rquant"}, {S::released, "released"}};
  return all;
}

const std::vector<std::pair<workloads::RobustVariant, const char*>>&
EnumNames<workloads::RobustVariant>::names() {
  using V = workloads::RobustVariant;
  static const std::vector<std::pair<V, const char*>> all = {{V::random, "random"},
                                                             {V::curricular, "curricular"},
                                                             {V::alternating, "alternating"},
                                                             {V::pattern, "pattern"}};
  return all;
}

}  // namespace mantissa::config
