// SPDX-License-Identifier: Apache-2.0
// What a matrix unit of VS-Quant's vector MACs (core.matrix.model `vsq`, arXiv 2102.04503) is
// besides its rows, columns and units.
//
//   core.matrix.rows      V: elements of a vector, which share a scale
//   core.matrix.columns   lanes of a processing element: vector MACs, one output channel each
//   core.matrix.units     processing elements
//
//   core:
//     matrix:
//       model: vsq
//       rows: 16
//       columns: 16
//       units: 4
//       formats: [int8, fp16, bf16, fp32]
//       vsq: {weight_bits: 4, activation_bits: 4, weight_scale_bits: 4, activation_scale_bits: 4}
//
// Without scales (0 bits) an operand has one coarse scale per output channel (weights) or tensor
// (activations): the 8/8/-/- baseline of the paper.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/units/element_size.h"
#include "base/config/schema.h"
#include "base/numerics/quantize/vector_mac.h"
#include "base/trace/number_format.h"

namespace mantissa::arch {

struct VsqConfig {
  std::int64_t weight_bits = 4, activation_bits = 4;
  std::int64_t weight_scale_bits = 4, activation_scale_bits = 4;
  bool activation_signed = true;
  std::int64_t product_bits = 0;  // R of the scale product; 0: full
  std::int64_t accumulator_bits = 24;
  bool saturate = true;
  std::int64_t weight_depth = 32;  // vectors of weights that a lane holds, and one chain adds up
  std::int64_t vector_cycles = 1;  // from one vector to the next
  std::int64_t weight_reuse = 1;   // rows that meet a vector of weights per read of it
  bool scale_first = false;        // order B of base/numerics/quantize, else A
  static const config::Schema<VsqConfig>& schema();

  numerics::VectorMac mac(std::int64_t vector_length) const;
  // As memory holds them, and lanes.
  PackedElements weights(std::uint64_t vector_length) const;
  PackedElements activations(std::uint64_t vector_length) const;
  // Of one of the sums that a lane holds where weights are reused.
  ElementSize sum_size() const { return {static_cast<std::uint64_t>(accumulator_bits), 1}; }
};

// Formats of operands that such a unit takes: int8 are elements as they are, floats it quantises.
const std::vector<trace::NumberFormat>& vsq_formats();

// Empty, or what is wrong with a unit of these vectors (rows), lanes (columns) and elements.
std::string vsq_objection(const VsqConfig& vsq, std::int64_t rows, std::int64_t columns,
                          std::int64_t units);

}  // namespace mantissa::arch
