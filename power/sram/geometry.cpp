// SPDX-License-Identifier: Apache-2.0
#include "power/sram/geometry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace mantissa::power {
namespace {

constexpr std::uint64_t fewest_rows = 16, most_rows = 512;  // of a choice; given ones may be others
constexpr std::uint64_t widest_row = 512;                   // columns, where a word is not wider
constexpr std::uint64_t most_mux = 32, widest_word = 4096;

[[noreturn]] void refuse(const std::string& read, const std::string& expected) {
  throw Error(bad_sram).say("an SRAM").read(read).expected(expected);
}

std::uint64_t power_of_two_at_least(std::uint64_t n) {
  std::uint64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

std::uint64_t log2_up(std::uint64_t n) {
  std::uint64_t bits = 0;
  while ((std::uint64_t{1} << bits) < n) ++bits;
  return bits;
}

}  // namespace

MacroGeometry word_layout(const MacroConfig& c) {
  if (c.word_bits < 1 || c.word_bits > widest_word)
    refuse(fmt::format("a word of {} bits", c.word_bits), fmt::format("1 to {} bits", widest_word));
  if (c.capacity.value == 0 || c.capacity.value * 8 < c.word_bits ||
      c.capacity.value > (std::uint64_t{1} << 40))
    refuse(fmt::format("{} bytes for words of {} bits", c.capacity.value, c.word_bits),
           "a bank of at least one word and at most 1 TiB");
  if (c.interleave < 1 || c.interleave > most_mux)
    refuse(fmt::format("interleaving of {} words", c.interleave), fmt::format("1 to {}", most_mux));
  MacroGeometry g;
  g.words = ceil_div(c.capacity.value * 8, c.word_bits);
  g.stored_bits = c.word_bits + ecc_cost(c.ecc, c.word_bits).check_bits;
  g.address_bits = log2_up(g.words);
  return g;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> candidates(const MacroConfig& c,
                                                                const MacroGeometry& words) {
  std::vector<std::uint64_t> rows, muxes;
  const std::uint64_t least_mux = power_of_two_at_least(c.interleave);
  if (c.rows > 0)
    rows.push_back(c.rows);
  else
    for (std::uint64_t r = fewest_rows; r <= most_rows; r *= 2) rows.push_back(r);
  if (c.mux > 0)
    muxes.push_back(c.mux);
  else
    for (std::uint64_t m = least_mux; m <= most_mux; m *= 2)
      if (m == least_mux || m * words.stored_bits <= widest_row) muxes.push_back(m);
  if (c.mux > 0 && c.mux < c.interleave)
    refuse(
        fmt::format("interleaving of {} words at a column multiplexer of {}", c.interleave, c.mux),
        "a column multiplexer at least as wide as the interleaving");

  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs;
  const std::uint64_t room = power_of_two_at_least(words.words);
  for (const auto r : rows)
    for (const auto m : muxes)
      if (r * m <= room) pairs.emplace_back(r, m);
  if (!pairs.empty()) return pairs;
  if (c.rows > 0 || c.mux > 0)
    refuse(fmt::format("rows = {}, mux = {}", rows.front(), muxes.front()),
           fmt::format("subarrays that hold at most the bank's {} words", words.words));
  // Too small for the fewest rows: one subarray of as many as there are.
  return {{std::max<std::uint64_t>(1, ceil_div(words.words, least_mux)), least_mux}};
}

MacroGeometry floor_plan(const MacroGeometry& words, std::uint64_t rows, std::uint64_t mux,
                         const Circuit& c) {
  MacroGeometry g = words;
  g.rows = rows;
  g.mux = mux;
  g.columns = g.stored_bits * mux;
  g.subarrays = ceil_div(g.words, rows * mux);
  const double cells_wide = static_cast<double>(g.columns) * c.cell_width;
  const double strip = c.row_gates * c.gate_area / c.cell_height;
  const double circuits = (static_cast<double>(g.columns) * c.column_gates +
                           static_cast<double>(g.stored_bits) * c.bit_gates) *
                              c.gate_area +
                          static_cast<double>(g.stored_bits) * c.register_area;
  const double width = cells_wide + strip;
  const double height = static_cast<double>(rows) * c.cell_height + circuits / cells_wide;
  double best = std::numeric_limits<double>::infinity();
  for (std::uint64_t across = 1; across <= power_of_two_at_least(g.subarrays); across *= 2) {
    const std::uint64_t down = ceil_div(g.subarrays, across);
    const double half_perimeter =
        static_cast<double>(across) * width + static_cast<double>(down) * height;
    if (half_perimeter >= best) continue;
    best = half_perimeter;
    g.across = across;
    g.down = down;
  }
  g.width = static_cast<double>(g.across) * width;
  g.height = static_cast<double>(g.down) * height;
  g.tree = (g.width - width) / 2 + (g.height - height) / 2;
  return g;
}

}  // namespace mantissa::power
