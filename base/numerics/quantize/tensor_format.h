// SPDX-License-Identifier: Apache-2.0
// Any of the formats that tensors are quantised to, as attributes of the operator fake_quantize
// name it (base/trace/vocabulary.h), and what is left of a tensor when it has been quantised and
// read back.
//
//   scheme       attributes that count
//   int          bits, signed, granularity, vector_size (16), scale_bits, order, coarse_per,
//                rounding, scale_rounding (both half_even)         integer_quantizer.h
//   a name of    vector_size, rounding, scale_rounding, each the   block_quantizer.h
//   block_formats()  format's own unless given
//
//   const TensorFormat w4 = tensor_format({{"bits", std::int64_t{4}}, {"granularity", "vector"},
//                                          {"scale_bits", std::int64_t{4}}});
//   fake_quantize(w4, x, {outputs, inputs, 1}, nullptr, y);
// Errors: illegal_quantization, with the nearest legal word; not_finite.
#pragma once

#include <optional>

#include "base/numerics/quantize/block_quantizer.h"
#include "base/numerics/quantize/integer_quantizer.h"
#include "base/trace/builder.h"

namespace mantissa::numerics {

struct TensorFormat {
  IntegerQuantization integer;             // unless
  std::optional<BlockQuantization> block;  // is given
};

TensorFormat tensor_format(const trace::Attributes& attributes);

// Channels, vectors and what lies behind, of a tensor whose vectors run along `axis`: all
// dimensions before it are channels.
VectorAxis axis_of(const trace::Shape& shape, std::size_t axis);

// y = dequantize(quantize(x)): axis.elements() floats. `coarse`: the scales of integer formats, as
// quantize takes them; nullptr: those of x itself.
void fake_quantize(const TensorFormat& format, const float* x, const VectorAxis& axis,
                   const std::vector<float>* coarse, float* y);

}  // namespace mantissa::numerics
