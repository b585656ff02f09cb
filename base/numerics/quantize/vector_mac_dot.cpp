// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/vector_mac_tiles.h"

#if defined(__x86_64__)

#include <immintrin.h>
#define MANTISSA_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

namespace mantissa::numerics::vector_tiles {
namespace {

// 12 sums of vectors and 12 of products in the 32 registers.
using DotTile = Tile<std::int32_t, 6, 32>;
constexpr std::int64_t lanes = 16;
constexpr int halves = DotTile::columns / lanes;

MANTISSA_AVX512 inline __m512i load(const void* words) { return _mm512_loadu_si512(words); }
MANTISSA_AVX512 inline __m512i all(std::uint32_t word) {
  return _mm512_set1_epi32(static_cast<int>(word));
}

template <bool rounds, int every>
MANTISSA_AVX512 void dot_tile(std::int64_t vectors, std::int64_t steps, const std::uint32_t* a,
                              const std::uint32_t* w, const std::uint32_t* sa,
                              const std::uint32_t* sw, const std::int32_t* offsets,
                              const ScaleRounding& rounding, DotTile& tile) {
  const __m512i half = _mm512_set1_epi32(rounding.half), top = _mm512_set1_epi32(rounding.top);
  const __m128i shift = _mm_cvtsi32_si128(rounding.shift);
  __m512i sum[DotTile::rows][halves];
  for (int r = 0; r < DotTile::rows; ++r)
    for (int h = 0; h < halves; ++h) sum[r][h] = load(&tile.sum[r][lanes * h]);
  for (std::int64_t j = 0; j < vectors; ++j) {
    __m512i dot[DotTile::rows][halves];
    for (auto& row : dot)
      for (int h = 0; h < halves; ++h) row[h] = load(offsets + lanes * h);
    for (std::int64_t s = 0; s < steps; ++s, a += DotTile::rows, w += DotTile::columns) {
      const __m512i right[halves] = {load(w), load(w + lanes)};
#pragma GCC unroll 6
      for (int r = 0; r < DotTile::rows; ++r)
        for (int h = 0; h < halves; ++h)
          dot[r][h] = _mm512_dpbusd_epi32(dot[r][h], all(a[r]), right[h]);
    }
    const __m512i right[halves] = {load(sw), load(sw + lanes)};
    const bool looks = looks_at<every>(j, vectors);
#pragma GCC unroll 6
    for (int r = 0; r < DotTile::rows; ++r)
#pragma GCC unroll 2
      for (int h = 0; h < halves; ++h) {
        __m512i p = _mm512_madd_epi16(all(sa[r]), right[h]);
        if (rounds) p = _mm512_min_epu32(_mm512_srl_epi32(_mm512_add_epi32(p, half), shift), top);
        // The upper half of a word of p is 0: that of the dot product, its sign, counts nothing.
        sum[r][h] = _mm512_dpwssd_epi32(sum[r][h], dot[r][h], p);
        if (!looks) continue;
        std::int32_t* least = &tile.least[r][lanes * h];
        std::int32_t* greatest = &tile.greatest[r][lanes * h];
        _mm512_storeu_si512(least, _mm512_min_epi32(load(least), sum[r][h]));
        _mm512_storeu_si512(greatest, _mm512_max_epi32(load(greatest), sum[r][h]));
      }
    sa += DotTile::rows, sw += DotTile::columns, offsets += DotTile::columns;
  }
  for (int r = 0; r < DotTile::rows; ++r)
    for (int h = 0; h < halves; ++h) _mm512_storeu_si512(&tile.sum[r][lanes * h], sum[r][h]);
}

// What adding `offset` to every activation adds to the dot product of each vector of w, negated.
MANTISSA_AVX512 void offsets_of(const std::uint32_t* w, std::int64_t vectors, std::int64_t steps,
                                int offset, std::int32_t* to) {
  const __m512i left = _mm512_set1_epi8(static_cast<char>(offset));
  for (std::int64_t j = 0; j < vectors; ++j, to += DotTile::columns) {
    __m512i sum[halves] = {};
    for (std::int64_t s = 0; s < steps; ++s, w += DotTile::columns)
      for (int h = 0; h < halves; ++h)
        sum[h] = _mm512_dpbusd_epi32(sum[h], left, load(w + lanes * h));
    for (int h = 0; h < halves; ++h)
      _mm512_storeu_si512(to + lanes * h, _mm512_sub_epi32(_mm512_setzero_si512(), sum[h]));
  }
}

}  // namespace

bool is_dot(const VectorMac& mac, std::int64_t vectors, bool accumulate) {
  const Limits l = limits_of(mac);
  const std::int64_t activation =
      mac.activation_signed ? l.activation : (std::int64_t{1} << mac.activation_bits) - 1;
  const std::int64_t before = accumulate ? mac.greatest_sum() + 1 : 0;
  return mac.vector_length * l.weight * activation <= 32767 && l.product <= 32767 &&
         mac.accumulator_bits <= 32 && sums_fit(l, vectors, before, 0x7FFFFFFF);
}

void dot_gemm(Product& p, VectorMacCounts& counts) {
  thread_local std::vector<std::uint32_t> a, w, sa, sw;
  thread_local std::vector<std::int32_t> offsets;
  const int offset = activation_offset(p.mac);
  p.steps = (p.mac.vector_length + 3) / 4;
  const auto same = [](auto x) { return x; };
  pack<4>(p, p.a.elements, p.m, DotTile::rows, four_bytes(offset), a);
  pack<4>(p, p.w.elements, p.n, DotTile::columns, four_bytes(0), w);
  pack_scales(p, p.a.scales, p.m, DotTile::rows, same, sa);
  pack_scales(p, p.w.scales, p.n, DotTile::columns, same, sw);
  const std::int64_t all_vectors = (p.n + DotTile::columns - 1) / DotTile::columns * p.vectors;
  offsets_of(w.data(), all_vectors, p.steps, offset,
             scratch(offsets, all_vectors * DotTile::columns));
  const ScaleRounding rounding = rounding_of(p.mac);
  const Looks looks = looks_of(p);
  const auto words = static_cast<std::size_t>(p.vectors * p.steps);
  const auto vectors = static_cast<std::size_t>(p.vectors);
  with_constants(rounding.shift != 0, looks.every, [&](auto rounds, auto every) {
    for_each_tile<DotTile>(
        p, same, looks.margin, counts, [&](std::size_t i0, std::size_t j0, DotTile& tile) {
          dot_tile<rounds, every>(p.vectors, p.steps, &a[i0 * words], &w[j0 * words],
                                  &sa[i0 * vectors], &sw[j0 * vectors], &offsets[j0 * vectors],
                                  rounding, tile);
        });
  });
}

}  // namespace mantissa::numerics::vector_tiles

#endif
