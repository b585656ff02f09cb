// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/vector_mac_tiles.h"

#if defined(__x86_64__)

#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))

namespace mantissa::numerics::vector_tiles {
namespace {

// Of eight columns, products of the even ones stand in the first four words.
std::int64_t wide_place(std::int64_t c) { return c / 8 * 8 + c % 2 * 4 + c % 8 / 2; }

MANTISSA_AVX2 inline void add_wide(__m256i term, std::int64_t* sum, std::int64_t* least,
                                   std::int64_t* greatest) {
  auto* s = reinterpret_cast<__m256i*>(sum);
  auto* l = reinterpret_cast<__m256i*>(least);
  auto* g = reinterpret_cast<__m256i*>(greatest);
  const __m256i total = _mm256_add_epi64(*s, term);
  *s = total;
  *l = _mm256_blendv_epi8(*l, total, _mm256_cmpgt_epi64(*l, total));
  *g = _mm256_blendv_epi8(*g, total, _mm256_cmpgt_epi64(total, *g));
}

MANTISSA_AVX2 void wide_tile(std::int64_t vectors, std::int64_t steps, const std::uint32_t* a,
                             const std::uint32_t* w, const std::uint32_t* sa,
                             const std::uint32_t* sw, const ScaleRounding& rounding,
                             Tile<std::int64_t>& tile) {
  const __m256i half = _mm256_set1_epi32(rounding.half), top = _mm256_set1_epi32(rounding.top);
  const __m128i shift = _mm_cvtsi32_si128(rounding.shift);
  const auto at = [](const std::uint32_t* words) {
    return reinterpret_cast<const __m256i*>(words);
  };
  for (std::int64_t j = 0; j < vectors; ++j, sa += tile_m, sw += tile_n) {
    __m256i dot[tile_m][2];
    for (auto& row : dot) row[0] = row[1] = _mm256_setzero_si256();
    for (std::int64_t s = 0; s < steps; ++s, a += tile_m, w += tile_n) {
      const __m256i w0 = _mm256_loadu_si256(at(w)), w1 = _mm256_loadu_si256(at(w + 8));
#pragma GCC unroll 6
      for (int r = 0; r < tile_m; ++r) {
        const __m256i left = _mm256_set1_epi32(static_cast<int>(a[r]));
        dot[r][0] = _mm256_add_epi32(dot[r][0], _mm256_madd_epi16(left, w0));
        dot[r][1] = _mm256_add_epi32(dot[r][1], _mm256_madd_epi16(left, w1));
      }
    }
    const __m256i right[2] = {_mm256_loadu_si256(at(sw)), _mm256_loadu_si256(at(sw + 8))};
    for (int r = 0; r < tile_m; ++r) {
      const __m256i left = _mm256_set1_epi32(static_cast<int>(sa[r]));
      for (int h = 0; h < 2; ++h) {
        __m256i p = _mm256_mullo_epi32(left, right[h]);
        p = _mm256_min_epu32(_mm256_srl_epi32(_mm256_add_epi32(p, half), shift), top);
        const int c = 8 * h;
        add_wide(_mm256_mul_epi32(dot[r][h], p), &tile.sum[r][c], &tile.least[r][c],
                 &tile.greatest[r][c]);
        add_wide(_mm256_mul_epi32(_mm256_srli_epi64(dot[r][h], 32), _mm256_srli_epi64(p, 32)),
                 &tile.sum[r][c + 4], &tile.least[r][c + 4], &tile.greatest[r][c + 4]);
      }
    }
  }
}

}  // namespace

bool is_wide(const VectorMac& mac, std::int64_t vectors) {
  return sums_fit(limits_of(mac), vectors, std::int64_t{1} << 48, std::int64_t{1} << 62);
}

void wide_gemm(Product& p, VectorMacCounts& counts) {
  thread_local std::vector<std::uint32_t> a, w, sa, sw;
  p.steps = (p.mac.vector_length + 1) / 2;
  const auto pair = [](bool is_signed) {
    return [is_signed](const std::int8_t* x) {
      const auto half = [is_signed](std::int8_t y) {
        return static_cast<std::uint32_t>(is_signed ? y : static_cast<std::uint8_t>(y)) & 0xFFFFu;
      };
      return half(x[0]) | half(x[1]) << 16;
    };
  };
  const auto same = [](std::uint32_t x) { return x; };
  pack<2>(p, p.a.elements, p.m, tile_m, pair(p.mac.activation_signed), a);
  pack<2>(p, p.w.elements, p.n, tile_n, pair(true), w);
  pack_scales(p, p.a.scales, p.m, tile_m, same, sa);
  pack_scales(p, p.w.scales, p.n, tile_n, same, sw);
  const ScaleRounding rounding = rounding_of(p.mac);
  const auto words = static_cast<std::size_t>(p.vectors * p.steps);
  const auto vectors = static_cast<std::size_t>(p.vectors);
  for_each_tile<Tile<std::int64_t>>(
      p, wide_place, 0, counts, [&](std::size_t i0, std::size_t j0, Tile<std::int64_t>& tile) {
        wide_tile(p.vectors, p.steps, &a[i0 * words], &w[j0 * words], &sa[i0 * vectors],
                  &sw[j0 * vectors], rounding, tile);
      });
}

}  // namespace mantissa::numerics::vector_tiles

#endif
