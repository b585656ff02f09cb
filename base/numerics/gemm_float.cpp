// SPDX-License-Identifier: Apache-2.0
// Fast floating-point products: vectorised over n, sequential over k, multiplication and addition
// rounded separately. Every output sees the additions of the golden kernel in the golden order.
#include <algorithm>

#include "base/numerics/gemm.h"
#include "base/numerics/gemm_blocking.h"
#include "base/numerics/kernel_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))
#endif

namespace mantissa::numerics {
namespace {

using namespace blocking;

// Widening without regard to NaN payloads: results are made canonical at the end.
inline float widen(float x) { return x; }
inline float widen(Bf16 x) { return float_from_bits(static_cast<std::uint32_t>(x.bits) << 16); }

void make_canonical(float* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) acc[i * ldacc + j] = canonical(acc[i * ldacc + j]);
  }
}

template <class T>
void portable_gemm(const T* a, std::int64_t lda, const T* b, std::int64_t ldb, float* acc,
                   std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
                   std::int64_t chain, bool accumulate) {
  std::vector<float> sums(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < m; ++i) {
    float* out = acc + i * ldacc;
    for (std::int64_t begin = 0; begin < k; begin += chain) {
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (std::int64_t x = begin; x < std::min(begin + chain, k); ++x) {
        const float left = widen(a[i * lda + x]);
        const T* right = b + x * ldb;
        for (std::int64_t j = 0; j < n; ++j) sums[j] += left * widen(right[j]);
      }
      const bool overwrite = begin == 0 && !accumulate;
      for (std::int64_t j = 0; j < n; ++j) out[j] = overwrite ? sums[j] : out[j] + sums[j];
    }
  }
}

#if defined(__x86_64__)

// Panels of tile_m rows: panel[k][row]; rows beyond m are zero and their outputs dropped.
template <class T>
void pack_a(const T* a, std::int64_t lda, std::int64_t m, std::int64_t k, float* to) {
  for (std::int64_t i0 = 0; i0 < m; i0 += tile_m, to += k * tile_m) {
    for (std::int64_t r = 0; r < tile_m; ++r) {
      const T* row = a + (i0 + r) * lda;
      for (std::int64_t x = 0; x < k; ++x) to[x * tile_m + r] = i0 + r < m ? widen(row[x]) : 0.0f;
    }
  }
}

// Panels of tile_n columns: panel[k][column]; columns beyond n are zero and their outputs dropped.
template <class T>
MANTISSA_AVX2 void pack_b(const T* b, std::int64_t ldb, std::int64_t n, std::int64_t k, float* to) {
  for (std::int64_t j0 = 0; j0 < n; j0 += tile_n) {
    const std::int64_t columns = std::min(tile_n, n - j0);
    for (std::int64_t x = 0; x < k; ++x, to += tile_n) {
      const T* row = b + x * ldb + j0;
      if (columns == tile_n) {
        for (std::int64_t j = 0; j < tile_n; ++j) to[j] = widen(row[j]);
      } else {
        for (std::int64_t j = 0; j < tile_n; ++j) to[j] = j < columns ? widen(row[j]) : 0.0f;
      }
    }
  }
}

// Where the sums of a run go: they replace what is there, or are added to it.
enum class Finish : std::uint8_t { store, add };

// sums[6][16] = start (or +0) + products of the panels, one k after the other; then stored to c or
// added to it.
MANTISSA_AVX2 void tile(std::int64_t k, const float* a, const float* b, const float* start,
                        std::int64_t ldstart, float* c, std::int64_t ldc, Finish finish) {
  __m256 sum[tile_m][2];
  for (int r = 0; r < tile_m; ++r) {
    for (int h = 0; h < 2; ++h) {
      sum[r][h] = start ? _mm256_loadu_ps(start + r * ldstart + 8 * h) : _mm256_setzero_ps();
    }
  }
  for (std::int64_t x = 0; x < k; ++x, a += tile_m, b += tile_n) {
    const __m256 b0 = _mm256_loadu_ps(b);
    const __m256 b1 = _mm256_loadu_ps(b + 8);
#pragma GCC unroll 6
    for (int r = 0; r < tile_m; ++r) {
      const __m256 left = _mm256_set1_ps(a[r]);
      sum[r][0] = _mm256_add_ps(sum[r][0], _mm256_mul_ps(left, b0));
      sum[r][1] = _mm256_add_ps(sum[r][1], _mm256_mul_ps(left, b1));
    }
  }
  for (int r = 0; r < tile_m; ++r) {
    for (int h = 0; h < 2; ++h) {
      float* out = c + r * ldc + 8 * h;
      const bool add = finish == Finish::add;
      _mm256_storeu_ps(out, add ? _mm256_add_ps(_mm256_loadu_ps(out), sum[r][h]) : sum[r][h]);
    }
  }
}

