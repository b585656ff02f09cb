// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/numerics/inner_product/gemm.h"

namespace mantissa::numerics::inner_product::golden {

void gemm(const IpuParameters& p, FormatPair pair, const CodeMatrix& a, const CodeMatrix& b,
          std::int64_t depth, float* acc, std::int64_t ldacc, bool accumulate, GemmCounts& counts) {
  const auto n = static_cast<std::size_t>(p.lanes);
  const std::int64_t chain = (depth == 0 ? std::max<std::int64_t>(a.k, 1) : depth * p.lanes);
  std::vector<std::uint32_t> x(n), y(n);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < b.rows; ++j) {
      float& out = acc[i * ldacc + j];
      if (a.k == 0 && !accumulate) out = 0.0f;
      for (std::int64_t begin = 0; begin < a.k; begin += chain) {
        const std::int64_t end = std::min(begin + chain, a.k);
        Accumulator sum;
        for (std::int64_t from = begin; from < end; from += p.lanes) {
          for (std::size_t lane = 0; lane < n; ++lane) {
            const std::int64_t at = from + static_cast<std::int64_t>(lane);
            x[lane] = at < end ? a.code(i, at) : 0;
            y[lane] = at < end ? b.code(j, at) : 0;
          }
          counts.cycles +=
              static_cast<std::uint64_t>(golden::accumulate(p, pair, x.data(), y.data(), sum));
          ++counts.operations;
        }
        counts.overflows += sum.overflowed ? 1 : 0;
        const float rounded = to_fp32(p, sum);
        out = canonical(begin == 0 && !accumulate ? rounded : out + rounded);
      }
    }
}

}  // namespace mantissa::numerics::inner_product::golden
