// SPDX-License-Identifier: Apache-2.0
// SECDED(72,64): 8 check bits per 64-bit word correct one wrong bit of the 72 and detect two.
//
// An odd-weight-column code (M. Y. Hsiao, IBM J. Res. Dev. 14, 1970): every bit of the codeword has
// a column of the parity-check matrix of odd weight, so the syndrome of one error is odd and a
// column, that of two errors even and not zero. Check bit i has column 2^i; the data bits take the
// 56 columns of weight 3 in ascending order, then the 8 rotations of 00011111. Every check bit then
// covers 26 data bits: the encoder is 8 trees of 25 two-input XORs.
//
//   std::uint8_t check = secded_check(word);
//   SecdedRead r = secded_decode(word ^ 1, check);      // r.data == word, r.outcome == corrected
//
// Three errors have an odd syndrome and pass for one unless it is no column: miscorrected,
// silently.
#pragma once

#include <array>
#include <cstdint>

namespace mantissa::faults {

constexpr unsigned secded_data_bits = 64, secded_check_bits = 8, secded_word_bits = 72;
// Two-input gates of the encoder; the decoder compares with 8 more and corrects with 64.
constexpr unsigned secded_encoder_xors = 200;

enum class SecdedOutcome : std::uint8_t { clean, corrected, detected };

struct SecdedRead {
  std::uint64_t data = 0;  // as corrected; as it was read when detected
  SecdedOutcome outcome = SecdedOutcome::clean;
};

// Column of data bit 0 .. 63.
const std::array<std::uint8_t, 64>& secded_columns();

std::uint8_t secded_check(std::uint64_t data);
SecdedRead secded_decode(std::uint64_t data, std::uint8_t check);

}  // namespace mantissa::faults
