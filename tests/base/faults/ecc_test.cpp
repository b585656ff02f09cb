// SPDX-License-Identifier: Apache-2.0
#include "base/faults/ecc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/faults/cell_layout.h"
#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"

namespace mantissa::faults {
namespace {

TEST(ReadWord, without_ecc_lets_every_error_through_silently) {
  EXPECT_EQ(read_word(Ecc::none, 5, 0, 0).outcome, WordOutcome::clean);
  const auto r = read_word(Ecc::none, 5, 1, 0);
  EXPECT_EQ(r.data, 4u);
  EXPECT_EQ(r.outcome, WordOutcome::silent);
}

TEST(ReadWord, with_parity_detects_odd_numbers_of_errors_only) {
  EXPECT_EQ(read_word(Ecc::parity, 5, 1, 0).outcome, WordOutcome::detected);
  EXPECT_EQ(read_word(Ecc::parity, 5, 3, 0).outcome, WordOutcome::silent);
  EXPECT_EQ(read_word(Ecc::parity, 5, 3, 1).outcome, WordOutcome::detected);
  EXPECT_EQ(read_word(Ecc::parity, 5, 0, 1).outcome, WordOutcome::detected);
  EXPECT_EQ(read_word(Ecc::parity, 5, 1, 1).outcome, WordOutcome::silent);
}

TEST(ReadWord, with_secded_corrects_one_and_detects_two) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    const auto r = read_word(Ecc::secded, 0x1234, 1ull << bit, 0);
    EXPECT_EQ(r.data, 0x1234u);
    EXPECT_EQ(r.outcome, WordOutcome::corrected);
    const auto two = read_word(Ecc::secded, 0x1234, 1ull << bit, 0x80);
    EXPECT_EQ(two.data, 0x1234u ^ 1ull << bit);
    EXPECT_EQ(two.outcome, WordOutcome::detected);
  }
  EXPECT_EQ(read_word(Ecc::secded, 0x1234, 0, 4).outcome, WordOutcome::corrected);
}

TEST(ReadWord, with_secded_calls_a_miscorrection_silent) {
  int silent = 0;
  for (unsigned bit = 2; bit < 64; ++bit) {
    const auto r = read_word(Ecc::secded, 0, 3 | 1ull << bit, 0);
    if (r.outcome == WordOutcome::silent) {
      ++silent;
      EXPECT_NE(r.data, 0u);
    } else {
      EXPECT_EQ(r.outcome, WordOutcome::detected);
    }
  }
  EXPECT_GT(silent, 0);
}

TEST(WordErrorRates, give_the_published_probabilities_of_double_errors) {
  EXPECT_NEAR(word_error_rates(0.01, 64).several, 0.135, 0.01 * 0.135);
  EXPECT_NEAR(word_error_rates(0.005, 72).several, 0.0508, 0.01 * 0.0508);
}

TEST(WordErrorRates, agree_on_both_sides_of_their_two_sums) {
  for (const unsigned bits : {64u, 65u, 72u}) {
    const double p = 0.05 / bits;
    const auto below = word_error_rates(std::nextafter(p, 0.0), bits),
               at = word_error_rates(p, bits);
    EXPECT_NEAR(below.several / at.several, 1, 1e-10);
    EXPECT_NEAR(at.none + at.one + at.several, 1, 1e-14);
  }
  EXPECT_EQ(word_error_rates(0, 72).several, 0);
  EXPECT_NEAR(word_error_rates(1e-9, 72).several / (72 * 71 / 2 * 1e-18), 1, 1e-6);
}

TEST(WordErrorRates, are_what_maps_of_cells_show) {
  // 2^18 words of 72 cells at 0.5 %.
  const double p = 0.005;
  constexpr std::uint64_t n = 1 << 18;
  std::vector<std::uint64_t> failing;
  CellSampler(derived(17, 0)).append_failing(p, 0, n * 72, failing);
  std::vector<int> errors(n);
  for (const std::uint64_t cell : failing) ++errors[cell / 72];
  double several = 0;
  for (const int e : errors) several += e >= 2;
  const double expected = word_error_rates(p, 72).several * n;
  EXPECT_NEAR(several, expected, 4 * std::sqrt(expected));
}

TEST(WordOutcomeRates, add_up_to_the_words_with_an_error) {
  for (const auto ecc : {Ecc::none, Ecc::parity, Ecc::secded}) {
    const auto r = word_outcome_rates(ecc, 0.01);
    EXPECT_NEAR(r.corrected + r.detected + r.silent, 1 - std::pow(0.99, word_bits(ecc)), 1e-12);
  }
  EXPECT_NEAR(word_outcome_rates(Ecc::parity, 1e-6).detected, 65e-6, 1e-8);
}

WordOutcome of_errors(std::initializer_list<unsigned> bits) {
  std::uint64_t data = 0;
  std::uint8_t check = 0;
  for (const unsigned bit : bits)
    if (bit < 64)
      data |= 1ull << bit;
    else
      check = static_cast<std::uint8_t>(check | 1u << (bit - 64));
  return read_word(Ecc::secded, 0x0123456789ABCDEF, data, check).outcome;
}

