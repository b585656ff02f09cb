// SPDX-License-Identifier: Apache-2.0
// Fast integer products: both operands widened to int16 and paired along k, so that one vpmaddwd
// does 16 exact products and 8 exact sums (255 * 127 * 2 < 2^31; the byte form vpmaddubsw would
// saturate). Taken only where no int32 sum can wrap, so there is nothing to count.
#include <algorithm>
#include <cstdlib>
#include <limits>
#include <type_traits>

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

// The largest |product| of the format pair: 128 * 128 and 255 * 128.
template <class A>
constexpr std::int64_t largest_product = std::is_signed_v<A> ? 128 * 128 : 255 * 128;

// True when k * max|product| + max|acc| fits int32: then no partial sum of any order can wrap.
template <class A>
bool cannot_wrap(const std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                 std::int64_t k, bool accumulate) {
  constexpr std::int64_t top = std::numeric_limits<std::int32_t>::max();
  if (k > top / largest_product<A>) return false;
  std::int64_t largest = 0;
  for (std::int64_t i = 0; accumulate && i < m; ++i) {
    std::int32_t low = 0, high = 0;
    for (std::int64_t j = 0; j < n; ++j) {
      low = std::min(low, acc[i * ldacc + j]);
      high = std::max(high, acc[i * ldacc + j]);
    }
    largest = std::max({largest, -std::int64_t{low}, std::int64_t{high}});
  }
  return largest + k * largest_product<A> <= top;
}

template <class A>
void portable_gemm(const A* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                   std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                   std::int64_t k, bool accumulate) {
  for (std::int64_t i = 0; i < m; ++i) {
    std::int32_t* out = acc + i * ldacc;
    if (!accumulate) std::fill(out, out + n, 0);
    for (std::int64_t x = 0; x < k; ++x) {
      const std::int32_t left = a[i * lda + x];
      const std::int8_t* right = b + x * ldb;
      for (std::int64_t j = 0; j < n; ++j) out[j] += left * right[j];
    }
  }
}

#if defined(__x86_64__)

// Two int16 of consecutive k in one word, the lower k in the lower half.
std::uint32_t pair(std::int32_t first, std::int32_t second) {
  return (static_cast<std::uint32_t>(first) & 0xFFFFu) | (static_cast<std::uint32_t>(second) << 16);
}

// Panels of tile_m rows: panel[k pair][row]. Rows beyond m and an odd last k are zero.
template <class A>
void pack_a(const A* a, std::int64_t lda, std::int64_t m, std::int64_t k, std::uint32_t* to) {
  const std::int64_t pairs = (k + 1) / 2;
  for (std::int64_t i0 = 0; i0 < m; i0 += tile_m) {
    for (std::int64_t r = 0; r < tile_m; ++r) {
      const A* row = a + (i0 + r) * lda;
      for (std::int64_t p = 0; p < pairs; ++p) {
        const bool inside = i0 + r < m;
        to[p * tile_m + r] = inside ? pair(row[2 * p], 2 * p + 1 < k ? row[2 * p + 1] : 0) : 0u;
      }
    }
    to += pairs * tile_m;
  }
}

// Panels of tile_n columns: panel[k pair][column]. Columns beyond n and an odd last k are zero.
MANTISSA_AVX2 void pack_b(const std::int8_t* b, std::int64_t ldb, std::int64_t n, std::int64_t k,
                          std::uint32_t* to) {
  const std::int64_t pairs = (k + 1) / 2;
  for (std::int64_t j0 = 0; j0 < n; j0 += tile_n) {
    const std::int64_t columns = std::min(tile_n, n - j0);
    for (std::int64_t p = 0; p < pairs; ++p, to += tile_n) {
      const std::int8_t* first = b + 2 * p * ldb + j0;
      const bool has_second = 2 * p + 1 < k;
      if (columns < tile_n) {
        for (std::int64_t j = 0; j < tile_n; ++j) {
          to[j] = j < columns ? pair(first[j], has_second ? first[ldb + j] : 0) : 0u;
        }
        continue;
      }
      const __m128i second_bytes =
          has_second ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(first + ldb))
                     : _mm_setzero_si128();
      const __m256i x =
          _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)));
      const __m256i y = _mm256_cvtepi8_epi16(second_bytes);
      const __m256i low = _mm256_unpacklo_epi16(x, y);   // columns 0-3 and 8-11
      const __m256i high = _mm256_unpackhi_epi16(x, y);  // columns 4-7 and 12-15
      auto* out = reinterpret_cast<__m256i*>(to);
      _mm256_storeu_si256(out, _mm256_permute2x128_si256(low, high, 0x20));
      _mm256_storeu_si256(out + 1, _mm256_permute2x128_si256(low, high, 0x31));
    }
  }
}

