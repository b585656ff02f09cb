// SPDX-License-Identifier: Apache-2.0
// What the fast products of vector_mac.h share: operands packed in panels, tiles of sums, and the
// look back at them. Internal to this folder.
//
// Tiles of some rows of a by some rows of w. Within a vector, sums of products stay in registers;
// then each is multiplied by its p and added. Whether the accumulator would have overflowed on the
// way is known from the least and the greatest partial sum; the few outputs where it would have are
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

// What the kernels know of one call.
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
template <class Sum, std::int64_t m = tile_m, std::int64_t n = tile_n>
struct Tile {
  using Value = Sum;
  static constexpr std::int64_t rows = m, columns = n;
  alignas(64) Sum sum[m][n], least[m][n], greatest[m][n];
};

// Starts a tile from the sums so far, or from zeros.
template <class T, class Place>
void start(const Product& p, std::int64_t i0, std::int64_t j0, Place place, T& tile) {
  tile = {};
  if (!p.accumulate) return;
  for (std::int64_t r = 0; r < std::min(T::rows, p.m - i0); ++r)
    for (std::int64_t c = 0; c < std::min(T::columns, p.n - j0); ++c) {
      const std::int64_t at = place(c);
      tile.sum[r][at] = tile.least[r][at] = tile.greatest[r][at] =
          static_cast<typename T::Value>(p.acc[(i0 + r) * p.n + j0 + c]);
    }
}

// Stores a finished tile; an output whose sums came nearer to the ends of the accumulator than
// `margin` is computed again.
template <class T, class Place>
void finish(const Product& p, std::int64_t i0, std::int64_t j0, Place place, const T& tile,
            std::int64_t margin, VectorMacCounts& counts) {
  const std::int64_t low = p.mac.least_sum() + margin, high = p.mac.greatest_sum() - margin;
  for (std::int64_t r = 0; r < std::min(T::rows, p.m - i0); ++r)
    for (std::int64_t c = 0; c < std::min(T::columns, p.n - j0); ++c) {
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
  T tile;
  for (std::int64_t j0 = 0; j0 < p.n; j0 += T::columns)
    for (std::int64_t i0 = 0; i0 < p.m; i0 += T::rows) {
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

// How often a kernel looks whether sums have left the accumulator: after every `every` vectors and
// at the end, or never (0). Between two looks a sum moves by `margin` at most.
struct Looks {
  int every;
  std::int64_t margin;
};
constexpr int seldom = 4;

inline Looks looks_of(const Product& p) {
  const Limits l = limits_of(p.mac);
  const std::int64_t term = l.dot * l.product;
  if (!p.accumulate && p.vectors * term <= p.mac.greatest_sum()) return {0, 0};
  const std::int64_t margin = (seldom - 1) * term;
  if (margin <= p.mac.greatest_sum() / 8) return {seldom, margin};
  return {1, 0};
}

template <int every>
bool looks_at(std::int64_t vector, std::int64_t vectors) {
  return every != 0 && (vector % std::max(every, 1) == 0 || vector + 1 == vectors);
}

// run(whether scale products are rounded, how often sums are looked at), both constants.
template <class Run>
void with_constants(bool rounds, int every, Run run) {
  const auto looking = [&](auto rounding) {
    using std::integral_constant;
    if (every == 0) return run(rounding, integral_constant<int, 0>{});
    if (every == seldom) return run(rounding, integral_constant<int, seldom>{});
    run(rounding, integral_constant<int, 1>{});
  };
  if (rounds)
    looking(std::true_type{});
  else
    looking(std::false_type{});
}

// What makes a signed activation unsigned, as vpmaddubsw and vpdpbusd want it.
inline int activation_offset(const VectorMac& mac) {
  return mac.activation_signed ? static_cast<int>(limits_of(mac).activation) : 0;
}

// Four bytes, `add` added to each: the upper bits apart, so that nothing carries between bytes.
inline auto four_bytes(int add) {
  const std::uint32_t addend = 0x01010101u * static_cast<std::uint32_t>(add);
  return [addend](const std::int8_t* x) {
    std::uint32_t word;
    std::memcpy(&word, x, sizeof word);
    constexpr std::uint32_t low = 0x7F7F7F7Fu;
    return ((word & low) + (addend & low)) ^ ((word ^ addend) & ~low);
  };
}

#if defined(__x86_64__)
// Kernels for operands whose every intermediate fits, the fastest first.
// AVX-512 VNNI. vpdpbusd: a, made unsigned, times w, a vector's sum in int32 that fits int16;
// vpdpwssd multiplies it by p and adds, in int32.
bool is_dot(const VectorMac& mac, std::int64_t vectors, bool accumulate);
void dot_gemm(Product& p, VectorMacCounts& counts);
// AVX2. vpmaddubsw: a, made unsigned, times w, in int16; vpmaddwd multiplies by p and adds pairs;
// sums in int32.
bool is_narrow(const VectorMac& mac, std::int64_t vectors, bool accumulate);
void narrow_gemm(Product& p, VectorMacCounts& counts);
// AVX2. vpmaddwd on int16 operands; dot and p in int32, their products and sums in int64.
bool is_wide(const VectorMac& mac, std::int64_t vectors);
void wide_gemm(Product& p, VectorMacCounts& counts);
#endif

}  // namespace mantissa::numerics::vector_tiles
