// SPDX-License-Identifier: Apache-2.0
#include "base/faults/secded.h"

#include <gtest/gtest.h>

#include <set>

#include "base/faults/draw.h"

namespace mantissa::faults {
namespace {

struct Codeword {
  std::uint64_t data;
  std::uint8_t check;
};

Codeword flipped(Codeword w, unsigned bit) {
  if (bit < 64)
    w.data ^= 1ull << bit;
  else
    w.check = static_cast<std::uint8_t>(w.check ^ 1u << (bit - 64));
  return w;
}

const std::uint64_t sample_words[] = {
    0, ~0ull, 1, 0x8000000000000000ull, 0x0123456789ABCDEFull, derived(1, 1), derived(1, 2)};

TEST(Secded, has_distinct_columns_of_odd_weight_and_balanced_checks) {
  std::set<std::uint8_t> seen;
  unsigned covered[8] = {};
  for (const std::uint8_t c : secded_columns()) {
    const int weight = __builtin_popcount(c);
    EXPECT_TRUE(weight == 3 || weight == 5);
    EXPECT_TRUE(seen.insert(c).second) << int{c};
    for (unsigned i = 0; i < 8; ++i) covered[i] += c >> i & 1;
  }
  unsigned xors = 0;
  for (const unsigned c : covered) {
    EXPECT_EQ(c, 26u);
    xors += c - 1;
  }
  EXPECT_EQ(xors, secded_encoder_xors);
}

TEST(Secded, check_byte_is_the_sum_of_the_columns_of_all_ones) {
  for (const std::uint64_t data : sample_words) {
    unsigned sum = 0;
    for (unsigned bit = 0; bit < 64; ++bit)
      if (data >> bit & 1) sum ^= secded_columns()[bit];
    EXPECT_EQ(secded_check(data), sum);
  }
}

TEST(Secded, leaves_whole_words_alone) {
  for (const std::uint64_t data : sample_words) {
    const auto r = secded_decode(data, secded_check(data));
    EXPECT_EQ(r.data, data);
    EXPECT_EQ(r.outcome, SecdedOutcome::clean);
  }
}

TEST(Secded, corrects_every_single_error) {
  for (const std::uint64_t data : sample_words)
    for (unsigned bit = 0; bit < 72; ++bit) {
      const auto w = flipped({data, secded_check(data)}, bit);
      const auto r = secded_decode(w.data, w.check);
      EXPECT_EQ(r.outcome, SecdedOutcome::corrected) << bit;
      EXPECT_EQ(r.data, data) << bit;
    }
}

TEST(Secded, detects_every_double_error_and_alters_nothing) {
  for (const std::uint64_t data : sample_words)
    for (unsigned a = 0; a < 72; ++a)
      for (unsigned b = a + 1; b < 72; ++b) {
        const auto w = flipped(flipped({data, secded_check(data)}, a), b);
        const auto r = secded_decode(w.data, w.check);
        EXPECT_EQ(r.outcome, SecdedOutcome::detected) << a << ' ' << b;
        EXPECT_EQ(r.data, w.data);
      }
}

// Negative control: the code's promise ends at two errors.
TEST(Secded, takes_some_triple_errors_for_single_ones) {
  int miscorrected = 0, all = 0;
  for (unsigned a = 0; a < 72; ++a)
    for (unsigned b = a + 1; b < 72; ++b)
      for (unsigned c = b + 1; c < 72; ++c, ++all) {
        const auto w = flipped(flipped(flipped({0, secded_check(0)}, a), b), c);
        miscorrected += secded_decode(w.data, w.check).outcome == SecdedOutcome::corrected;
      }
  EXPECT_GT(miscorrected, all / 2);
  EXPECT_LT(miscorrected, all);
}

}  // namespace
}  // namespace mantissa::faults
