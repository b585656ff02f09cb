// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/integer_quantizer.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using testing::HasSubstr;

Histogram of(const std::vector<float>& x, bool is_signed = true) {
  Histogram h(is_signed);
  h.add(x.data(), static_cast<std::int64_t>(x.size()));
  return h;
}

// 1, 2, ..., 2048: one in every bin.
std::vector<float> ramp() {
  std::vector<float> x;
  for (int i = 1; i <= 2048; ++i) x.push_back(static_cast<float>(i % 2 ? i : -i));
  return x;
}

TEST(Calibration, counts_every_magnitude_in_the_bin_that_it_closes) {
  const Histogram h = of(ramp());
  EXPECT_EQ(h.width(), 1);
  EXPECT_EQ(h.total(), 2048u);
  EXPECT_THAT(h.bins(), testing::Each(1u));
  const Histogram positive = of(ramp(), false);  // the even ones are negative
  EXPECT_EQ(positive.total(), 1024u);
  EXPECT_EQ(positive.largest(), 2047);
}

TEST(Calibration, by_percentile_is_the_first_edge_that_covers_it) {
  const Histogram h = of(ramp());
  const auto at = [&](double percent) {
    return calibrated_range(h, {Calibration::percentile, percent}, 8);
  };
  EXPECT_EQ(at(100), 2048);
  EXPECT_EQ(at(50), 1024);
  EXPECT_EQ(at(100.0 * 2047 / 2048), 2047);
  EXPECT_EQ(at(99.999), 2048);
  EXPECT_EQ(at(1e-9), 1);
}

TEST(Calibration, by_max_covers_everything) {
  const auto x = samples(Distribution::laplace, 10'000);
  float most = 0;
  for (const float v : x) most = std::max(most, std::abs(v));
  EXPECT_EQ(calibrated_range(of(x), {Calibration::max}, 4), most);
}

TEST(Calibration, grows_its_bins_for_a_later_batch_that_reaches_further) {
  Histogram h;
  const std::vector<float> zeros(10, 0.0f), first(100, 1.0f), second = {3.5f};
  h.add(zeros.data(), 10);
  EXPECT_EQ(calibrated_range(h, {Calibration::entropy}, 8), 0) << "nothing but zeros";
  h.add(first.data(), 100);
  h.add(second.data(), 1);
  EXPECT_EQ(h.bins().size(), 7168u);
  EXPECT_EQ(h.total(), 111u);
  EXPECT_EQ(h.bins()[0], 10u);
  EXPECT_EQ(calibrated_range(h, {Calibration::max}, 8), 3.5f);
  EXPECT_EQ(calibrated_range(h, {Calibration::percentile, 99}, 8), 1);
}

// Beyond four times as many as at first bins double their width: counts stay, and edges are those
// of fewer, wider bins.
TEST(Calibration, holds_few_bins_however_far_a_later_batch_reaches) {
  const std::vector<float> first = {0.25f, 0.5f, 0.75f, 1.0f};
  for (const float far : {4.0f, 4.001f, 100.0f, 1e6f, 3e38f}) {
    Histogram h(true, 4);
    h.add(first.data(), 4);
    h.add(&far, 1);
    EXPECT_LE(h.bins().size(), 16u) << far;
    EXPECT_EQ(h.total(), 5u);
    EXPECT_EQ(h.bins().back(), 1u);
    const double width = h.width();
    EXPECT_EQ(std::exp2(std::round(std::log2(width * 4))), width * 4) << "doubled";
    EXPECT_LE(far, width * 16);
    if (far > 4) {
      EXPECT_GT(far, width * 8) << "no wider than need be";
    }
    std::uint64_t near = 0;
    for (std::size_t i = 0; i + 1 < h.bins().size(); ++i) near += h.bins()[i];
    EXPECT_EQ(near, 4u);
    for (const Calibration kind : {Calibration::mse, Calibration::entropy, Calibration::max})
      EXPECT_EQ(calibrated_range(h, {kind}, 4), far);
    EXPECT_NEAR(calibrated_range(h, {Calibration::percentile, 80}, 4), std::max(1.0, width),
                1e-6 * width);
  }
}

double loss(const std::vector<float>& x, int bits, float range) {
  IntegerQuantization format;
  format.bits = bits;
  std::vector<float> y(x.size());
  dequantize(quantize(x.data(), {1, static_cast<std::int64_t>(x.size()), 1}, format,
                      {coarse_of_range(format, range)}),
             y.data());
  return sqnr(x, y);
}

// Brute force on the samples themselves instead of a histogram: within what a bin's width costs.
TEST(Calibration, by_mse_loses_no_more_than_the_best_range_of_a_fine_scan) {
  const auto x = samples(Distribution::laplace, 20'000);
  const Histogram h = of(x);
  for (const int bits : {4, 6, 8}) {
    const float range = calibrated_range(h, {Calibration::mse}, bits);
    double best = 0;
    for (int i = 1; i <= 200; ++i)
      best = std::max(best, loss(x, bits, h.largest() * static_cast<float>(i) / 200));
    EXPECT_GT(loss(x, bits, range), best - 0.05) << bits;
    if (bits == 4) {
      EXPECT_LT(range, 0.8f * h.largest()) << "clips";
    }
  }
}

// Few bits clip the tail, many have no need to; and both rules lose less than the largest one.
TEST(Calibration, by_entropy_clips_the_tail_where_bits_are_few) {
  const auto x = samples(Distribution::laplace, 50'000);
  const Histogram h = of(x);
  const float four = calibrated_range(h, {Calibration::entropy}, 4);
  const float eight = calibrated_range(h, {Calibration::entropy}, 8);
  EXPECT_LT(four, eight);
  EXPECT_LE(eight, h.largest());
  EXPECT_GT(loss(x, 4, four), loss(x, 4, h.largest()));
}

// What fills each level evenly is quantised without loss: a divergence of 0 at the full range.
TEST(Calibration, by_entropy_of_a_flat_histogram_covers_all_of_it) {
  EXPECT_EQ(calibrated_range(of(ramp()), {Calibration::entropy}, 8), 2048);
}

TEST(Calibration, refuses_what_it_does_not_know) {
  EXPECT_EQ(calibration("mse"), Calibration::mse);
  try {
    calibration("entropie");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("did you mean 'entropy'"));
  }
  const Histogram h = of(ramp());
  for (const double percent : {0.0, 100.1, std::nan("")})
    EXPECT_THROW(calibrated_range(h, {Calibration::percentile, percent}, 8), Error);
  for (const int bits : {1, 9}) EXPECT_THROW(calibrated_range(h, {Calibration::mse}, bits), Error);
  for (const std::int64_t bins : {0, (1 << 24) + 1}) EXPECT_THROW(Histogram(true, bins), Error);
  Histogram growing;
  const float nan = std::nanf("");
  EXPECT_THROW(growing.add(&nan, 1), Error);
}

}  // namespace
}  // namespace mantissa::numerics
