// SPDX-License-Identifier: Apache-2.0
#include "arch/units/vsq/config.h"

#include <fmt/format.h>

#include <algorithm>

namespace mantissa::arch {

using config::range;
using trace::NumberFormat;

const config::Schema<VsqConfig>& VsqConfig::schema() {
  static const auto schema =
      config::Schema<VsqConfig>("Vector MACs of model vsq: elements that share a scale.")
          .required("weight_bits", &VsqConfig::weight_bits, range(2, 8), "Bits N of a weight.")
          .required("activation_bits", &VsqConfig::activation_bits, range(2, 8),
                    "Bits N of an activation.")
          .required("weight_scale_bits", &VsqConfig::weight_scale_bits, range(0, 10),
                    "Bits M of the scale of a vector of weights; 0: one per channel alone.")
          .required("activation_scale_bits", &VsqConfig::activation_scale_bits, range(0, 10),
                    "Bits M of the scale of a vector of activations; 0: one per tensor alone.")
          .optional("activation_signed", &VsqConfig::activation_signed,
                    "No: activations are 0..2^N-1, negative ones become 0.")
          .optional("product_bits", &VsqConfig::product_bits, range(0, 20),
                    "Bits R that the product of two scales is rounded to; 0: all.")
          .optional("accumulator_bits", &VsqConfig::accumulator_bits, range(8, 32),
                    "Bits of a lane's sum.")
          .optional("saturate", &VsqConfig::saturate, "Sums that do not fit saturate, or wrap.")
          .optional("weight_depth", &VsqConfig::weight_depth, range(1, 4096),
                    "Vectors of weights that a lane holds: its sum takes as many.")
          .optional("vector_cycles", &VsqConfig::vector_cycles, range(1, 8),
                    "Cycles per vector: 2 for elements twice as wide as the multipliers.")
          .optional("weight_reuse", &VsqConfig::weight_reuse, range(1, 256),
                    "Rows that meet a vector of weights per read; a lane holds their sums.")
          .optional("scale_first", &VsqConfig::scale_first,
                    "Elements follow from the M-bit scale (order B); no: the exact one (A).");
  return schema;
}

numerics::VectorMac VsqConfig::mac(std::int64_t vector_length) const {
  numerics::VectorMac m;
  m.weight_bits = static_cast<int>(weight_bits);
  m.activation_bits = static_cast<int>(activation_bits);
  m.activation_signed = activation_signed;
  m.weight_scale_bits = static_cast<int>(weight_scale_bits);
  m.activation_scale_bits = static_cast<int>(activation_scale_bits);
  m.product_bits = static_cast<int>(product_bits);
  m.vector_length = vector_length;
  m.accumulator_bits = static_cast<int>(accumulator_bits);
  m.on_overflow = saturate ? numerics::OnOverflow::saturate : numerics::OnOverflow::wrap;
  return m;
}

PackedElements VsqConfig::weights(std::uint64_t v) const {
  return {v, static_cast<std::uint64_t>(weight_bits),
          static_cast<std::uint64_t>(weight_scale_bits)};
}

PackedElements VsqConfig::activations(std::uint64_t v) const {
  return {v, static_cast<std::uint64_t>(activation_bits),
          static_cast<std::uint64_t>(activation_scale_bits)};
}

const std::vector<NumberFormat>& vsq_formats() {
  static const std::vector<NumberFormat> all{NumberFormat::int8, NumberFormat::fp16,
                                             NumberFormat::bf16, NumberFormat::fp32};
  return all;
}

std::string vsq_objection(const VsqConfig& vsq, std::int64_t rows, std::int64_t columns,
                          std::int64_t units) {
  constexpr std::int64_t longest = 1024;  // as base/numerics/quantize/vector_mac.h
  if (rows > longest) return fmt::format("rows: a vector has at most {} elements", longest);
  const std::int64_t full = vsq.weight_scale_bits + vsq.activation_scale_bits;
  if (vsq.product_bits > full)
    return fmt::format("vsq.product_bits: {} of a scale product of {} bits", vsq.product_bits,
                       full);
  if (rows * columns * units % vsq.vector_cycles != 0)
    return fmt::format("vsq.vector_cycles: {} does not divide {} products", vsq.vector_cycles,
                       rows * columns * units);
  return {};
}

}  // namespace mantissa::arch
