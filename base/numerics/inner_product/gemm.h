// SPDX-License-Identifier: Apache-2.0
// Matrix product on inner-product units: acc[m, n] (+)= sum over k of a[m, k] * b[n, k], bit for
// bit and with its cycles.
//
// k is cut into operations of `lanes` products and these into chains of `depth` operations (0: all
// of k in one chain; the last of either may be shorter, its unused lanes are zeros). A chain runs
// through one accumulator that starts empty; its sum is rounded to fp32 once. The first chain's sum
// overwrites acc (or is added to it when the kernel accumulates), every further one is added, in
// fp32, rounded to nearest even, subnormals kept, NaN canonical. With k = 0 the sum is 0.
//
// The functions outside namespace golden are fast and give the same bits and counts. AVX2 serves
// nibbles with multi-cycle alignment, w <= 40 and accumulators of at most 62 bits; portable loops
// serve all other units. Formats with an exponent only: sums of integers are exact whatever the
// unit, base/numerics/gemm.h computes them.
//
//   GemmCounts counts;
//   gemm(p, pair, {a, 2, k, 1, m, k}, {b, 2, 1, n, n, k}, 9, acc, n, false, counts);
#pragma once

#include <cstdint>

#include "base/numerics/inner_product/inner_product.h"
#include "base/numerics/inner_product/packed_operands.h"

namespace mantissa::numerics::inner_product {

struct GemmCounts {
  std::uint64_t operations = 0;  // of one unit each
  std::uint64_t cycles = 0;      // of all operations, one after the other
  std::uint64_t overflows = 0;   // chains whose accumulator wrapped
};

void gemm(const IpuParameters& parameters, FormatPair pair, const CodeMatrix& a,
          const CodeMatrix& b, std::int64_t depth, float* acc, std::int64_t ldacc, bool accumulate,
          GemmCounts& counts);

// The same on operands that are packed already, with digits of digit_a and digit_b bits.
void gemm(const IpuParameters& parameters, FormatPair pair, const PackedOperands& a,
          const PackedOperands& b, std::int64_t depth, float* acc, std::int64_t ldacc,
          bool accumulate, GemmCounts& counts);

namespace golden {

void gemm(const IpuParameters& parameters, FormatPair pair, const CodeMatrix& a,
          const CodeMatrix& b, std::int64_t depth, float* acc, std::int64_t ldacc, bool accumulate,
          GemmCounts& counts);

}  // namespace golden
}  // namespace mantissa::numerics::inner_product
