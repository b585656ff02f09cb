// SPDX-License-Identifier: Apache-2.0
// What protecting the words of a memory costs: check bits, gates, levels of logic.
//
//   parity    1 check bit per 64 data bits, or per narrower word; a tree of w - 1 exclusive-ors,
//             ceil(log2 w) levels
//   secded    8 check bits per 64 data bits, single error corrected, double error detected
//             (M. Hsiao 1970, odd-weight columns: 56 of weight 3 and 8 of weight 5, 208 ones over
//             the data bits, 26 a row):
//               encoder    208 - 8 exclusive-ors, ceil(log2 26) = 5 levels
//               syndrome   208 exclusive-ors, ceil(log2 27) = 5 levels
//               corrector  per data bit a match of 8 syndrome bits (7 gates, 3 levels) and an
//                          exclusive-or; an OR and a parity of the syndrome tell 0, 1, 2 errors
// Every two-input gate is priced like an exclusive-or, the dearest of them (power/sram/circuit.h).
// One level takes 1.6 FO4: logical effort 4 plus parasitic 4 (I. Sutherland 1999) over the 5 units
// of an FO4.
//
// Errors: bad_sram for a word that the code does not fit.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/faults/ecc.h"

namespace mantissa::power {

inline const ErrorKind bad_sram{
    "power.bad-sram", ExitCode::bad_input,
    "Capacity, word, rows, columns, interleaving or code of an SRAM do not fit together."};

using faults::Ecc;
const char* name(Ecc ecc);            // "none", "parity", "secded"
Ecc ecc_of(const std::string& name);  // throws bad_sram with the nearest name

struct EccCost {
  std::uint64_t check_bits = 0;  // per word
  std::uint64_t encoder_gates = 0, encoder_levels = 0;
  std::uint64_t decoder_gates = 0, decoder_levels = 0;
};
EccCost ecc_cost(Ecc ecc, std::uint64_t word_bits);

constexpr double fo4_per_level = 1.6;

}  // namespace mantissa::power
