// SPDX-License-Identifier: Apache-2.0
// The post-processing unit behind the vector MAC: sums to the next layer's quantised vectors.
//
//   y = acc * (gw * ga * 2^k) + bias -> ReLU           vector_mac.h
//   m = max|y| over V outputs, s = m / Q, sq = clip(round(s / g_out), 0, 2^M - 1)
//   order A: q = clip(round(y / s));  order B: q = clip(round(y / (sq * g_out))), 0 where sq = 0
//
// Quotients are correctly rounded binary32, whole numbers ties to even unless `format` says
// otherwise: the reference that hardware with a reciprocal may miss by one unit of q.
//
//   OutputScaling scaling{gammas_of_weights, gamma_of_activations, bias, true};
//   const QuantizedTensor next = post_processed(mac, acc, m, n, scaling, format, g_out);
#pragma once

#include "base/numerics/quantize/integer_quantizer.h"
#include "base/numerics/quantize/vector_mac.h"

namespace mantissa::numerics {

struct OutputScaling {
  const float* weight_coarse = nullptr;  // gw, one per output channel
  float activation_coarse = 1;           // ga
  const float* bias = nullptr;           // one per output channel, or none
  bool relu = false;
};

// y[m,n] of acc[m,n].
void dequantize_sums(const VectorMac& mac, const std::int64_t* acc, std::int64_t m, std::int64_t n,
                     const OutputScaling& scaling, float* y);

// Vectors run along the n output channels. g_out, the coarse scale of the outputs, comes from
// calibration. Errors as `quantize`: a sum that overflows binary32 is not_finite.
QuantizedTensor post_processed(const VectorMac& mac, const std::int64_t* acc, std::int64_t m,
                               std::int64_t n, const OutputScaling& scaling,
                               const IntegerQuantization& format, float g_out);

}  // namespace mantissa::numerics
