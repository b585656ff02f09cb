// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/inner_product/operation.h"

namespace mantissa::numerics::inner_product {
namespace {

float rounded(const IpuParameters& p, const Accumulator& acc) {
  const bool special = acc.nan || acc.positive_infinity || acc.negative_infinity;
  constexpr Wide narrow = Wide{1} << 62;
  if (special || p.rounding != FinalRounding::nearest_even || acc.sum >= narrow ||
      acc.sum <= -narrow)
    return to_fp32(p, acc);
  const auto sum = static_cast<std::int64_t>(acc.sum);
  return round_to_float(sum < 0, static_cast<std::uint64_t>(sum < 0 ? -sum : sum),
                        acc.exponent - p.fraction);
}

}  // namespace

void gemm(const IpuParameters& p, FormatPair pair, const PackedOperands& a, const PackedOperands& b,
          std::int64_t depth, float* acc, std::int64_t ldacc, bool accumulate, GemmCounts& counts) {
  const Operation operation(p, pair, a.stride());
  const std::int64_t chain = depth == 0 ? std::max<std::int64_t>(a.blocks(), 1) : depth;
  for (std::int64_t i = 0; i < a.rows(); ++i)
    for (std::int64_t j = 0; j < b.rows(); ++j) {
      float& out = acc[i * ldacc + j];
      if (a.k() == 0 && !accumulate) out = 0.0f;
      for (std::int64_t begin = 0; begin < a.blocks(); begin += chain) {
        Accumulator sum;
        for (std::int64_t x = begin; x < std::min(begin + chain, a.blocks()); ++x) {
          const std::int16_t *left = a.exponents(i, x), *right = b.exponents(j, x);
          counts.cycles += static_cast<std::uint64_t>(operation(left, right, sum));
          if (a.has_special(i, x) || b.has_special(j, x)) operation.note_specials(left, right, sum);
        }
        counts.overflows += sum.overflowed ? 1 : 0;
        const float term = rounded(p, sum);
        out = canonical(begin == 0 && !accumulate ? term : out + term);
      }
    }
  counts.operations += static_cast<std::uint64_t>(a.rows() * b.rows() * a.blocks());
}

void gemm(const IpuParameters& p, FormatPair pair, const CodeMatrix& a, const CodeMatrix& b,
          std::int64_t depth, float* acc, std::int64_t ldacc, bool accumulate, GemmCounts& counts) {
  gemm(p, pair, PackedOperands(p, pair.a, p.digit_a, a), PackedOperands(p, pair.b, p.digit_b, b),
       depth, acc, ldacc, accumulate, counts);
}

}  // namespace mantissa::numerics::inner_product