TEST(SilentSets, of_three_and_four_errors_are_those_that_the_decoder_lets_through) {
  int three = 0, triples = 0, four = 0;
  for (unsigned a = 0; a < 72; ++a)
    for (unsigned b = a + 1; b < 72; ++b)
      for (unsigned c = b + 1; c < 72; ++c) {
        ++triples;
        three += of_errors({a, b, c}) == WordOutcome::silent;
        for (unsigned d = c + 1; d < 72; ++d)
          four += of_errors({a, b, c, d}) == WordOutcome::silent;
      }
  EXPECT_EQ(triples, 59640);
  EXPECT_EQ(three, 33568);
  EXPECT_EQ(secded_silent_sets(3), three);
  EXPECT_EQ(secded_silent_sets(4), four);
  for (const unsigned few : {0u, 1u, 2u}) EXPECT_EQ(secded_silent_sets(few), 0);
}

TEST(WordOutcomeRates, under_secded_are_silent_with_the_cube_of_small_rates) {
  EXPECT_NEAR(word_outcome_rates(Ecc::secded, 1e-9).silent / (33568 * 1e-27), 1, 1e-6);
  const auto all = word_outcome_rates(Ecc::secded, 1);  // every check covers 27 of the 72: odd
  EXPECT_EQ(all.silent, 0);
  EXPECT_EQ(all.detected, 1);
}

TEST(WordOutcomeRates, are_what_the_decoder_makes_of_drawn_errors) {
  constexpr std::uint64_t n = 1 << 18;
  for (const double p : {0.01115, 0.05573}) {
    std::vector<std::uint64_t> failing, data(n);
    std::vector<std::uint8_t> check(n);
    CellSampler(derived(23, 0)).append_failing(p, 0, n * 72, failing);
    for (const std::uint64_t cell : failing) {
      const std::uint64_t word = cell / 72, bit = cell % 72;
      if (bit < 64)
        data[word] |= 1ull << bit;
      else
        check[word] = static_cast<std::uint8_t>(check[word] | 1u << (bit - 64));
    }
    double corrected = 0, detected = 0, silent = 0;
    for (std::uint64_t i = 0; i < n; ++i) {
      const auto outcome = read_word(Ecc::secded, derived(29, i), data[i], check[i]).outcome;
      corrected += outcome == WordOutcome::corrected;
      detected += outcome == WordOutcome::detected;
      silent += outcome == WordOutcome::silent;
    }
    const auto near = [](double seen, double rate) {
      EXPECT_NEAR(seen, n * rate, 4 * std::sqrt(n * rate * (1 - rate)));
    };
    const auto expected = word_outcome_rates(Ecc::secded, p);
    near(corrected, expected.corrected);
    near(detected, expected.detected);
    near(silent, expected.silent);
  }
}

TEST(Scrubbing, makes_double_upsets_rare_with_the_square_of_its_interval) {
  const double once = several_upsets_between_scrubs(1e-12, 72, 1e6);
  EXPECT_NEAR(once, 0.5 * 72e-6 * 72e-6, 1e-3 * once);
  EXPECT_NEAR(several_upsets_between_scrubs(1e-12, 72, 2e6) / once, 4, 1e-3);
  const double mean = 0.05 / 72;
  EXPECT_NEAR(several_upsets_between_scrubs(mean, 72, 1.0000001) /
                  several_upsets_between_scrubs(mean, 72, 0.9999999),
              1, 1e-6);
  EXPECT_EQ(several_upsets_between_scrubs(1, 72, 1e3), 1);
}

TEST(Interleaving, turns_an_upset_of_neighbours_into_single_errors_of_several_words) {
  const CellLayout linear{72, 1}, apart{72, 4};
  const auto errors_in_one_word = [](const CellLayout& layout, std::uint64_t first) {
    unsigned most = 0;
    for (std::uint64_t a = first; a < first + 4; ++a) {
      unsigned same = 0;
      for (std::uint64_t b = first; b < first + 4; ++b)
        same += layout.at(a).code == layout.at(b).code;
      most = std::max(most, same);
    }
    return most;
  };
  for (std::uint64_t first = 0; first + 4 <= apart.row_cells(); ++first)
    EXPECT_EQ(errors_in_one_word(apart, first), 1u);
  EXPECT_EQ(errors_in_one_word(linear, 8), 4u);  // negative control
}

TEST(CellLayout, is_one_to_one_and_knows_its_way_back) {
  for (const CellLayout layout :
       {CellLayout{8, 1, 0}, CellLayout{8, 16, 5}, CellLayout{72, 4, 0}}) {
    std::vector<bool> used(layout.offset + layout.cells(37));
    for (std::uint64_t code = 0; code < 37; ++code)
      for (unsigned bit = 0; bit < layout.bits; ++bit) {
        const std::uint64_t cell = layout.cell({code, bit});
        ASSERT_LT(cell, used.size());
        EXPECT_FALSE(used[cell]);
        used[cell] = true;
        EXPECT_EQ(layout.at(cell), (CodeBit{code, bit}));
      }
  }
}

TEST(CellLayout, without_interleaving_is_linear) {
  const CellLayout layout{8, 1, 3};
  for (std::uint64_t i = 0; i < 100; ++i)
    for (unsigned j = 0; j < 8; ++j) EXPECT_EQ(layout.cell({i, j}), 3 + i * 8 + j);
}

}  // namespace
}  // namespace mantissa::faults
