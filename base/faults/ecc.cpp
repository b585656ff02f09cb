// SPDX-License-Identifier: Apache-2.0
#include "base/faults/ecc.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/faults/normal.h"
#include "base/faults/secded.h"

namespace mantissa::config {

const std::vector<std::pair<faults::Ecc, const char*>>& EnumNames<faults::Ecc>::names() {
  static const std::vector<std::pair<faults::Ecc, const char*>> table = {
      {faults::Ecc::none, "none"},
      {faults::Ecc::parity, "parity"},
      {faults::Ecc::secded, "secded"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::faults {
namespace {

double power(double x, unsigned n) {
  double result = 1;
  for (unsigned i = 0; i < n; ++i) result *= x;
  return result;
}

// Of the sets of k wrong bits, how many the decoder accepts or miscorrects, for every k. All
// columns are odd: an accepted set is even with syndrome 0, a miscorrected one odd with a column
// for one.
std::array<double, secded_word_bits + 1> make_silent_sets() {
  std::vector<unsigned> columns;
  for (const std::uint8_t column : secded_columns()) columns.push_back(column);
  for (unsigned bit = 0; bit < secded_check_bits; ++bit) columns.push_back(1u << bit);

  // sets[k][s]: sets of k of the columns so far whose sum is s.
  std::vector<std::array<double, 256>> sets(secded_word_bits + 1);
  sets[0][0] = 1;
  std::size_t so_far = 0;
  for (const unsigned column : columns) {
    for (std::size_t k = ++so_far; k > 0; --k)
      for (unsigned s = 0; s < 256; ++s) sets[k][s] += sets[k - 1][s ^ column];
  }
  std::array<double, secded_word_bits + 1> silent{};
  for (std::size_t k = 3; k <= secded_word_bits; ++k) {
    silent[k] = sets[k][0];
    for (const unsigned column : columns) silent[k] += sets[k][column];
  }
  return silent;
}

// A sum of positive terms alone, exact for small p, too.
double silent_under_secded(double p) {
  double sum = 0;
  for (unsigned k = 3; k <= secded_word_bits; ++k)
    sum += secded_silent_sets(k) * power(p, k) * power(1 - p, secded_word_bits - k);
  return sum;
}

}  // namespace

double secded_silent_sets(unsigned errors) {
  static const auto silent = make_silent_sets();
  return errors <= secded_word_bits ? silent[errors] : 0;
}

WordRead read_word(Ecc ecc, std::uint64_t data, std::uint64_t data_errors,
                   std::uint8_t check_errors) {
  const std::uint64_t read = data ^ data_errors;
  if (data_errors == 0 && check_errors == 0) return {data, WordOutcome::clean};
  switch (ecc) {
    case Ecc::none:
      break;
    case Ecc::parity:
      if ((__builtin_popcountll(data_errors) + (check_errors & 1)) % 2 == 1)
        return {read, WordOutcome::detected};
      break;
    case Ecc::secded: {
      const auto check = static_cast<std::uint8_t>(secded_check(data) ^ check_errors);
      const SecdedRead decoded = secded_decode(read, check);
      if (decoded.outcome == SecdedOutcome::detected) return {read, WordOutcome::detected};
      return {decoded.data, decoded.data == data ? WordOutcome::corrected : WordOutcome::silent};
    }
  }
  return {read, data_errors != 0 ? WordOutcome::silent : WordOutcome::clean};
}

WordErrorRates word_error_rates(double p, unsigned bits) {
  WordErrorRates r;
  r.none = power(1 - p, bits);
  r.one = bits * p * power(1 - p, bits - 1);
  r.odd = 0.5 * (1 - power(1 - 2 * p, bits));
  // Two or more: summed from two on where the difference would cancel.
  if (bits * p < 0.05) {
    double term = r.one;
    for (unsigned k = 2; k <= bits && term > 0; ++k) {
      term *= p / (1 - p) * (bits - k + 1) / k;
      r.several += term;
    }
  } else {
    r.several = 1 - r.none - r.one;
  }
  return r;
}

WordOutcomeRates word_outcome_rates(Ecc ecc, double p) {
  const WordErrorRates r = word_error_rates(p, word_bits(ecc));
  WordOutcomeRates out;
  if (ecc == Ecc::none) out.silent = r.one + r.several;
  if (ecc == Ecc::parity) {
    out.detected = r.odd;
    out.silent = r.one + r.several - r.odd;
  }
  if (ecc == Ecc::secded) {
    out.corrected = r.one;
    out.silent = std::min(silent_under_secded(p), r.several);
    out.detected = r.several - out.silent;
  }
  return out;
}

double several_upsets_between_scrubs(double rate, unsigned bits, double interval) {
  const double mean = rate * bits * interval;  // Poisson
  if (mean > 0.05) return mean > 700 ? 1 : 1 - (1 + mean) * natural_exp(-mean);
  double term = mean, sum = 0;
  for (int k = 2; k < 20; ++k) sum += term *= mean / k;
  return sum * natural_exp(-mean);
}

}  // namespace mantissa::faults
