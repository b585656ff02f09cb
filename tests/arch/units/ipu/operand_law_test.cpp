// SPDX-License-Identifier: Apache-2.0
// The law `spread` beside the distribution of its exponents in closed form, and beside operands
// that another generator draws and the readable kernel adds up.
#include "arch/units/ipu/operand_law.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/inner_product.h"

namespace mantissa::arch {
namespace {

namespace ip = numerics::inner_product;
using trace::NumberFormat;

constexpr std::int64_t columns = 16;
constexpr int iterations = 9;          // of fp16 in nibbles
constexpr int least = -14, gone = 25;  // exponent of subnormals; octave that rounds to zero

IpuConfig spread(std::int64_t window, std::int64_t octaves) {
  IpuConfig config;
  config.window = window;
  config.operands = OperandLaw::spread;
  config.octaves = octaves;
  return config;
}

// Cycles per iteration of single units.
double law(const IpuConfig& config, std::int64_t lanes) {
  const LawCycles c = law_cycles(config, lanes, columns, NumberFormat::fp16, iterations);
  return static_cast<double>(c.demanded) / static_cast<double>(c.operations) / iterations;
}

using Distribution = std::map<int, double>;  // of an exponent; what is missing are zeros

Distribution of_inputs(std::int64_t octaves) {
  Distribution p;
  for (int octave = 0; octave < octaves && octave <= gone; ++octave)
    p[std::max(-octave, least)] += 1 / static_cast<double>(octaves);
  return p;
}

// |x| of a normal x lies in [2^e, 2^(e+1)) with erf(2^(e+1) / sqrt 2) - erf(2^e / sqrt 2).
Distribution of_weights() {
  Distribution p;
  for (int e = least; e < 4; ++e)
    p[e] = std::erf(std::ldexp(std::sqrt(0.5), e + 1)) -
           (e == least ? 0 : std::erf(std::ldexp(std::sqrt(0.5), e)));
  return p;
}

// Of n independent products. All lie below the greatest by less than q safe places, or by more than
// the software precision, where they are dropped:
//
//   P(partitions <= q, greatest = x) = (P(in [x - q sp + 1, x]) + P(< x - SWP) + P(zero))^n
//                                      - the same without x itself
double closed_form(const IpuConfig& config, std::int64_t lanes) {
  Distribution product;
  for (const auto& [a, pa] : of_inputs(config.octaves))
    for (const auto& [b, pb] : of_weights()) product[a + b] += pa * pb;
  double zero = 1;
  for (const auto& [x, p] : product) zero -= p;
  const auto n = static_cast<double>(lanes);
  const int sp = config.parameters(lanes).safe_precision(),
            most = config.parameters(lanes).worst_partitions();
  const auto swp = static_cast<int>(config.software_precision);
  double mean = 0, before = 0;
  for (int q = 1; q <= most; ++q) {
    double at_most = 0;
    for (const auto& [x, px] : product) {
      double inside = zero;
      for (const auto& [y, p] : product)
        if (y < x - swp || (y <= x && x - y < q * sp)) inside += p;
      at_most += std::pow(inside, n) - std::pow(inside - px, n);
    }
    mean += q * (at_most - before);
    before = at_most;
  }
  EXPECT_NEAR(before + std::pow(zero, n), 1, 1e-9);
  // An operation of zeros alone takes one cycle in all.
  return mean + std::pow(zero, n) / iterations;
}

double brute_force(const IpuConfig& config, std::int64_t lanes, int operations) {
  const ip::IpuParameters p = config.parameters(lanes);
  std::mt19937_64 engine(7);
  std::uniform_int_distribution<int> octave(0, static_cast<int>(config.octaves) - 1);
  std::uniform_real_distribution<float> significand(1, 2);
  std::normal_distribution<float> normal;
  std::vector<std::uint32_t> a(static_cast<std::size_t>(lanes)), b(a);
  double cycles = 0;
  for (int i = 0; i < operations; ++i) {
    for (std::size_t lane = 0; lane < a.size(); ++lane) {
      a[lane] = numerics::to_fp16(std::ldexp(significand(engine), -octave(engine))).bits;
      b[lane] = numerics::to_fp16(normal(engine)).bits;
    }
    ip::Accumulator sum;
    cycles +=
        ip::golden::accumulate(p, {ip::Format::fp16, ip::Format::fp16}, a.data(), b.data(), sum);
  }
  return cycles / operations / iterations;
}

TEST(SpreadLaw, takes_the_cycles_of_its_distribution_in_closed_form_and_of_operands_drawn_anew) {
  for (const std::int64_t lanes : {8, 16})
    for (const std::int64_t window : {12, 16, 28})
      for (const std::int64_t octaves : {1, 4, 16, 40}) {
        const IpuConfig config = spread(window, octaves);
        const double expected = closed_form(config, lanes);
        EXPECT_NEAR(law(config, lanes), expected, 0.02 * expected)
            << lanes << ' ' << window << ' ' << octaves;
        EXPECT_NEAR(brute_force(config, lanes, 4000), expected, 0.02 * expected)
            << lanes << ' ' << window << ' ' << octaves;
      }
}

// Negative control: other laws, and other octaves, are farther off than that.
TEST(SpreadLaw, is_told_from_its_neighbours) {
  const double expected = closed_form(spread(16, 16), 16);
  IpuConfig normal = spread(16, 16);
  normal.operands = OperandLaw::normal;
  EXPECT_LT(law(normal, 16), 0.7 * expected);
  EXPECT_LT(law(spread(16, 12), 16), 0.97 * expected);
  EXPECT_LT(law(spread(17, 16), 16), 0.97 * expected);
}

TEST(SpreadLaw, never_stalls_where_a_window_holds_what_is_kept) {
  EXPECT_EQ(law(spread(38, 16), 16), 1);  // 29 safe places: alignments to 28
  // Alignments to 16, in 17 safe places and in 16.
  IpuConfig half = spread(26, 16);
  half.software_precision = 16;
  EXPECT_EQ(law(half, 16), 1);
  half.window = 25;
  EXPECT_GT(law(half, 16), 1);
  IpuConfig config = spread(12, 16);
  config.alignment = ip::Alignment::single_cycle;
  EXPECT_EQ(law(config, 16), 1);
}

TEST(SpreadLaw, takes_longer_the_wider_it_spreads_and_the_narrower_the_window) {
  double before = 0;
  for (const std::int64_t octaves : {1, 2, 4, 8, 16}) {
    const double now = law(spread(12, octaves), 16);
    EXPECT_GT(now, before) << octaves;
    before = now;
  }
  for (const std::int64_t window : {14, 16, 20, 24, 28, 38}) {
    const double now = law(spread(window, 16), 16);
    EXPECT_LT(now, before) << window;
    before = now;
  }
}

}  // namespace
}  // namespace mantissa::arch
