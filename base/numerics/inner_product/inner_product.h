// SPDX-License-Identifier: Apache-2.0
// One operation of an inner-product unit: accumulator += sum over k of a[k] * b[k], bit for bit and
// with its cycles (after arXiv 2101.11748; the parts that were not published are parameters).
//
//   align the lanes (alignment.h); the accumulator takes the greater of both exponents:
//     mx > exponent:  sum >>= mx - exponent (rounded down), exponent = mx
//   for i = most significant digit of a .. 0, j = of b .. 0, q = partitions served:   a cycle each
//     S    = sum over lanes k of partition q of ((a[k].digit[i] * b[k].digit[j]) << sp) >> shift[k]
//     sum += S * 2^(i*digit_a + j*digit_b - fractions - sp + F - q*sp - (exponent - mx))
//
// Every shift to the right rounds down. In integers there is no alignment: one cycle per iteration,
// sum += S << (i*digit_a + j*digit_b), exact. An operation without a valid lane takes one cycle and
// leaves the sum alone, one of integers always takes all its iterations.
//
// `a` and `b` hold parameters.lanes codes each; unused lanes are zeros. The parameters must be
// legal (parameters.h): nothing here throws.
//
//   IpuParameters p;  p.lanes = 4;  p.window = 14;
//   Accumulator sum;
//   const int cycles = golden::accumulate(p, {Format::fp16, Format::fp16}, a, b, sum);
//   const float y = to_fp32(p, sum);
#pragma once

#include <cstdint>

#include "base/numerics/inner_product/accumulator.h"
#include "base/numerics/inner_product/alignment.h"

namespace mantissa::numerics::inner_product::golden {

// Returns the cycles. `scale`: sum of the exponents of the operands' block scales (MX formats).
int accumulate(const IpuParameters& parameters, FormatPair pair, const std::uint32_t* a,
               const std::uint32_t* b, Accumulator& accumulator, int scale = 0);

}  // namespace mantissa::numerics::inner_product::golden
