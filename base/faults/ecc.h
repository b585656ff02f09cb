// SPDX-License-Identifier: Apache-2.0
// What protects the words of a memory: nothing, one parity bit, or SECDED(72,64), per 64 data bits.
//
// read_word puts a word with its check bits through the errors of an access and through the
// decoder, and says what became of it, against the truth that only a simulator knows:
//
//   clean      no cell went wrong
//   corrected  what went wrong was put right (or hit check bits alone)
//   detected   known to be wrong; the data leave as they were read
//   silent     wrong, and nobody knows
#pragma once

#include <cstdint>

#include "base/config/codec.h"

namespace mantissa::faults {

enum class Ecc { none, parity, secded };

constexpr unsigned ecc_data_bits = 64;
constexpr unsigned check_bits(Ecc ecc) {
  return ecc == Ecc::secded ? 8 : ecc == Ecc::parity ? 1 : 0;
}
constexpr unsigned word_bits(Ecc ecc) { return ecc_data_bits + check_bits(ecc); }

enum class WordOutcome : std::uint8_t { clean, corrected, detected, silent };

struct WordRead {
  std::uint64_t data = 0;
  WordOutcome outcome = WordOutcome::clean;
};

// `data` as it was written; bits that go wrong in the data and in the check bits.
WordRead read_word(Ecc ecc, std::uint64_t data, std::uint64_t data_errors,
                   std::uint8_t check_errors);

// Of `bits` cells that go wrong independently with probability p: no error, one, two or more, an
// odd number.
struct WordErrorRates {
  double none = 1, one = 0, several = 0, odd = 0;
};
WordErrorRates word_error_rates(double p, unsigned bits);

// What becomes of a word on average, when its cells go wrong independently with probability p;
// exact for this code: of three errors, 33568 of the 59640 sets pass for none or one under SECDED.
struct WordOutcomeRates {
  double corrected = 0, detected = 0, silent = 0;
};
WordOutcomeRates word_outcome_rates(Ecc ecc, double p);

// Sets of that many wrong bits of 72 that SECDED accepts or miscorrects.
double secded_silent_sets(unsigned errors);

// Scrubbing: the probability that a word of `bits` cells, each upset `rate` times per cycle on
// average, collects two or more upsets from one scrub to the next, `interval` cycles later.
double several_upsets_between_scrubs(double rate, unsigned bits, double interval);

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct EnumNames<faults::Ecc> {
  static const std::vector<std::pair<faults::Ecc, const char*>>& names();
};
}  // namespace mantissa::config