// c[6][16] (+)= panel of A times panel of B, in registers over all k pairs.
MANTISSA_AVX2 void tile(std::int64_t pairs, const std::uint32_t* a, const std::uint32_t* b,
                        std::int32_t* c, std::int64_t ldc, bool add) {
  __m256i sum[tile_m][2];
  for (auto& row : sum) row[0] = row[1] = _mm256_setzero_si256();
  for (std::int64_t p = 0; p < pairs; ++p, a += tile_m, b += tile_n) {
    const __m256i b0 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
    const __m256i b1 = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + 8));
#pragma GCC unroll 6
    for (int r = 0; r < tile_m; ++r) {
      const __m256i left = _mm256_set1_epi32(static_cast<int>(a[r]));
      sum[r][0] = _mm256_add_epi32(sum[r][0], _mm256_madd_epi16(left, b0));
      sum[r][1] = _mm256_add_epi32(sum[r][1], _mm256_madd_epi16(left, b1));
    }
  }
  for (int r = 0; r < tile_m; ++r) {
    auto* out = reinterpret_cast<__m256i*>(c + r * ldc);
    for (int h = 0; h < 2; ++h) {
      const __m256i old = add ? _mm256_loadu_si256(out + h) : _mm256_setzero_si256();
      _mm256_storeu_si256(out + h, _mm256_add_epi32(old, sum[r][h]));
    }
  }
}

// A tile that sticks out of the matrix is computed whole on the side.
void edge_tile(std::int64_t pairs, const std::uint32_t* a, const std::uint32_t* b, std::int32_t* c,
               std::int64_t ldc, bool add, std::int64_t rows, std::int64_t columns) {
  std::int32_t whole[tile_m * tile_n];
  tile(pairs, a, b, whole, tile_n, false);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t j = 0; j < columns; ++j) {
      const std::int32_t old = add ? c[r * ldc + j] : 0;
      c[r * ldc + j] = old + whole[r * tile_n + j];
    }
  }
}

template <class A>
void avx2_gemm(const A* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate) {
  thread_local std::vector<std::uint32_t> a_buffer, b_buffer;
  std::uint32_t* packed_a = scratch(a_buffer, block_m * block_k / 2);
  std::uint32_t* packed_b = scratch(b_buffer, block_n * block_k / 2);
  for (std::int64_t j0 = 0; j0 < n; j0 += block_n) {
    const std::int64_t columns = std::min(block_n, n - j0);
    for (std::int64_t k0 = 0; k0 < k; k0 += block_k) {
      const std::int64_t depth = std::min(block_k, k - k0);
      const std::int64_t pairs = (depth + 1) / 2;
      const bool add = accumulate || k0 > 0;
      pack_b(b + k0 * ldb + j0, ldb, columns, depth, packed_b);
      for (std::int64_t i0 = 0; i0 < m; i0 += block_m) {
        const std::int64_t rows = std::min(block_m, m - i0);
        pack_a(a + i0 * lda + k0, lda, rows, depth, packed_a);
        for (std::int64_t j = 0; j < columns; j += tile_n) {
          for (std::int64_t i = 0; i < rows; i += tile_m) {
            const std::uint32_t* pa = packed_a + i * pairs;
            const std::uint32_t* pb = packed_b + j * pairs;
            std::int32_t* c = acc + (i0 + i) * ldacc + j0 + j;
            if (i + tile_m <= rows && j + tile_n <= columns) {
              tile(pairs, pa, pb, c, ldacc, add);
            } else {
              edge_tile(pairs, pa, pb, c, ldacc, add, std::min(tile_m, rows - i),
                        std::min(tile_n, columns - j));
            }
          }
        }
      }
    }
  }
}

#endif

template <class A>
bool fast_gemm(const A* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate) {
  if (!cannot_wrap<A>(acc, ldacc, m, n, k, accumulate)) return false;
#if defined(__x86_64__)
  if (k > 0 && kernel_set() >= KernelSet::avx2) {
    avx2_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate);
    return true;
  }
#endif
  portable_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate);
  return true;
}

}  // namespace

void gemm_int8(const std::int8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
               std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
               std::int64_t k, bool accumulate, std::uint64_t& overflows, ReductionOrder order) {
  if (fast_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate)) return;
  golden::gemm_int8(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate, overflows, order);
}

void gemm_uint8(const std::uint8_t* a, std::int64_t lda, const std::int8_t* b, std::int64_t ldb,
                std::int32_t* acc, std::int64_t ldacc, std::int64_t m, std::int64_t n,
                std::int64_t k, bool accumulate, std::uint64_t& overflows, ReductionOrder order) {
  if (fast_gemm(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate)) return;
  golden::gemm_uint8(a, lda, b, ldb, acc, ldacc, m, n, k, accumulate, overflows, order);
}

}  // namespace mantissa::numerics
