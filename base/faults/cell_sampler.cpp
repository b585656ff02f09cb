// SPDX-License-Identifier: Apache-2.0
#include "base/faults/cell_sampler.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/faults/draw.h"
#include "base/faults/normal.h"

namespace mantissa::faults {
namespace {

constexpr int last_octave = 48;

// 1 / ln(1 - q_k), the factor from ln U to a geometric gap; 0 for q = 1, where no gap is left.
const std::array<double, last_octave + 1>& gap_factors() {
  static const auto table = [] {
    std::array<double, last_octave + 1> out{};
    for (int k = 1; k <= last_octave; ++k) {
      const double cells = static_cast<double>(1ull << (k + 1)) - 1;
      const double q = k == last_octave ? 1 / static_cast<double>(1ull << k) : 1 / cells;
      // ln(1 - q) = -2 artanh(q / (2 - q)): no rounding of 1 - q where q is small.
      const double s = q / (2 - q);
      double sum = 0;
      for (int j = 61; j > 0; j -= 2) sum = sum * s * s + 1.0 / j;
      out[static_cast<std::size_t>(k)] = -1 / (2 * s * sum);
    }
    return out;
  }();
  return table;
}

// The octave of u: 2^-(k+1) < u <= 2^-k.
int octave_of(double u) {
  int k = 0;
  for (double bound = 0.5; u <= bound && k < last_octave; bound *= 0.5) ++k;
  return k;
}

}  // namespace

// Every hit of the octaves from `shallowest` on, octave by octave, among the block's first `cells`
// cells: hit(octave, cell in block).
template <class Hit>
void CellSampler::visit(std::uint64_t block, std::uint64_t cells, int shallowest, Hit hit) const {
  const std::uint64_t block_key = derived(key_, block);
  for (int k = shallowest; k <= last_octave; ++k) {
    const std::uint64_t key = derived(block_key, static_cast<std::uint64_t>(k));
    const double factor = gap_factors()[static_cast<std::size_t>(k)];
    const auto end = static_cast<std::int64_t>(cells);
    std::int64_t cell = 0;
    for (std::uint64_t draw = 0; cell < end; ++draw, ++cell) {
      // P(gap >= g) = (1 - q)^g.
      const double gap = natural_log(unit(derived(key, draw))) * factor;
      if (gap >= static_cast<double>(end - cell)) break;
      cell += static_cast<std::int64_t>(gap);
      hit(k, static_cast<std::uint64_t>(cell));
    }
  }
}

// u of a cell whose deepest hit is in this octave.
double CellSampler::place_in(int octave, std::uint64_t cell) const {
  const double r = unit(derived(~key_, cell));
  const double top = 1 / static_cast<double>(1ull << octave);
  return octave == last_octave ? top * r : 0.5 * top * (1 + r);
}

void CellSampler::append_failing(double p, std::uint64_t first, std::uint64_t last,
                                 std::vector<std::uint64_t>& out) const {
  if (!(p > 0) || first >= last) return;
  MANTISSA_CHECK(p <= 1, "an error rate above one");
  const int shallowest = octave_of(p);
  // A cell may have hits in several octaves. A map of the block puts them in order and keeps one of
  // each; where hits are few, sorting is less work than reading the map.
  std::array<std::uint64_t, cells_per_block / 64> map{};
  constexpr std::size_t few = 128;
  std::vector<std::uint64_t> hits;
  out.reserve(out.size() + static_cast<std::size_t>(1.01 * p * static_cast<double>(last - first)));
  for (std::uint64_t block = first / cells_per_block; block * cells_per_block < last; ++block) {
    const std::uint64_t origin = block * cells_per_block;
    hits.clear();
    visit(block, std::min(last - origin, cells_per_block), shallowest,
          [&](int octave, std::uint64_t cell) {
            if (octave == shallowest && place_in(octave, origin + cell) > p) return;
            hits.push_back(cell);
          });
    const auto keep = [&](std::uint64_t cell) {
      if (origin + cell >= first && origin + cell < last) out.push_back(origin + cell);
    };
    if (hits.size() <= few) {
      std::sort(hits.begin(), hits.end());
      hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
      for (const std::uint64_t cell : hits) keep(cell);
      continue;
    }
    for (const std::uint64_t cell : hits) map[cell / 64] |= 1ull << (cell % 64);
    for (std::size_t word = 0; word < map.size(); ++word) {
      for (std::uint64_t bits = map[word]; bits != 0; bits &= bits - 1)
        keep(word * 64 + static_cast<std::uint64_t>(__builtin_ctzll(bits)));
      map[word] = 0;
    }
  }
}

double CellSampler::u(std::uint64_t cell) const {
  int deepest = 0;
  const std::uint64_t in_block = cell % cells_per_block;
  visit(cell / cells_per_block, in_block + 1, 0, [&](int octave, std::uint64_t hit) {
    if (hit == in_block) deepest = std::max(deepest, octave);
  });
  return place_in(deepest, cell);
}

}  // namespace mantissa::faults
