// SPDX-License-Identifier: Apache-2.0
// Matrix product of one tile: acc[m,n] (+)= sum over k of a[m,k] * b[k,n].
//
// All operands are row-major; lda, ldb and ldacc are the distances between rows, in elements
// (lda >= k, ldb >= n, ldacc >= n). acc must not overlap a or b. The sums are taken in the given
// order (base/numerics/reduction_order.h); with `accumulate` the first chain's sum is added to acc
// as well, otherwise it overwrites. With k = 0 the sum is 0. Nothing here throws.
//
//   int8 x int8, uint8 x int8 -> int32, exact products, sums wrap in two's complement. Every int32
//   addition of that order whose exact result leaves the int32 range adds 1 to `overflows`. The
//   value does not depend on the order; the count does.
//
//   bf16 x bf16 -> fp32, products rounded to fp32 (exact within its range, base/numerics/bf16.h),
//   every sum rounded to nearest even, subnormals kept, a NaN result is the canonical NaN.
//
//   float x float -> fp32: the same, each product rounded to fp32.
//
// The plain functions are fast and give the bits and counts of those in namespace golden.
//
//   std::uint64_t overflows = 0;
//   gemm_int8(a, k, b, n, acc, n, m, n, k, false, overflows);
//   gemm_bf16(a, k, b, n, sums, n, m, n, k, weight_stationary(128), false);
#pragma once

#include <cstdint>

#include "base/numerics/bf16.h"
#include "base/numerics/reduction_order.h"

namespace mantissa::numerics {

void gemm_int8(const std::int8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate, std::uint64_t& overflows,
               ReductionOrder order = output_stationary);
void gemm_uint8(const std::uint8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                std::int64_t k, bool accumulate, std::uint64_t& overflows,
                ReductionOrder order = output_stationary);
void gemm_bf16(const Bf16* a, std::int64_t lda, const Bf16* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate);
void gemm_fp32(const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate);

namespace golden {

void gemm_int8(const std::int8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate, std::uint64_t& overflows,
               ReductionOrder order = output_stationary);
void gemm_uint8(const std::uint8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                std::int64_t k, bool accumulate, std::uint64_t& overflows,
                ReductionOrder order = output_stationary);
void gemm_bf16(const Bf16* a, std::int64_t lda, const Bf16* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate);
void gemm_fp32(const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate);

}  // namespace golden

}  // namespace mantissa::numerics
