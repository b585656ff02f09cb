// SPDX-License-Identifier: Apache-2.0
#include "power/sram/ecc.h"

#include <gtest/gtest.h>

#include "base/faults/secded.h"

namespace mantissa::power {
namespace {

TEST(SramEcc, nothing_costs_nothing) {
  const EccCost cost = ecc_cost(Ecc::none, 37);
  EXPECT_EQ(cost.check_bits + cost.encoder_gates + cost.decoder_gates + cost.decoder_levels, 0u);
}

TEST(SramEcc, parity_is_a_tree_of_exclusive_ors) {
  const EccCost cost = ecc_cost(Ecc::parity, 64);
  EXPECT_EQ(cost.check_bits, 1u);
  EXPECT_EQ(cost.encoder_gates, 63u);
  EXPECT_EQ(cost.encoder_levels, 6u);
  EXPECT_EQ(cost.decoder_gates, 64u);  // one more input: the stored bit
  EXPECT_EQ(cost.decoder_levels, 7u);
  EXPECT_EQ(ecc_cost(Ecc::parity, 128).check_bits, 2u);
  EXPECT_EQ(ecc_cost(Ecc::parity, 8).encoder_gates, 7u);
}

TEST(SramEcc, secded_has_the_gates_of_the_codec_that_decodes) {
  std::uint64_t ones = 0;
  for (const auto column : faults::secded_columns())
    ones += static_cast<std::uint64_t>(__builtin_popcount(column));
  EXPECT_EQ(ones, 208u);
  const EccCost cost = ecc_cost(Ecc::secded, 64);
  EXPECT_EQ(cost.check_bits, 8u);
  EXPECT_EQ(cost.encoder_gates, ones - 8);
  EXPECT_EQ(cost.encoder_levels, 5u);
  EXPECT_EQ(cost.decoder_gates, ones + 64 * 7 + 64 + 15);
  EXPECT_EQ(cost.decoder_levels, 5u + 3 + 1);
}

TEST(SramEcc, wide_words_hold_several_codes_side_by_side) {
  const EccCost one = ecc_cost(Ecc::secded, 64), four = ecc_cost(Ecc::secded, 256);
  EXPECT_EQ(four.check_bits, 4 * one.check_bits);
  EXPECT_EQ(four.decoder_gates, 4 * one.decoder_gates);
  EXPECT_EQ(four.decoder_levels, one.decoder_levels);
}

TEST(SramEcc, words_that_no_code_fits_are_refused) {
  for (std::uint64_t bits : {0u, 1u, 63u, 65u, 96u})
    EXPECT_THROW(ecc_cost(Ecc::secded, bits), Error);
  EXPECT_NO_THROW(ecc_cost(Ecc::parity, 2));
  EXPECT_THROW(ecc_cost(Ecc::parity, 1), Error);
}

TEST(SramEcc, names_are_read_and_misspelt_ones_answered) {
  for (const Ecc ecc : {Ecc::none, Ecc::parity, Ecc::secded}) EXPECT_EQ(ecc_of(name(ecc)), ecc);
  try {
    ecc_of("secdec");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &bad_sram);
    EXPECT_NE(e.message().find("did you mean 'secded'?"), std::string::npos) << e.message();
  }
}

}  // namespace
}  // namespace mantissa::power
