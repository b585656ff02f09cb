// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/weight_codes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/faults/draw.h"

namespace mantissa::numerics {
namespace {

std::vector<float> weights(std::int64_t n, std::uint64_t key) {
  std::vector<float> w;
  for (std::int64_t i = 0; i < n; ++i) {
    w.push_back(
        static_cast<float>(faults::unit(faults::derived(key, static_cast<std::uint64_t>(i)))) *
            1.5f -
        0.5f);
  }
  return w;
}

std::vector<WeightQuantizer> ladder(unsigned bits) {
  WeightQuantizer asymmetric = normal_quantizer(bits), with_offset = asymmetric;
  asymmetric.asymmetric = with_offset.asymmetric = with_offset.unsigned_codes = true;
  WeightQuantizer released = rquant(bits);
  released.released = true;
  return {normal_quantizer(bits), asymmetric, with_offset, rquant(bits), released};
}

TEST(WeightCodes, OfTheEndsAndTheMiddleAreThePublishedOnes) {
  const float w[] = {-1, 0, 1};
  std::uint8_t codes[3];
  encode(w, 3, rquant(8), {-1, 1}, codes);
  EXPECT_EQ(codes[0], 0);
  EXPECT_EQ(codes[1], 127);
  EXPECT_EQ(codes[2], 254);
  WeightQuantizer released = rquant(8);
  released.released = true;
  encode(w, 3, released, {-1, 1}, codes);
  EXPECT_EQ(codes[0], 1);
  EXPECT_EQ(codes[1], 128);
  EXPECT_EQ(codes[2], 255);
  encode(w, 3, normal_quantizer(8), {-1, 1}, codes);
  EXPECT_EQ(codes[0], 0x81);  // -127
  EXPECT_EQ(codes[1], 0);
  EXPECT_EQ(codes[2], 127);
}

TEST(WeightCodes, ComeBackWithinAStepAndWithinHalfOfOneWhenRounded) {
  const std::vector<float> w = weights(20'000, 7);
  for (unsigned bits = 2; bits <= 8; ++bits) {
    for (const WeightQuantizer& q : ladder(bits)) {
      const auto n = static_cast<std::int64_t>(w.size());
      const WeightRange range = range_of(w.data(), n, q);
      std::vector<std::uint8_t> codes(w.size());
      std::vector<float> back(w.size());
      encode(w.data(), n, q, range, codes.data());
      decode(codes.data(), n, q, range, back.data());
      const float limit = step(q, range) * (q.nearest ? 0.5f : 1.0f);
      float worst = 0;
      for (std::size_t i = 0; i < w.size(); ++i) {
        worst = std::max(worst, std::abs(back[i] - w[i]));
        EXPECT_LT(codes[i] >> bits, 1) << "bits above the code";
      }
      EXPECT_LE(worst, limit * 1.0001f) << bits;
      EXPECT_GT(worst, limit * 0.9f) << "a bound that nothing comes near tests nothing";
    }
  }
}

// A single flip of bit j moves the value by 2^j steps; over all bits the mean is (2^m - 1) / m of a
// step, so that p m flips per weight give p (2^m - 1) D, where nothing is clamped.
TEST(WeightCodes, MoveByTwoToTheBitWhenOneFlips) {
  for (unsigned bits : {4u, 8u}) {
    const WeightQuantizer q = rquant(bits);
    const WeightRange range{-0.25f, 0.75f};
    const auto codes_in_all = 1u << bits;
    double sum = 0;
    unsigned flips = 0;
    for (unsigned code = 0; code < codes_in_all - 1; ++code) {  // 2^m - 1 codes are in use
      for (unsigned j = 0; j < bits; ++j) {
        const std::uint8_t before = static_cast<std::uint8_t>(code);
        const std::uint8_t after = static_cast<std::uint8_t>(code ^ (1u << j));
        if (after == codes_in_all - 1) continue;  // the code beyond the range is clamped
        float a, b;
        decode(&before, 1, q, range, &a);
        decode(&after, 1, q, range, &b);
        const float moved = std::abs(a - b), expected = std::ldexp(step(q, range), int(j));
        EXPECT_NEAR(moved, expected, 1e-5f);
        sum += moved;
        ++flips;
      }
    }
    EXPECT_NEAR(sum / flips * bits, (std::ldexp(1.0, int(bits)) - 1) * step(q, range), 0.01);
  }
}

TEST(WeightCodes, OfAnErrorNeverLeaveTheRange) {
  for (const WeightQuantizer& q : ladder(8)) {
    const WeightRange range = q.asymmetric ? WeightRange{-0.1f, 0.3f} : WeightRange{-0.3f, 0.3f};
    for (unsigned code = 0; code < 256; ++code) {
      const std::uint8_t c = static_cast<std::uint8_t>(code);
      float w;
      decode(&c, 1, q, range, &w);
      EXPECT_GE(w, range.low);
      EXPECT_LE(w, range.high);
    }
  }
}

TEST(WeightCodes, OfATensorOfOneValueDecodeToIt) {
  const std::vector<float> w(9, 0.0f);
  for (const WeightQuantizer& q : ladder(8)) {
    const WeightRange range = range_of(w.data(), 9, q);
    std::vector<std::uint8_t> codes(9);
    std::vector<float> back(9, 1.0f);
    encode(w.data(), 9, q, range, codes.data());
    decode(codes.data(), 9, q, range, back.data());
    EXPECT_EQ(back, w);
  }
}

TEST(WeightCodes, TruncateTowardsZeroUnlessTheyAreRounded) {
  const float w[] = {-1, -0.99f, 0.99f, 1};
  std::uint8_t codes[4];
  encode(w, 4, normal_quantizer(4), {-1, 1}, codes);
  EXPECT_EQ(codes[1], 0xA);  // -6
  EXPECT_EQ(codes[2], 6);
  WeightQuantizer rounded = normal_quantizer(4);
  rounded.nearest = true;
  encode(w, 4, rounded, {-1, 1}, codes);
  EXPECT_EQ(codes[2], 7);
}

}  // namespace
}  // namespace mantissa::numerics
