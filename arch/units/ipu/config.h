// SPDX-License-Identifier: Apache-2.0
// What a matrix unit made of inner-product units (core.matrix.model `ipu`) is besides its rows,
// columns and units.
//
//   core.matrix.rows      lanes n of a unit: C of the tile's unrolling (C, K, Ho, Wo)
//   core.matrix.columns   K: output channels of a tile
//   core.matrix.units     tiles x Ho x Wo
//
//   core:
//     matrix:
//       model: ipu
//       rows: 16
//       columns: 16
//       units: 16                      # four tiles of 2 x 2 pixels
//       formats: [fp16, int8, int4]
//       ipu: {window: 16, cluster: 8}
#pragma once

#include <cstdint>
#include <vector>

#include "base/config/schema.h"
#include "base/numerics/inner_product/parameters.h"
#include "base/trace/number_format.h"

namespace mantissa::arch {

// From what operands the exponents of shape mode are drawn. relu: inputs clipped at 0; spread:
// inputs that lie as often in one octave as in any other, as gradients tend to, beside normal
// weights; aligned: nothing ever shifts.
enum class OperandLaw { normal, relu, uniform, spread, aligned };

struct IpuConfig {
  std::int64_t window = 16;
  std::int64_t software_precision = 28;
  std::int64_t fraction = 30;
  std::int64_t growth = 10;
  std::int64_t digit_a = 4, digit_b = 4;
  numerics::inner_product::Alignment alignment = numerics::inner_product::Alignment::multi_cycle;
  numerics::inner_product::PartitionEdge partition_edge =
      numerics::inner_product::PartitionEdge::exclusive;
  bool skip_empty_partitions = false;
  bool mask_zeros = true;
  numerics::inner_product::FinalRounding rounding =
      numerics::inner_product::FinalRounding::nearest_even;
  std::int64_t pixels = 4;        // Ho x Wo of a tile
  std::int64_t cluster = 0;       // units that stall together; 0: the whole tile
  std::int64_t buffer = 4;        // operations that a cluster may be behind
  std::int64_t weight_depth = 9;  // operations per chain: weights that a unit holds
  std::int64_t ehu_share = 4;     // units served by one exponent handling unit
  OperandLaw operands = OperandLaw::normal;
  std::int64_t octaves = 16;  // of law spread
  static const config::Schema<IpuConfig>& schema();

  numerics::inner_product::IpuParameters parameters(std::int64_t lanes) const;
};

// Formats that such a unit multiplies in a core, and what a pair of them (inputs, weights) is
// called below. The elements of mxint8 are int8 here: a core scales sums behind the unit, so that
// blocks add up as integers.
const std::vector<trace::NumberFormat>& ipu_formats();
numerics::inner_product::FormatPair ipu_pair(trace::NumberFormat a, trace::NumberFormat b);

// What a core's formats are, as the parameter Formats of rtl/ipu.
enum class IpuKinds { every, integers, floats };
IpuKinds ipu_kinds(const std::vector<trace::NumberFormat>& formats);

// Empty, or what is wrong with a unit of these rows, columns, units and formats.
std::string ipu_objection(const IpuConfig& ipu, std::int64_t rows, std::int64_t columns,
                          std::int64_t units, const std::vector<trace::NumberFormat>& formats);
// Empty, or what rtl/ipu has not.
std::string ipu_rtl_objection(const IpuConfig& ipu,
                              const std::vector<trace::NumberFormat>& formats);

}  // namespace mantissa::arch

namespace mantissa::config {
template <>
struct EnumNames<arch::OperandLaw> {
  static const std::vector<std::pair<arch::OperandLaw, const char*>>& names();
};
template <>
struct EnumNames<numerics::inner_product::Alignment> {
  static const std::vector<std::pair<numerics::inner_product::Alignment, const char*>>& names();
};
template <>
struct EnumNames<numerics::inner_product::PartitionEdge> {
  static const std::vector<std::pair<numerics::inner_product::PartitionEdge, const char*>>& names();
};
template <>
struct EnumNames<numerics::inner_product::FinalRounding> {
  static const std::vector<std::pair<numerics::inner_product::FinalRounding, const char*>>& names();
};
}  // namespace mantissa::config
