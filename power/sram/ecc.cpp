// SPDX-License-Identifier: Apache-2.0
#include "power/sram/ecc.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/faults/secded.h"
#include "base/units.h"

namespace mantissa::power {
namespace {

// The (72,64) code of the header.
constexpr std::uint64_t data_bits = faults::ecc_data_bits;
constexpr std::uint64_t check_bits = faults::check_bits(Ecc::secded), ones_of_data = 208;
static_assert(ones_of_data - check_bits == faults::secded_encoder_xors, "the codec's own count");
constexpr std::uint64_t match_gates = check_bits - 1, match_levels = 3;
constexpr std::uint64_t verdict_gates = 2 * (check_bits - 1) + 1;

std::uint64_t levels(std::uint64_t inputs) {
  std::uint64_t depth = 0;
  while ((std::uint64_t{1} << depth) < inputs) ++depth;
  return depth;
}

}  // namespace

const char* name(Ecc ecc) {
  for (const auto& [known, word] : config::EnumNames<Ecc>::names())
    if (known == ecc) return word;
  internal_error(__FILE__, __LINE__, "a code without a name");
}

Ecc ecc_of(const std::string& word) {
  std::vector<std::string> names;
  for (const auto& [known, known_word] : config::EnumNames<Ecc>::names()) {
    if (word == known_word) return known;
    names.emplace_back(known_word);
  }
  throw Error(bad_sram)
      .say("protection of an SRAM")
      .read(word)
      .expected("none, parity or secded")
      .nearest(nearest_name(word, names));
}

EccCost ecc_cost(Ecc ecc, std::uint64_t word_bits) {
  if (ecc == Ecc::none) return {};
  if (ecc == Ecc::parity) {
    if (word_bits < 2)
      throw Error(bad_sram)
          .say("parity")
          .read(fmt::format("a word of {} bit", word_bits))
          .expected("at least 2 bits");
    const std::uint64_t covered = std::min(word_bits, data_bits);
    const std::uint64_t codes = ceil_div(word_bits, data_bits);
    // Each decoder compares with the stored bit: one input more.
    return {codes, word_bits - codes, levels(covered), word_bits, levels(covered + 1)};
  }
  if (word_bits == 0 || word_bits % data_bits != 0)
    throw Error(bad_sram)
        .say("SECDED(72,64)")
        .read(fmt::format("a word of {} bits", word_bits))
        .expected("a multiple of 64 bits");
  const std::uint64_t words = word_bits / data_bits;
  const std::uint64_t row = ones_of_data / check_bits;
  return {words * check_bits, words * (ones_of_data - check_bits), levels(row),
          words * (ones_of_data + data_bits * (match_gates + 1) + verdict_gates),
          levels(row + 1) + match_levels + 1};
}

}  // namespace mantissa::power
