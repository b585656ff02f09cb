// SPDX-License-Identifier: Apache-2.0
// Error of the elementary functions against the C library's 64-bit-significand functions, whose own
// error (below 2^-60) does not matter here.
#include "base/numerics/elementary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "base/numerics/bf16.h"

namespace mantissa::numerics {
namespace {

using Exact = long double;
constexpr float infinity = std::numeric_limits<float>::infinity();

// The unit in the last place of a format with p significant bits and least exponent -126, at x.
Exact unit_in_the_last_place(Exact x, int p) {
  const int exponent = x == 0 ? -126 : std::max(std::ilogb(x), -126);
  return std::ldexp(Exact{1}, exponent - (p - 1));
}

Exact phi(Exact x) { return std::erfc(-x / std::sqrt(Exact{2})) / 2; }

struct Function {
  const char* name;
  float (*ours)(float);
  std::function<Exact(Exact)> exact;
  double bound;  // as elementary.h states it
};

const Function functions[] = {
    {"exp", exp, [](Exact x) { return std::exp(x); }, 0.52},
    {"log", log, [](Exact x) { return std::log(x); }, 0.52},
    {"reciprocal", reciprocal, [](Exact x) { return 1 / x; }, 0.52},
    {"rsqrt", rsqrt, [](Exact x) { return 1 / std::sqrt(x); }, 0.52},
    {"sqrt", sqrt, [](Exact x) { return std::sqrt(x); }, 0.5},
    {"tanh", tanh, [](Exact x) { return std::tanh(x); }, 0.54},
    {"erf", erf, [](Exact x) { return std::erf(x); }, 0.55},
    {"sigmoid", sigmoid, [](Exact x) { return 1 / (1 + std::exp(-x)); }, 0.54},
    {"silu", silu, [](Exact x) { return x / (1 + std::exp(-x)); }, 0.54},
    {"gelu", gelu, [](Exact x) { return x * phi(x); }, 0.60},
    {"gelu_tanh", gelu_tanh,
     [](Exact x) {
       const Exact two_over_pi = 0.636619772367581343075535053490057448L;
       const Exact u = 2 * std::sqrt(two_over_pi) * (x + 0.044715L * x * x * x);
       return x / (1 + std::exp(-u));
     },
     0.52},
};

void PrintTo(const Function& f, std::ostream* out) { *out << f.name; }

struct Errors {
  double fp32 = 0, bf16 = 0;
  float worst = 0;
  std::uint64_t finite = 0;
};

// Adds x to the errors. Results that overflow must do so exactly where rounding does.
void measure(const Function& f, float x, Errors& errors) {
  const float y = f.ours(x);
  const Exact exact = f.exact(x);
  if (std::isnan(exact)) {
    ASSERT_EQ(float_bits(y), canonical_nan_bits) << f.name << ' ' << x;
    return;
  }
  const Exact overflow = std::ldexp(Exact{1}, 128) - std::ldexp(Exact{1}, 103);
  if (std::fabs(exact) >= overflow) {
    ASSERT_EQ(y, exact > 0 ? infinity : -infinity) << f.name << ' ' << x;
    return;
  }
  const auto error = static_cast<double>(std::fabs(y - exact) / unit_in_the_last_place(exact, 24));
  ++errors.finite;
  if (error > errors.fp32) errors.fp32 = error, errors.worst = x;
  const float narrow = to_float(to_bf16(y));
  if (std::isinf(narrow)) return;
  errors.bf16 = std::max(errors.bf16, static_cast<double>(std::fabs(narrow - exact) /
                                                          unit_in_the_last_place(exact, 8)));
}

class Elementary : public testing::TestWithParam<Function> {
 protected:
  void expect_within_bounds(const Errors& errors) {
    RecordProperty("ulp", std::to_string(errors.fp32));
    RecordProperty("ulp_bf16", std::to_string(errors.bf16));
    EXPECT_LE(errors.fp32, GetParam().bound) << "at " << errors.worst;
    EXPECT_LE(errors.bf16, 0.5001);
    EXPECT_GT(errors.fp32, 0.4) << "a dense grid comes near half a unit, or nothing was measured";
  }
};

INSTANTIATE_TEST_SUITE_P(All, Elementary, testing::ValuesIn(functions),
                         [](const auto& info) { return info.param.name; });

TEST_P(Elementary, stays_within_its_bound_on_every_bf16) {
  Errors errors;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float x = to_float(Bf16{static_cast<std::uint16_t>(bits)});
    if (std::isnan(x) || std::isinf(x) || x == 0) continue;
    measure(GetParam(), x, errors);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(errors.finite, 30000u);
  expect_within_bounds(errors);
}

TEST_P(Elementary, stays_within_its_bound_on_a_dense_grid_of_fp32) {
  Errors errors;
  for (std::uint64_t bits = 1; bits < 0x100000000ull; bits += 16127) {  // a prime
    const float x = float_from_bits(static_cast<std::uint32_t>(bits));
    if (std::isnan(x) || std::isinf(x)) continue;
    measure(GetParam(), x, errors);
    if (HasFatalFailure()) return;
  }
  expect_within_bounds(errors);
}

TEST_P(Elementary, stays_within_its_bound_where_its_value_moves) {
  Errors errors;
  for (int i = -400000; i <= 400000; ++i) {
    const float x = static_cast<float>(i) * 3.1e-5f + 1e-9f;  // to 12.4 on both sides
    measure(GetParam(), x, errors);
    if (HasFatalFailure()) return;
  }
  expect_within_bounds(errors);
}

TEST_P(Elementary, DISABLED_stays_within_its_bound_on_every_fp32_long) {
  Errors errors;
  for (std::uint64_t bits = 0; bits < 0x100000000ull; ++bits) {
    const float x = float_from_bits(static_cast<std::uint32_t>(bits));
    if (std::isnan(x) || std::isinf(x) || x == 0) continue;
    measure(GetParam(), x, errors);
    if (HasFatalFailure()) return;
  }
  expect_within_bounds(errors);
}

TEST_P(Elementary, a_nan_operand_gives_the_canonical_nan) {
  for (std::uint32_t nan : {0x7F800001u, 0x7FC00000u, 0xFFC12345u, 0xFFFFFFFFu}) {
    EXPECT_EQ(float_bits(GetParam().ours(float_from_bits(nan))), canonical_nan_bits);
  }
}

// The bits themselves are the contract with hardware: a change of a table or a shift shows here.
TEST_P(Elementary, bits_are_pinned_by_a_checksum) {
  static const std::map<std::string, std::uint64_t> pinned = {
#include "elementary_checksums.inc"
  };
  std::uint64_t sum = 0;
  for (std::uint64_t bits = 0; bits < 0x100000000ull; bits += 40009) {
    const float y = GetParam().ours(float_from_bits(static_cast<std::uint32_t>(bits)));
    sum = (sum ^ float_bits(y)) * 0x100000001B3ull;
  }
  EXPECT_EQ(sum, pinned.at(GetParam().name)) << GetParam().name;
}

TEST(ElementaryValues, special_values_are_those_documented) {
  EXPECT_EQ(exp(-infinity), 0);
  EXPECT_EQ(exp(infinity), infinity);
  EXPECT_EQ(exp(0), 1);
  EXPECT_EQ(log(0), -infinity);
  EXPECT_EQ(log(-0.0f), -infinity);
  EXPECT_EQ(float_bits(log(-1)), canonical_nan_bits);
  EXPECT_EQ(log(1), 0);
  EXPECT_EQ(reciprocal(-0.0f), -infinity);
  EXPECT_EQ(float_bits(reciprocal(-infinity)), 0x80000000u);
  EXPECT_EQ(rsqrt(-0.0f), -infinity);
  EXPECT_EQ(float_bits(rsqrt(-4)), canonical_nan_bits);
  EXPECT_EQ(rsqrt(infinity), 0);
  EXPECT_EQ(float_bits(sqrt(-0.0f)), 0x80000000u);
  EXPECT_EQ(float_bits(sqrt(-1)), canonical_nan_bits);
  for (auto* f : {tanh, erf, silu, gelu, gelu_tanh}) EXPECT_EQ(float_bits(f(-0.0f)), 0x80000000u);
  for (auto* f : {tanh, erf}) {
    EXPECT_EQ(f(infinity), 1);
    EXPECT_EQ(f(-infinity), -1);
  }
  for (auto* f : {silu, gelu, gelu_tanh}) {
    EXPECT_EQ(f(infinity), infinity);
    EXPECT_EQ(float_bits(f(-infinity)), 0x80000000u);
  }
  EXPECT_EQ(sigmoid(infinity), 1);
  EXPECT_EQ(sigmoid(-infinity), 0);
}

TEST(ElementaryValues, powers_of_two_have_exact_reciprocals_and_roots) {
  for (int e = -126; e <= 126; ++e) {
    EXPECT_EQ(reciprocal(std::ldexp(1.0f, e)), std::ldexp(1.0f, -e));
    if (e % 2 == 0) {
      EXPECT_EQ(rsqrt(std::ldexp(1.0f, e)), std::ldexp(1.0f, -e / 2));
    }
  }
}

TEST(ElementaryValues, power_takes_whole_exponents_by_products_and_others_by_logarithm) {
  EXPECT_EQ(power(3, 4), 81);
  EXPECT_EQ(power(-2, 3), -8);
  EXPECT_EQ(power(2, -2), 0.25f);
  EXPECT_EQ(power(NAN, 0), 1);
  EXPECT_EQ(power(9, 0.5f), 3);
  EXPECT_EQ(power(4, -0.5f), 0.5f);
  EXPECT_EQ(float_bits(power(-2, 0.3f)), canonical_nan_bits);
  EXPECT_EQ(power(0, 0.3f), 0);
  EXPECT_EQ(power(0, -0.3f), infinity);
  EXPECT_EQ(power(2, 1000.5f), infinity);
  EXPECT_EQ(power(0.5f, 1000.5f), 0);
  EXPECT_EQ(power(1, infinity), 1);
  double worst = 0;
  for (int i = 1; i < 60000; ++i) {
    const float x = 0.0137f * static_cast<float>(i), y = 0.0271f * static_cast<float>(i % 997) - 13;
    if (y == std::round(y)) continue;
    const Exact exact = std::pow(Exact{x}, Exact{y});
    if (exact > 1e38L) continue;
    worst = std::max(worst, static_cast<double>(std::fabs(power(x, y) - exact) /
                                                unit_in_the_last_place(exact, 24)));
  }
  EXPECT_LE(worst, 2);
  EXPECT_GT(worst, 0.4);
}

}  // namespace
}  // namespace mantissa::numerics
