// SPDX-License-Identifier: Apache-2.0
// What each format loses on Gaussian and Laplace samples, 512 channels of 4096: the figures of the
// facts, within 0.05 dB.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "base/numerics/quantize/block_quantizer.h"
#include "base/numerics/quantize/integer_quantizer.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

constexpr VectorAxis axis{512, 4096, 1};

const std::vector<float>& drawn(Distribution distribution) {
  static const std::vector<float> gaussian = samples(Distribution::gaussian, axis.elements());
  static const std::vector<float> laplace = samples(Distribution::laplace, axis.elements());
  return distribution == Distribution::gaussian ? gaussian : laplace;
}

template <class Format>
double loss(Distribution distribution, const Format& format) {
  const auto& x = drawn(distribution);
  std::vector<float> y(x.size());
  dequantize(quantize(x.data(), axis, format), y.data());
  return sqnr(x, y);
}

template <class Format>
void expect_loss(const char* what, const Format& format, double gaussian, double laplace) {
  const double g = loss(Distribution::gaussian, format), l = loss(Distribution::laplace, format);
  EXPECT_NEAR(g, gaussian, 0.05) << what;
  EXPECT_NEAR(l, laplace, 0.05) << what;
  testing::Test::RecordProperty(what, std::to_string(g) + " / " + std::to_string(l));
  std::printf("%-28s %6.2f / %6.2f dB, expected %5.2f / %5.2f\n", what, g, l, gaussian, laplace);
}

IntegerQuantization per_channel(int bits) {
  IntegerQuantization format;
  format.bits = bits;
  return format;
}

IntegerQuantization per_vector(int bits, std::int64_t v, int scale_bits = 0,
                               ScaleOrder order = ScaleOrder::data_first) {
  IntegerQuantization format = per_channel(bits);
  format.granularity = Granularity::vector;
  format.vector_length = v;
  format.scale_bits = scale_bits;
  format.order = order;
  return format;
}

// The noise expected of a channel, in units of its mean square: each sample's error over the
// density of |x| below the channel's largest, averaged over the distribution of that largest of
// 4096.
double expected_loss(Distribution distribution, int bits) {
  const bool gaussian = distribution == Distribution::gaussian;
  const double levels = (1 << (bits - 1)) - 1, step = 1.0 / 1024;
  const auto beyond = [&](double x) {  // P(|X| > x)
    return gaussian ? std::erfc(x / std::sqrt(2.0)) : std::exp(-x);
  };
  double noise = 0;
  for (double most = 1; most < 30; most += 1.0 / 16) {
    const auto below = [&](double x) { return std::pow(1 - beyond(x), axis.length); };
    const double probability = below(most + 1.0 / 32) - below(most - 1.0 / 32);
    if (probability < 1e-9) continue;
    double error = 0;
    const double scale = most / levels;
    for (double x = step / 2; x < most; x += step) {
      const double miss = x - scale * std::nearbyint(x / scale);
      error += miss * miss * (beyond(x - step / 2) - beyond(x + step / 2));
    }
    noise += probability * error / (1 - beyond(most));
  }
  return 10 * std::log10((gaussian ? 1 : 2) / noise);
}

// The largest of a channel of Laplace samples varies so much that 512 channels are known to
// +-0.055 dB only (one standard deviation, of 60 draws); the figures of the facts are one such
// draw. So theirs are held to 0.05 dB plus two deviations of a Laplace draw, and the expectation
// itself, of which eight draws know +-0.02 dB, to 0.05.
TEST(Sqnr, of_one_scale_per_channel_is_the_expected_and_near_that_of_the_facts) {
  struct Row {
    Distribution distribution;
    int bits;
    double facts, tolerance;
  };
  for (const Row& row : std::vector<Row>{{Distribution::gaussian, 4, 16.07, 0.05},
                                         {Distribution::gaussian, 8, 41.24, 0.05},
                                         {Distribution::laplace, 4, 11.80, 0.05 + 2 * 0.055},
                                         {Distribution::laplace, 8, 36.75, 0.05 + 2 * 0.055}}) {
    std::vector<float> x, y;
    for (std::uint64_t draw = 0; draw < 8; ++draw) {
      const auto some = samples(row.distribution, axis.elements(), draw + 100);
      x.insert(x.end(), some.begin(), some.end());
    }
    y.resize(x.size());
    dequantize(quantize(x.data(), {8 * axis.outer, axis.length, 1}, per_channel(row.bits)),
               y.data());
    const double found = sqnr(x, y), expected = expected_loss(row.distribution, row.bits);
    std::printf("INT%d per channel %16.2f dB, expected %5.2f, facts %5.2f\n", row.bits, found,
                expected, row.facts);
    EXPECT_NEAR(found, expected, 0.05) << row.bits;
    EXPECT_NEAR(found, row.facts, row.tolerance) << row.bits;
  }
}

TEST(Sqnr, of_a_float_scale_per_vector_is_that_of_the_facts) {
  expect_loss("INT4 V=16", per_vector(4, 16), 21.39, 19.89);
  expect_loss("INT4 V=64", per_vector(4, 64), 19.36, 17.03);
}

TEST(Sqnr, of_two_levels_of_scales_is_that_of_the_facts) {
  expect_loss("INT4 V=16 M=4 A", per_vector(4, 16, 4), 20.68, 18.85);
  expect_loss("INT4 V=16 M=4 B", per_vector(4, 16, 4, ScaleOrder::scale_first), 21.19, 19.55);
  expect_loss("INT8 V=16 M=8 A", per_vector(8, 16, 8), 45.76, 43.86);
}

TEST(Sqnr, of_block_formats_is_that_of_the_facts) {
  expect_loss("NVFP4", block_format("nvfp4"), 20.44, 20.66);
  expect_loss("MXFP4", block_format("mxfp4"), 18.79, 17.96);
}

// Negative control: the choices that the facts leave open are told apart by these bounds.
TEST(Sqnr, tells_the_orders_of_scales_and_the_roundings_apart) {
  const auto g = Distribution::gaussian;
  EXPECT_GT(loss(g, per_vector(4, 16, 4, ScaleOrder::scale_first)),
            loss(g, per_vector(4, 16, 4)) + 0.1);
  auto floor = per_channel(4);
  floor.rounding = Rounding::down;
  EXPECT_LT(loss(g, floor), 16.07 - 1);
  auto up = block_format("nvfp4");
  up.scale_rounding = Rounding::up;
  EXPECT_GT(std::abs(loss(g, up) - 20.44), 0.05);
}

}  // namespace
}  // namespace mantissa::numerics