// The same for a tile that sticks out of acc: computed whole on the side.
void edge_tile(std::int64_t k, const float* a, const float* b, const float* start,
               std::int64_t ldstart, float* c, std::int64_t ldc, Finish finish, std::int64_t rows,
               std::int64_t columns) {
  float whole[tile_m * tile_n] = {};
  for (std::int64_t r = 0; r < rows; ++r) std::copy_n(c + r * ldc, columns, whole + r * tile_n);
  tile(k, a, b, start, ldstart, whole, tile_n, finish);
  for (std::int64_t r = 0; r < rows; ++r) std::copy_n(whole + r * tile_n, columns, c + r * ldc);
}

// One block of outputs, at most block_m x block_n. A block of k either holds whole chains or lies
// within one chain; a chain cut by block borders keeps its running sums in `running`.
template <class T>
void avx2_block(const T* a, std::int64_t lda, const T* b, std::int64_t ldb, float* acc,
                std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
                std::int64_t chain, bool accumulate) {
  thread_local std::vector<float> a_buffer, b_buffer, running_buffer;
  float* packed_a = scratch(a_buffer, block_m * block_k);
  float* packed_b = scratch(b_buffer, block_n * block_k);
  float* running = scratch(running_buffer, block_m * block_n);
  const std::int64_t whole_chains = chain <= block_k ? block_k / chain * chain : block_k;
  for (std::int64_t k0 = 0, k1 = 0; k0 < k; k0 = k1) {
    const std::int64_t chain_end = (k0 / chain + 1) * chain;
    k1 = std::min({k0 + whole_chains, chain <= block_k ? k : chain_end, k});
    pack_a(a + k0, lda, m, k1 - k0, packed_a);
    pack_b(b + k0 * ldb, ldb, n, k1 - k0, packed_b);
    for (std::int64_t j = 0; j < n; j += tile_n) {
      for (std::int64_t i = 0; i < m; i += tile_m) {
        float* c = acc + i * ldacc + j;
        float* partial = running + i * block_n + j;
        for (std::int64_t x0 = k0, x1 = 0; x0 < k1; x0 = x1) {
          x1 = std::min((x0 / chain + 1) * chain, k1);
          const bool chain_begins = x0 % chain == 0;
          const bool chain_ends = x1 % chain == 0 || x1 == k;
          const float* pa = packed_a + i * (k1 - k0) + (x0 - k0) * tile_m;
          const float* pb = packed_b + j * (k1 - k0) + (x0 - k0) * tile_n;
          const float* start = chain_begins ? nullptr : partial;
          if (!chain_ends) {
            tile(x1 - x0, pa, pb, start, block_n, partial, block_n, Finish::store);
            continue;
          }
          const Finish finish = x0 < chain && !accumulate ? Finish::store : Finish::add;
          if (i + tile_m <= m && j + tile_n <= n) {
            tile(x1 - x0, pa, pb, start, block_n, c, ldacc, finish);
          } else {
            edge_tile(x1 - x0, pa, pb, start, block_n, c, ldacc, finish, std::min(tile_m, m - i),
                      std::min(tile_n, n - j));
          }
        }
      }
    }
  }
}

#endif

template <class T>
void fast_gemm(const T* a, std::int64_t lda, const T* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate) {
  const auto chain = static_cast<std::int64_t>(order.length(static_cast<std::uint64_t>(k)));
  if (k == 0 && !accumulate) {
    for (std::int64_t i = 0; i < m; ++i) std::fill_n(acc + i * ldacc, n, 0.0f);
  }
#if defined(__x86_64__)
  if (kernel_set() >= KernelSet::avx2) {
    for (std::int64_t i = 0; i < m; i += block_m) {
      for (std::int64_t j = 0; j < n; j += block_n) {
        avx2_block(a + i * lda, lda, b + j, ldb, acc + i * ldacc + j, ldacc,
                   std::min(block_m, m - i), std::min(block_n, n - j), k, chain, accumulate);
      }
    }
    make_canonical(acc, ldacc, m, n);
    return;
  }
#endif
  portable_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, chain, accumulate);
  make_canonical(acc, ldacc, m, n);
}

}  // namespace

void gemm_bf16(const Bf16* a, std::int64_t lda, const Bf16* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate) {
  fast_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, order, accumulate);
}

void gemm_fp32(const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float* acc,
               std::int64_t ldacc, std::int64_t m, std::int64_t n, std::int64_t k,
               ReductionOrder order, bool accumulate) {
  fast_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, order, accumulate);
}

}  // namespace mantissa::numerics
