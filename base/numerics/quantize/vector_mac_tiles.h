// SPDX-License-Identifier: Apache-2.0
// What the fast products of vector_mac.h share: operands packed in panels, tiles of sums, and the
// look back at them. Internal to this folder.
//
// Tiles of 6 rows of a by 16 rows of w. Within a vector, sums of products stay in registers; then
// each is multiplied by its p and added. Whether the accumulator would have overflowed on the way
// is known from the least and the greatest partial sum; the few outputs where it would have are
// computed again by the golden loop.
#pragma once

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/numerics/gemm_blocking.h"
#include "base/numerics/quantize/vector_mac.h"

namespace mantissa::numerics::vector_tiles {

using namespace blocking;

// The greatest p, and the largest |dot| of operands that take every value of their widths.
struct Limits {
  std::int64_t weight, activation, product, dot;
};

inline Limits limits_of(const VectorMac& mac) {
  Limits l{};
  l.weight = std::int64_t{1} << (mac.weight_bits - 1);
  l.activation = std::int64_t{1} << (mac.activation_bits - (mac.activation_signed ? 1 : 0));
  l.product = rounded_scale_product(mac, (1u << mac.weight_scale_bits) - 1,
                                    (1u << mac.activation_scale_bits) - 1);
  l.dot = mac.vector_length * l.weight * l.activation;
  return l;
}

// Whether before + vectors terms stay within `limit`, whatever the operands.
inline bool sums_fit(const Limits& l, std::int64_t vectors, std::int64_t before,
                     std::int64_t limit) {
  return vectors <= (limit - before) / (l.dot * l.product);  // dot < 2^26, product < 2^30
}

// What both kernels know of one call.
struct Product {
  const VectorMac& mac;
  ScaledRows a, w;
  std::int64_t* acc;
  std::int64_t m, n, k;
  bool accumulate;
  std::int64_t vectors, steps;  // per row; words per vector
};

// Operands in words of `packed` elements, v of them a vector, padded with zeros: panels of `rows`
// rows, panel[vector][word][row].
template <int packed, class Word>
void pack(const Product& p, const std::int8_t* elements, std::int64_t count, std::int64_t rows,
          Word word, std::vector<std::uint32_t>& to) {
  const std::int64_t panels = (count + rows - 1) / rows;
  std::uint32_t* out = scratch(to, panels * p.vectors * p.steps * rows);
  const std::int64_t v = p.mac.vector_length;
  for (std::int64_t first = 0; first < count; first += rows)
    for (std::int64_t j = 0; j < p.vectors; ++j)
      for (std::int64_t s = 0; s < p.steps; ++s) {
        const std::int64_t begin = j * v + s * packed;
        const std::int64_t filled =
            std::min(std::min(j * v + v, p.k) - begin, std::int64_t{packed});
        const std::int8_t* from = elements + first * p.k + begin;
        for (std::int64_t r = 0; r < rows; ++r, from += p.k) {
          std::int8_t some[packed] = {};
          if (first + r < count) {
            if (filled == packed)
              std::memcpy(some, from, packed);
            else
              for (std::int64_t i = 0; i < filled; ++i) some[i] = from[i];
          }
          *out++ = word(some);
        }
      }
}

// Scales as the kernels read them: panel[vector][row], through `word`; rows beyond have scale 0.
template <class Word>
void pack_scales(const Product& p, const std::uint16_t* scales, std::int64_t count,
                 std::int64_t rows, Word word, std::vector<std::uint32_t>& to) {
  const std::int64_t panels = (count + rows - 1) / rows;
  std::uint32_t* out = scratch(to, panels * p.vectors * rows);
  for (std::int64_t first = 0; first < count; first += rows)
    for (std::int64_t j = 0; j < p.vectors; ++j)
      for (std::int64_t r = 0; r < rows; ++r)
        *out++ = first + r >= count ? 0
                 : scales           ? word(scales[(first + r) * p.vectors + j])
                                    : word(1);
}

// A tile of sums, the least and the greatest of those on the way. Columns may stand in another
// order than in the matrix.
template <class T>
struct Tile {
  alignas(32) T sum[tile_m][tile_n], least[tile_m][tile_n], greatest[tile_m][tile_n];
};

// Starts a tile from the sums so far, or from zeros.
template <class T, class Place>
void start(const Product& p, std::int64_t i0, std::int64_t j0, Place place, Tile<T>& tile) {
  tile = {};
  if (!p.accumulate) return;
  for (std::int64_t r = 0; r < std::min(tile_m, p.m - i0); ++r)
    for (std::int64_t c = 0; c < std::min(tile_n, p.n - j0); ++c) {
      const std::int64_t at = place(c);
      tile.sum[r][at] = tile.least[r][at] = tile.greatest[r][at] =
          static_cast<T>(p.acc[(i0 + r) * p.n + j0 + c]);
    }
}

// Stores a finished tile; an output whose sums came nearer to the ends of the accumulator than
// `margin` is computed again.
template <class T, class Place>
void finish(const Product& p, std::int64_t i0, std::int64_t j0, Place place, const Tile<T>& tile,
            std::int64_t margin, VectorMacCounts& counts) {
  const std::int64_t low = p.mac.least_sum() + margin, high = p.mac.greatest_sum() - margin;
  for (std::int64_t r = 0; r < std::min(tile_m, p.m - i0); ++r)
    for (std::int64_t c = 0; c < std::min(tile_n, p.n - j0); ++c) {
      std::int64_t& out = p.acc[(i0 + r) * p.n + j0 + c];
      const std::int64_t at = place(c);
      if (tile.least[r][at] >= low && tile.greatest[r][at] <= high) {
        out = tile.sum[r][at];
        continue;
      }
      VectorMacCounts again;
      golden::vector_scaled_gemm(
          p.mac,
          {p.a.elements + (i0 + r) * p.k, p.a.scales ? p.a.scales + (i0 + r) * p.vectors : nullptr},
          {p.w.elements + (j0 + c) * p.k, p.w.scales ? p.w.scales + (j0 + c) * p.vectors : nullptr},
          &out, 1, 1, p.k, p.accumulate, again);
      counts.overflows += again.overflows;
    }
}

// The product, tile by tile: run(panel of a, panel of w, tile), panels by their first rows.
template <class T, class Place, class Run>
void for_each_tile(const Product& p, Place place, std::int64_t margin, VectorMacCounts& counts,
                   Run run) {
  Tile<T> tile;
  for (std::int64_t j0 = 0; j0 < p.n; j0 += tile_n)
    for (std::int64_t i0 = 0; i0 < p.m; i0 += tile_m) {
      start(p, i0, j0, place, tile);
      run(static_cast<std::size_t>(i0), static_cast<std::size_t>(j0), tile);
      finish(p, i0, j0, place, tile, margin, counts);
    }
}

// How p is rounded, in 16 or 32 bits per lane.
struct ScaleRounding {
  int shift, half, top;
};

inline ScaleRounding rounding_of(const VectorMac& mac) {
  const int k = mac.shift();
  return {k, k ? 1 << (k - 1) : 0, static_cast<int>(limits_of(mac).product)};
}

#if defined(__x86_64__)
// vpmaddubsw: a, made unsigned by adding 2^(Na-1), times w, in int16; vpmaddwd multiplies by p and
// adds pairs; sums in int32. Where nothing can leave these widths:
bool is_narrow(const VectorMac& mac, std::int64_t vectors, bool accumulate);
void narrow_gemm(Product& p, VectorMacCounts& counts);
// vpmaddwd on int16 operands; dot and p in int32, their products and sums in int64.
void wide_gemm(Product& p, VectorMacCounts& counts);
#endif

}  // namespace mantissa::numerics::vector_tiles
