// SPDX-License-Identifier: Apache-2.0
// Block formats: narrow elements that share one narrow scale per block of consecutive elements.
//
//   preset        element    block  scale of a block        scale of the tensor
//   mxfp8_e4m3    fp8_e4m3    32    E8M0, 2^e               -
//   mxfp8_e5m2    fp8_e5m2    32    E8M0                    -
//   mxfp6_e3m2    fp6_e3m2    32    E8M0                    -
//   mxfp6_e2m3    fp6_e2m3    32    E8M0                    -
//   mxfp4         fp4_e2m1    32    E8M0                    -
//   mxint8        int8 / 64   32    E8M0                    -
//   nvfp4         fp4_e2m1    16    E4M3, positive          fp32: max|x| / (448 * 6)
//   bf16          bf16         1    -                       -
//
// (OCP Microscaling Formats 1.0.) With `most` the largest magnitude of a block, L the greatest
// value of an element and emax = floor(log2 L), 0 for mxint8:
//
//   E8M0  down       e = floor(log2 most) - emax                 the specification; may saturate
//         up         e = ceil(log2(most / L))                    nothing saturates
//         half_even  2^e nearest to most / 2^emax, 1.5 * 2^e to the even code; half_away, half_up:
//                    to the larger
//   E4M3  s = round(most / L / tensor scale) by the rule, saturating at 448
//   element = round(x / scale), saturating at L; scale = s * tensor scale, rounded once
//
// Quotients are correctly rounded binary32. e below -127 becomes -127; above 127 the scale is NaN,
// and with it every element of the block that is read back. A block of zeros has scale code 0 and
// elements 0; so has a block whose E4M3 scale rounds to 0. mxint8 leaves -128 unused. bf16 rounds
// as base/numerics/bf16.h. Without scales there are no blocks. The last block of a line may be
// padded with zeros (vector_axis.h). Errors: illegal_quantization, not_finite.
//
//   const BlockTensor w = quantize(weights, {outputs, inputs, 1}, block_format("nvfp4"));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/numerics/quantize/rounding.h"
#include "base/numerics/quantize/vector_axis.h"
#include "base/trace/number_format.h"

namespace mantissa::numerics {

enum class BlockScale : std::uint8_t { none, e8m0, e4m3 };

struct BlockQuantization {
  trace::NumberFormat element = trace::NumberFormat::fp8_e4m3;
  std::int64_t block = 32;  // 1..4096
  BlockScale scale = BlockScale::e8m0;
  Rounding rounding = Rounding::half_even;  // of elements; the MX reference has half_away, too
  Rounding scale_rounding = Rounding::down;
  bool tensor_scale = false;  // with e4m3: one fp32 more
};

struct BlockFormatInfo {
  const char* name;
  BlockQuantization format;
};
const std::vector<BlockFormatInfo>& block_formats();
// By name; throws illegal_quantization with the nearest one.
const BlockQuantization& block_format(const std::string& name);

struct BlockTensor {
  BlockQuantization format;
  VectorAxis axis;
  std::vector<std::uint8_t> codes;   // as the tensor, a byte each; bf16: two, the lower one first
  std::vector<std::uint8_t> scales;  // codes, one per block, placed as vector_axis.h says
  float tensor_scale = 1;

  std::uint32_t code(std::int64_t index) const {
    const auto at = static_cast<std::size_t>(index);
    if (format.element != trace::NumberFormat::bf16) return codes[at];
    return codes[2 * at] | static_cast<std::uint32_t>(codes[2 * at + 1]) << 8;
  }
};

void check(const BlockQuantization& format);

BlockTensor quantize(const float* x, const VectorAxis& axis, const BlockQuantization& format);
// axis.elements() floats: element * scale, rounded once.
void dequantize(const BlockTensor& tensor, float* to);

// Bits that memory holds: whole blocks, the scales' codes, the tensor's scale.
std::uint64_t storage_bits(const BlockQuantization& format, const VectorAxis& axis);

}  // namespace mantissa::numerics
