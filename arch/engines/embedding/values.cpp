// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/values.h"

#include <algorithm>

#include "arch/engines/embedding/accelerator.h"
#include "base/numerics/float_bits.h"

namespace mantissa::arch::embedding {
namespace {

// Of [-1, 1) / 2^k, sign included; one of the least numbers is still left.
unsigned weight_bits(const numerics::FixedPoint& format, std::uint64_t inputs) {
  unsigned k = 0;
  while (inputs >> (2 * k + 2) != 0) ++k;
  const unsigned whole = std::min(format.fraction + 1, format.width);
  return whole > k + 2 ? whole - k : 2;
}

}  // namespace

Values::Values(const EmbeddingConfig& config, const std::vector<std::string>& tables,
               std::uint64_t elements, const std::vector<std::int64_t>& hidden)
    : element_(config.element), format_(config.format()) {
  const auto seed = static_cast<std::uint64_t>(config.seed);
  for (std::size_t t = 0; t < tables.size(); ++t)
    tables_.emplace_back(seed, "table " + std::to_string(t) + " " + tables[t]);
  if (hidden.empty() || element_ == Element::fp32) return;
  std::uint64_t inputs = elements;
  for (const PeGroup& group : pe_groups(config, elements, hidden)) {
    const std::size_t number = layers_.size();
    const bool relu = config.dense.relu && number < hidden.size();
    layers_.push_back({number, inputs, group.inputs, group.outputs, group.pes, relu});
    weights_.emplace_back(seed, "layer " + std::to_string(number));
    weight_bits_.push_back(weight_bits(format_, inputs));
    inputs = group.outputs;
  }
}

std::int32_t Values::element(std::size_t table, std::uint64_t place) const {
  if (element_ == Element::fp32)
    return static_cast<std::int32_t>(numerics::float_bits(tables_[table].real(place)));
  const unsigned width = std::min(format_.fraction + 1, format_.width);
  return static_cast<std::int32_t>(numerics::signed_of(tables_[table].bits(place), width));
}

std::int32_t Values::weight(const DenseLayer& layer, std::uint64_t neuron,
                            std::uint64_t feature) const {
  if (neuron >= layer.outputs || feature >= layer.inputs) return 0;
  const std::uint64_t drawn = weights_[layer.number].bits(neuron * layer.inputs + feature);
  return static_cast<std::int32_t>(numerics::signed_of(drawn, weight_bits_[layer.number]));
}

std::int32_t Values::sum(std::int32_t sum, std::int32_t more, std::uint64_t& overflows) const {
  const std::int64_t exact = std::int64_t{sum} + more;
  overflows += numerics::fits(exact, format_.width) ? 0 : 1;
  return static_cast<std::int32_t>(numerics::limited(exact, format_.width, format_.overflow));
}

std::vector<std::int32_t> Values::outputs(const DenseLayer& layer,
                                          const std::vector<std::int32_t>& inputs,
                                          std::uint64_t& overflows) const {
  MANTISSA_CHECK(inputs.size() == layer.inputs, "features of another layer");
  std::vector<std::int32_t> weights(layer.inputs), results;
  for (std::uint64_t n = 0; n < layer.outputs; ++n) {
    for (std::uint64_t f = 0; f < layer.inputs; ++f) weights[f] = weight(layer, n, f);
    const std::int32_t result =
        numerics::dot_product(inputs.data(), weights.data(), inputs.size(), format_, overflows);
    results.push_back(layer.relu ? std::max(result, 0) : result);
  }
  return results;
}

}  // namespace mantissa::arch::embedding
