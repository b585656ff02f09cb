// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/randbet/stored_weights.h"

#include <torch/library.h>

#include <algorithm>

#include "base/faults/cell_sampler.h"

namespace mantissa::workloads {

namespace {

const float* contents(const at::Tensor& t) {
  MANTISSA_CHECK(t.is_contiguous() && t.scalar_type() == at::kFloat,
                 "parameters are contiguous fp32");
  return t.data_ptr<float>();
}

}  // namespace

StoredWeights::StoredWeights(const ModelConfig& model, const std::vector<at::Tensor>& parameters)
    : quantizer_(model.weight_quantizer()) {
  numerics::WeightRange all;
  std::int64_t total = 0;
  for (const at::Tensor& p : parameters) {
    const auto r = numerics::range_of(contents(p), p.numel(), quantizer_);
    all.low = std::min(all.low, r.low);
    all.high = std::max(all.high, r.high);
    ranges_.push_back(r);
    sizes_.push_back(p.numel());
    total += p.numel();
  }
  if (!model.per_layer()) ranges_.assign(ranges_.size(), all);
  encoded_.resize(static_cast<std::size_t>(total));
  std::uint8_t* to = encoded_.data();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    numerics::encode(contents(parameters[i]), sizes_[i], quantizer_, ranges_[i], to);
    to += sizes_[i];
  }
  codes_ = encoded_;
}

std::uint64_t StoredWeights::flip(double p, std::uint64_t key, std::uint64_t offset) {
  std::vector<std::uint64_t> failing;
  faults::CellSampler(key).append_failing(p, offset, offset + cells(), failing);
  for (std::uint64_t cell : failing) invert(cell - offset);
  return failing.size();
}

std::uint64_t StoredWeights::apply(const faults::FaultMap& map, std::uint64_t offset) {
  std::uint64_t flips = 0;
  for (const faults::Fault& f : map.between(offset, offset + cells())) {
    const std::uint64_t cell = f.cell - offset;
    const bool one = (codes_[cell / quantizer_.bits] >> (cell % quantizer_.bits) & 1) != 0;
    if ((one ? f.one_to_zero : f.zero_to_one) < 1) continue;  // permanent faults alone
    invert(cell);
    ++flips;
  }
  return flips;
}

std::uint64_t StoredWeights::flip_behind_secded(double p, std::uint64_t key) {
  constexpr std::uint64_t word = 72, data = 64;
  const std::uint64_t words = (cells() + data - 1) / data;
  std::vector<std::uint64_t> failing;
  faults::CellSampler(key).append_failing(p, 0, words * word, failing);
  std::uint64_t flips = 0;
  for (std::size_t i = 0; i < failing.size();) {
    std::size_t end = i + 1;
    while (end < failing.size() && failing[end] / word == failing[i] / word) ++end;
    for (std::size_t k = i; end - i > 1 && k < end; ++k) {
      const std::uint64_t bit = failing[k] % word, cell = failing[k] / word * data + bit;
      if (bit >= data || cell >= cells()) continue;
      invert(cell);
      ++flips;
    }
    i = end;
  }
  return flips;
}

void StoredWeights::load(const std::vector<at::Tensor>& parameters) const {
  const std::uint8_t* from = codes_.data();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    contents(parameters[i]);
    numerics::decode(from, sizes_[i], quantizer_, ranges_[i], parameters[i].data_ptr<float>());
    from += sizes_[i];
  }
}

// ---- torch.ops.mantissa -------------------------------------------------------------------------

namespace {

numerics::WeightQuantizer quantizer(std::int64_t bits, const std::string& name) {
  ModelConfig model;
  model.bits = bits;
  for (const auto& [step, text] : config::EnumNames<QuantizerStep>::names()) {
    if (name == text) model.quantizer = step;
  }
  return model.weight_quantizer();
}

at::Tensor quantize_weights(const at::Tensor& w, std::int64_t bits, const std::string& name,
                            double low, double high) {
  const at::Tensor rows = w.contiguous();
  at::Tensor codes = torch::empty(rows.sizes(), at::kByte);
  numerics::encode(contents(rows), rows.numel(), quantizer(bits, name),
                   {static_cast<float>(low), static_cast<float>(high)},
                   codes.data_ptr<std::uint8_t>());
  return codes;
}

at::Tensor dequantize_weights(const at::Tensor& codes, std::int64_t bits, const std::string& name,
                              double low, double high) {
  const at::Tensor rows = codes.contiguous();
  at::Tensor w = torch::empty(rows.sizes(), at::kFloat);
  numerics::decode(rows.data_ptr<std::uint8_t>(), rows.numel(), quantizer(bits, name),
                   {static_cast<float>(low), static_cast<float>(high)}, w.data_ptr<float>());
  return w;
}

at::Tensor flip_bits(const at::Tensor& codes, std::int64_t bits, double p, std::int64_t key) {
  at::Tensor out = codes.contiguous().clone();
  auto* bytes = out.data_ptr<std::uint8_t>();
  std::vector<std::uint64_t> failing;
  faults::CellSampler(static_cast<std::uint64_t>(key))
      .append_failing(p, 0, static_cast<std::uint64_t>(out.numel() * bits), failing);
  for (std::uint64_t cell : failing) {
    bytes[cell / static_cast<std::uint64_t>(bits)] ^=
        static_cast<std::uint8_t>(1u << (cell % static_cast<std::uint64_t>(bits)));
  }
  return out;
}

TORCH_LIBRARY_FRAGMENT(mantissa, library) {
  library.def(
      "quantize_weights(Tensor w, int bits, str quantizer, float low, float high) -> Tensor");
  library.def(
      "dequantize_weights(Tensor codes, int bits, str quantizer, float low, float high) -> Tensor");
  library.def("flip_bits(Tensor codes, int bits, float p, int key) -> Tensor");
}

TORCH_LIBRARY_IMPL(mantissa, CPU, library) {
  library.impl("quantize_weights", quantize_weights);
  library.impl("dequantize_weights", dequantize_weights);
  library.impl("flip_bits", flip_bits);
}

}  // namespace

}  // namespace mantissa::workloads
