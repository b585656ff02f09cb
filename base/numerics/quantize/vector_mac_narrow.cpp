// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/vector_mac_tiles.h"

#if defined(__x86_64__)

#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))

namespace mantissa::numerics::vector_tiles {
namespace {

std::uint32_t twice(std::uint32_t x) { return x | x << 16; }

template <bool rounds, int every>
MANTISSA_AVX2 void narrow_tile(std::int64_t vectors, std::int64_t steps, const std::uint32_t* a,
                               const std::uint32_t* w, const std::uint32_t* sa,
                               const std::uint32_t* sw, const std::uint32_t* offsets,
                               const ScaleRounding& rounding, Tile<std::int32_t>& tile) {
  const __m256i half = _mm256_set1_epi16(static_cast<short>(rounding.half));
  const __m256i top = _mm256_set1_epi16(static_cast<short>(rounding.top));
  const __m128i shift = _mm_cvtsi32_si128(rounding.shift);
  const auto at = [](const std::uint32_t* words) {
    return reinterpret_cast<const __m256i*>(words);
  };
  for (std::int64_t j = 0; j < vectors; ++j, sa += tile_m, sw += tile_n, offsets += tile_n) {
    __m256i dot[tile_m][2];
    for (auto& row : dot) {
      row[0] = _mm256_loadu_si256(at(offsets));
      row[1] = _mm256_loadu_si256(at(offsets + 8));
    }
    for (std::int64_t s = 0; s < steps; ++s, a += tile_m, w += tile_n) {
      const __m256i w0 = _mm256_loadu_si256(at(w)), w1 = _mm256_loadu_si256(at(w + 8));
#pragma GCC unroll 6
      for (int r = 0; r < tile_m; ++r) {
        const __m256i left = _mm256_set1_epi32(static_cast<int>(a[r]));
        dot[r][0] = _mm256_add_epi16(dot[r][0], _mm256_maddubs_epi16(left, w0));
        dot[r][1] = _mm256_add_epi16(dot[r][1], _mm256_maddubs_epi16(left, w1));
      }
    }
    const __m256i right[2] = {_mm256_loadu_si256(at(sw)), _mm256_loadu_si256(at(sw + 8))};
    const bool looks = looks_at<every>(j, vectors);
#pragma GCC unroll 6
    for (int r = 0; r < tile_m; ++r) {
      const __m256i left = _mm256_set1_epi32(static_cast<int>(sa[r]));
#pragma GCC unroll 2
      for (int h = 0; h < 2; ++h) {
        __m256i p = _mm256_mullo_epi16(left, right[h]);
        if (rounds) p = _mm256_min_epu16(_mm256_srl_epi16(_mm256_add_epi16(p, half), shift), top);
        auto* sum = reinterpret_cast<__m256i*>(&tile.sum[r][8 * h]);
        const __m256i total = _mm256_add_epi32(*sum, _mm256_madd_epi16(dot[r][h], p));
        *sum = total;
        if (!looks) continue;
        auto* least = reinterpret_cast<__m256i*>(&tile.least[r][8 * h]);
        auto* greatest = reinterpret_cast<__m256i*>(&tile.greatest[r][8 * h]);
        *least = _mm256_min_epi32(*least, total);
        *greatest = _mm256_max_epi32(*greatest, total);
      }
    }
  }
}

}  // namespace

// Whether every intermediate of the narrow kernel fits.
bool is_narrow(const VectorMac& mac, std::int64_t vectors, bool accumulate) {
  const Limits l = limits_of(mac);
  const std::int64_t unsigned_top = (std::int64_t{1} << mac.activation_bits) - 1;
  const std::int64_t offset = activation_offset(mac);
  const std::int64_t half_vector = 2 * ((mac.vector_length + 3) / 4);
  const bool dots = half_vector * (unsigned_top + offset) * l.weight <= 32767;
  const auto greatest = [](int bits) { return bits ? (std::int64_t{1} << bits) - 1 : 1; };
  const std::int64_t full = greatest(mac.weight_scale_bits) * greatest(mac.activation_scale_bits);
  const std::int64_t half = mac.shift() ? std::int64_t{1} << (mac.shift() - 1) : 0;
  const bool products = full + half <= 65535 && l.product <= 32767;
  const std::int64_t before = accumulate ? mac.greatest_sum() + 1 : 0;
  const bool sums = mac.accumulator_bits <= 32 && sums_fit(l, vectors, before, 0x7FFFFFFF);
  return dots && products && sums;
}

void narrow_gemm(Product& p, VectorMacCounts& counts) {
  thread_local std::vector<std::uint32_t> a, w, sa, sw, offsets;
  const int offset = activation_offset(p.mac);
  p.steps = (p.mac.vector_length + 3) / 4;
  pack<4>(p, p.a.elements, p.m, tile_m, four_bytes(offset), a);
  pack<4>(p, p.w.elements, p.n, tile_n, four_bytes(0), w);
  pack_scales(p, p.a.scales, p.m, tile_m, twice, sa);
  pack_scales(p, p.w.scales, p.n, tile_n, twice, sw);
  // What the offset of a adds to either half of a dot product is taken off at its start.
  const std::int64_t column_panels = (p.n + tile_n - 1) / tile_n;
  scratch(offsets, column_panels * p.vectors * tile_n);
  for (std::int64_t x = 0; x < column_panels * p.vectors; ++x)
    for (std::int64_t c = 0; c < tile_n; ++c) {
      int low = 0, high = 0;
      for (std::int64_t s = 0; s < p.steps; ++s) {
        const std::uint32_t word = w[static_cast<std::size_t>((x * p.steps + s) * tile_n + c)];
        low += static_cast<std::int8_t>(word) + static_cast<std::int8_t>(word >> 8);
        high += static_cast<std::int8_t>(word >> 16) + static_cast<std::int8_t>(word >> 24);
      }
      offsets[static_cast<std::size_t>(x * tile_n + c)] =
          (static_cast<std::uint32_t>(-offset * low) & 0xFFFFu) |
          static_cast<std::uint32_t>(-offset * high) << 16;
    }
  const ScaleRounding rounding = rounding_of(p.mac);
  const Looks looks = looks_of(p);
  const auto same = [](std::int64_t c) { return c; };
  const auto words = static_cast<std::size_t>(p.vectors * p.steps);
  const auto vectors = static_cast<std::size_t>(p.vectors);
  with_constants(rounding.shift != 0, looks.every, [&](auto rounds, auto every) {
    for_each_tile<Tile<std::int32_t>>(
        p, same, looks.margin, counts, [&](std::size_t i0, std::size_t j0, auto& tile) {
          narrow_tile<rounds, every>(p.vectors, p.steps, &a[i0 * words], &w[j0 * words],
                                     &sa[i0 * vectors], &sw[j0 * vectors], &offsets[j0 * vectors],
                                     rounding, tile);
        });
  });
}

}  // namespace mantissa::numerics::vector_tiles

#endif
