// SPDX-License-Identifier: Apache-2.0
// The post-processing unit in fixed point, as rtl/vsq_ppu has it: post_processing.h with 16-bit
// scales instead of binary32. Exact integer arithmetic, rounded half to even where it says so.
//
//   y_i = clip(RNE(acc_i * multiplier_i / 2^shift) + bias_i, -Y, Y), then ReLU     Y = 2^(W-1) - 1
//   m   = max |y_i| over the V outputs;  sq = min(RNE(m / (Q 2^F)), 2^M - 1)
//   q_i = RNE(y_i Q / m), 0 where m = 0                        data first (order A), or
//   q_i = clip(RNE(y_i / (sq 2^F)), -Q, Q), 0 where sq = 0     scale first (order B)
//
// y is in units of g_out / 2^F: multiplier_i / 2^shift stands for gw_i ga 2^k 2^F / g_out. W, the
// bits of y, is N + M + F + 1. Unsigned outputs: Q = 2^N - 1, negative y are 0.
//
//   FixedPostProcessing unit;
//   const FixedVector next = unit.processed(acc, multipliers, shift, biases, true);
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/quantize/integer_quantizer.h"

namespace mantissa::numerics {

struct FixedVector {
  std::vector<std::int32_t> y, q;
  std::int32_t sq = 0;
};

struct FixedPostProcessing {
  int output_bits = 4;  // N, 2..8
  bool output_signed = true;
  int scale_bits = 4;     // M, 1..8
  int fraction_bits = 4;  // F, 0..8
  int accumulator_bits = 24;
  ScaleOrder order = ScaleOrder::scale_first;

  int value_bits() const { return output_bits + scale_bits + fraction_bits + 1; }  // W
  std::int32_t greatest_value() const { return (1 << (value_bits() - 1)) - 1; }
  std::int32_t greatest() const {
    return (1 << (output_signed ? output_bits - 1 : output_bits)) - 1;
  }
  std::int32_t greatest_scale() const { return (1 << scale_bits) - 1; }

  // 0 <= multiplier < 2^16, 0 <= shift <= accumulator_bits + 16, |bias| <= greatest_value; the
  // accumulators have at most 40 bits. A multiplier and a bias per accumulator.
  FixedVector processed(const std::vector<std::int64_t>& acc,
                        const std::vector<std::int32_t>& multipliers, int shift,
                        const std::vector<std::int32_t>& biases, bool relu) const;
};

}  // namespace mantissa::numerics
