// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/numerics/gemm.h"
#include "base/numerics/wrapping.h"

namespace mantissa::numerics::golden {
namespace {

float as_float(float x) { return x; }
float as_float(Bf16 x) { return to_float(x); }

template <class A>
void integer_gemm(const A* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                  std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                  std::int64_t k, bool accumulate, std::uint64_t& overflows, ReductionOrder order) {
  const auto chain = static_cast<std::int64_t>(order.length(static_cast<std::uint64_t>(k)));
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      std::int32_t& out = acc[i * ldacc + j];
      if (k == 0 && !accumulate) out = 0;
      for (std::int64_t begin = 0; begin < k; begin += chain) {
        std::int32_t sum = 0;
        for (std::int64_t x = begin; x < std::min(begin + chain, k); ++x) {
          sum = wrapping_add(sum, a[i * lda + x] * b[x * ldb + j], overflows);
        }
        const bool overwrite = begin == 0 && !accumulate;
        out = overwrite ? sum : wrapping_add(out, sum, overflows);
      }
    }
  }
}

template <class T>
void float_gemm(const T* a, std::int64_t lda, const T* b, std::int64_t ldb, float* acc,
                std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
                ReductionOrder order, bool accumulate) {
  const auto chain = static_cast<std::int64_t>(order.length(static_cast<std::uint64_t>(k)));
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      float& out = acc[i * ldacc + j];
      if (k == 0 && !accumulate) out = 0.0f;
      for (std::int64_t begin = 0; begin < k; begin += chain) {
        float sum = 0.0f;
        for (std::int64_t x = begin; x < std::min(begin + chain, k); ++x) {
          const float product = as_float(a[i * lda + x]) * as_float(b[x * ldb + j]);
          sum = sum + product;
        }
        const bool overwrite = begin == 0 && !accumulate;
        out = overwrite ? sum : out + sum;
      }
      out = canonical(out);
    }
  }
}

}  // namespace

void gemm_int8(const std::int8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate, std::uint64_t& overflows, ReductionOrder order) {
  integer_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate, overflows, order);
}

void gemm_uint8(const std::uint8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                std::int64_t k, bool accumulate, std::uint64_t& overflows, ReductionOrder order) {
  integer_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate, overflows, order);
}

void gemm_bf16(const Bf16* a, std::int64_t lda, const Bf16* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate) {
  float_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, order, accumulate);
}

void gemm_fp32(const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate) {
  float_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, order, accumulate);
}

}  // namespace mantissa::numerics::golden
