// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/integer_quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/numerics/quantize/errors.h"
#include "tests/base/numerics/kernel_sets.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

IntegerQuantization vectors_of(std::int64_t v, int bits, int scale_bits) {
  IntegerQuantization format;
  format.bits = bits;
  format.granularity = Granularity::vector;
  format.vector_length = v;
  format.scale_bits = scale_bits;
  return format;
}

// max 14 / Q 7 = 2: one scale; 3 / 2 = 1.5 is a tie.
TEST(IntegerQuantizer, scales_a_channel_by_its_largest_magnitude) {
  IntegerQuantization format;
  format.bits = 4;
  const std::vector<float> x = {14, -14, 3, -3, 5, 0, 7, 1, 2, -4};
  const auto q = quantize(x.data(), {2, 5, 1}, format);
  EXPECT_THAT(q.elements, ElementsAre(7, -7, 2, -2, 2, 0, 7, 1, 2, -4));
  EXPECT_THAT(q.coarse, ElementsAre(2, 1));
  EXPECT_TRUE(q.scales.empty());
  std::vector<float> y(10);
  dequantize(q, y.data());
  EXPECT_THAT(y, ElementsAre(14, -14, 4, -4, 4, 0, 7, 1, 2, -4));

  format.granularity = Granularity::tensor;
  EXPECT_THAT(quantize(x.data(), {2, 5, 1}, format).elements,
              ElementsAre(7, -7, 2, -2, 2, 0, 4, 0, 1, -2));
}

// Q = 7, M = 2: s = 4, 3, 1; gamma = 4/3; sq = 3, RNE(2.25) = 2, RNE(0.75) = 1. Order B divides by
// 4, 8/3 and 4/3.
TEST(IntegerQuantizer, has_two_levels_of_scales_in_either_order) {
  IntegerQuantization format = vectors_of(2, 4, 2);
  const std::vector<float> x = {28, 10, 21, 4, 7, -2};
  auto q = quantize(x.data(), {1, 6, 1}, format);
  EXPECT_THAT(q.scales, ElementsAre(3, 2, 1));
  EXPECT_THAT(q.coarse, ElementsAre(4.0f / 3));
  EXPECT_THAT(q.elements, ElementsAre(7, 2, 7, 1, 7, -2));
  format.order = ScaleOrder::scale_first;
  q = quantize(x.data(), {1, 6, 1}, format);
  EXPECT_THAT(q.scales, ElementsAre(3, 2, 1));
  // 21 / (8/3) = 7.9 is clipped, 4 / (8/3) = 1.5; 7 / (4/3) = 5.25, -2 / (4/3) = -1.5.
  EXPECT_THAT(q.elements, ElementsAre(7, 2, 7, 2, 5, -2));
  std::vector<float> y(6);
  dequantize(q, y.data());
  EXPECT_FLOAT_EQ(y[0], 28);
  EXPECT_FLOAT_EQ(y[2], 7 * 2 * 4 / 3.0f);
}

TEST(IntegerQuantizer, of_unsigned_elements_cuts_negative_ones_off_and_uses_all_codes) {
  IntegerQuantization format;
  format.is_signed = false;
  const std::vector<float> x = {255, -1000, 128, 1, 254.6f};
  const auto q = quantize(x.data(), {1, 5, 1}, format);
  const int expected[] = {255, 0, 128, 1, 255};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(q.element(i), expected[i]);
  EXPECT_THAT(q.coarse, ElementsAre(1));
}

// A convolution's weights, [k, c, r s]: vectors along c, scales where vector_axis.h says. The same
// matrix by hand, element by element.
TEST(IntegerQuantizer, runs_along_channels_of_any_stride_and_pads_the_last_vector) {
  for (const std::int64_t v : {1, 3, 4, 5, 16, 64})
    for (const auto order : {ScaleOrder::data_first, ScaleOrder::scale_first})
      for (const auto coarse : {Granularity::channel, Granularity::tensor}) {
        IntegerQuantization format = vectors_of(v, 5, 6);
        format.order = order;
        format.coarse_per = coarse;
        const VectorAxis strided{3, 21, 4}, flat{12, 21, 1};
        const auto x = samples(Distribution::laplace, strided.elements());
        const auto q = quantize(x.data(), strided, format);
        // The same lines one after the other; gamma of their channel given.
        std::vector<float> lines;
        std::vector<float> gammas;
        for (std::int64_t o = 0; o < 3; ++o)
          for (std::int64_t i = 0; i < 4; ++i) {
            for (std::int64_t c = 0; c < 21; ++c)
              lines.push_back(x[static_cast<std::size_t>((o * 21 + c) * 4 + i)]);
            gammas.push_back(
                q.coarse[coarse == Granularity::tensor ? 0 : static_cast<std::size_t>(o)]);
          }
        if (coarse == Granularity::tensor) gammas.resize(1);
        const auto p = quantize(lines.data(), flat, format, gammas);
        const std::int64_t vectors = flat.vectors(v);
        for (std::int64_t o = 0; o < 3; ++o)
          for (std::int64_t i = 0; i < 4; ++i) {
            for (std::int64_t c = 0; c < 21; ++c)
              EXPECT_EQ(q.element((o * 21 + c) * 4 + i), p.element((o * 4 + i) * 21 + c));
            for (std::int64_t j = 0; j < vectors; ++j)
              EXPECT_EQ(q.scales[static_cast<std::size_t>((o * vectors + j) * 4 + i)],
                        p.scales[static_cast<std::size_t>((o * 4 + i) * vectors + j)]);
          }
        std::vector<float> y(x.size()), z(x.size());
        dequantize(q, y.data());
        dequantize(p, z.data());
        EXPECT_EQ(y[(2 * 21 + 20) * 4 + 3], z[(2 * 4 + 3) * 21 + 20]);
      }
}

// Padding is zeros: the same line, filled up by hand, gives the same scales.
TEST(IntegerQuantizer, pads_with_what_would_be_zeros) {
  const IntegerQuantization format = vectors_of(16, 4, 4);
  auto x = samples(Distribution::gaussian, 40);
  const auto cut = quantize(x.data(), {1, 40, 1}, format);
  x.resize(48, 0);
  const auto whole = quantize(x.data(), {1, 48, 1}, format);
  EXPECT_EQ(cut.scales, whole.scales);
  EXPECT_EQ(cut.coarse, whole.coarse);
  EXPECT_EQ(storage(format, {1, 40, 1}).total(), storage(format, {1, 48, 1}).total());
  EXPECT_LT(storage(format, {1, 32, 1}).total(), storage(format, {1, 33, 1}).total());
}

TEST(IntegerQuantizer, gives_zeros_for_vectors_channels_and_tensors_of_zeros) {
  std::vector<float> x(64, 0.0f);
  for (const auto order : {ScaleOrder::data_first, ScaleOrder::scale_first}) {
    IntegerQuantization format = vectors_of(16, 4, 4);
    format.order = order;
    x[0] = 0;
    auto q = quantize(x.data(), {2, 32, 1}, format);
    EXPECT_THAT(q.elements, testing::Each(0));
    EXPECT_THAT(q.scales, testing::Each(0));
    EXPECT_THAT(q.coarse, testing::Each(0));
    x[0] = 3;  // one vector of four
    q = quantize(x.data(), {2, 32, 1}, format);
    EXPECT_THAT(q.scales, ElementsAre(15, 0, 0, 0));
    EXPECT_EQ(q.element(0), 7);
    std::vector<float> y(64);
    dequantize(q, y.data());
    EXPECT_FLOAT_EQ(y[0], 3);
    EXPECT_EQ(std::count(y.begin(), y.end(), 0.0f), 63);
  }
  IntegerQuantization format;
  x[0] = 1e-45f;  // s = 1e-45 / 127 underflows
  EXPECT_THAT(quantize(x.data(), {1, 64, 1}, format).elements, testing::Each(0));
  EXPECT_TRUE(quantize(x.data(), {0, 64, 1}, format).elements.empty());
  EXPECT_TRUE(quantize(x.data(), {2, 0, 1}, format).elements.empty());
}

TEST(IntegerQuantizer, with_a_coarse_scale_given_clips_what_lies_beyond_and_counts_it) {
  IntegerQuantization format = vectors_of(2, 4, 4);
  format.coarse_per = Granularity::tensor;
  const float gamma = coarse_of_range(format, 105);  // 105 / 7 / 15 = 1
  EXPECT_EQ(gamma, 1);
  const std::vector<float> x = {105, 1, 108.5f, 0, 112, 0, 700, 0};
  const auto q = quantize(x.data(), {1, 8, 1}, format, {gamma});
  // s = 15, 15.5 (a tie, to 16: beyond), 16, 100.
  EXPECT_THAT(q.scales, ElementsAre(15, 15, 15, 15));
  EXPECT_EQ(q.clipped_scales, 3u);
  IntegerQuantization channel;
  EXPECT_EQ(coarse_of_range(channel, 254), 2);
  const auto c = quantize(x.data(), {2, 4, 1}, channel, {1, 0});
  EXPECT_EQ(c.element(0), 105);
  EXPECT_EQ(c.element(4), 0) << "a scale of 0";
}

TEST(IntegerQuantizer, has_the_same_bits_in_plain_loops) {
  for (const int scale_bits : {0, 4})
    for (const bool is_signed : {true, false}) {
      IntegerQuantization format = vectors_of(16, 4, scale_bits);
      format.is_signed = is_signed;
      const auto x = samples(Distribution::gaussian, 7 * 333);
      const auto fast = quantize(x.data(), {7, 333, 1}, format);
      const LimitedKernels portable(KernelSet::portable);
      const auto slow = quantize(x.data(), {7, 333, 1}, format);
      EXPECT_EQ(fast.elements, slow.elements);
      EXPECT_EQ(fast.scales, slow.scales);
      EXPECT_EQ(fast.coarse, slow.coarse);
    }
}

// V = 16, 32, 64 with N = M = 4; and 4.25 bits against 8.
TEST(IntegerQuantizer, stores_what_the_paper_counts) {
  for (const auto& [v, percent] :
       std::vector<std::pair<std::int64_t, double>>{{16, 6.25}, {32, 3.125}, {64, 1.5625}}) {
    const QuantizedBits bits = storage(vectors_of(v, 4, 4), {8, 640, 1});
    EXPECT_EQ(100.0 * static_cast<double>(bits.scales) / static_cast<double>(bits.elements),
              percent);
    EXPECT_EQ(bits.coarse, 8u * 32);
  }
  const QuantizedBits vs = storage(vectors_of(16, 4, 4), {8, 640, 1});
  IntegerQuantization int8;
  const QuantizedBits eight = storage(int8, {8, 640, 1});
  EXPECT_EQ(static_cast<double>(vs.elements + vs.scales) / static_cast<double>(eight.elements),
            4.25 / 8);
  EXPECT_EQ(storage(vectors_of(16, 4, 0), {1, 16, 1}).scales, 32u);
}

std::string refusal(const std::function<void()>& call, const ErrorKind& kind) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &kind) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "accepted";
  return {};
}

TEST(IntegerQuantizer, refuses_what_no_format_has_in_one_message) {
  const std::vector<float> x(16, 1.0f);
  const auto refused = [&](IntegerQuantization format) {
    return refusal([&] { quantize(x.data(), {1, 16, 1}, format); }, illegal_quantization);
  };
  for (const int bits : {1, 9}) {
    auto format = vectors_of(16, bits, 4);
    EXPECT_THAT(refused(format), HasSubstr("expected 2 to 8"));
  }
  for (const int bits : {2, 8}) EXPECT_NO_THROW(check(vectors_of(16, bits, 4)));
  for (const int bits : {-1, 16})
    EXPECT_THAT(refused(vectors_of(16, 4, bits)), HasSubstr("scales of so many bits"));
  for (const int bits : {0, 15}) EXPECT_NO_THROW(check(vectors_of(16, 4, bits)));
  for (const int v : {0, 4097}) EXPECT_THAT(refused(vectors_of(v, 4, 4)), HasSubstr("1 to 4096"));
  for (const int v : {1, 4096}) EXPECT_NO_THROW(check(vectors_of(v, 4, 4)));
  auto coarse = vectors_of(16, 4, 4);
  coarse.coarse_per = Granularity::vector;
  EXPECT_THAT(refused(coarse), HasSubstr("second level"));
  IntegerQuantization channel;
  const auto given = [&](const IntegerQuantization& format, const std::vector<float>& scales) {
    return refusal([&] { quantize(x.data(), {2, 8, 1}, format, scales); }, illegal_quantization);
  };
  EXPECT_THAT(given(channel, {1}), HasSubstr("read '1'; expected 2"));
  EXPECT_THAT(given(channel, {1, -1}), HasSubstr("not a number from 0 on"));
  EXPECT_THAT(given(channel, {1, std::nanf("")}), HasSubstr("not a number from 0 on"));
  EXPECT_THAT(given(vectors_of(4, 4, 0), {1, 1, 1, 1}), HasSubstr("two levels of scales"));
}

TEST(IntegerQuantizer, names_the_first_element_that_is_not_finite) {
  std::vector<float> x(48, 1.0f);
  const auto message = [&](const IntegerQuantization& format) {
    return refusal([&] { quantize(x.data(), {3, 16, 1}, format); }, not_finite);
  };
  x[47] = std::numeric_limits<float>::infinity();
  EXPECT_THAT(message(vectors_of(16, 4, 4)), HasSubstr("element 47"));
  x[20] = -std::nanf("");
  EXPECT_THAT(message(IntegerQuantization{}), HasSubstr("element 20 of the tensor is not finite"));
}

}  // namespace
}  // namespace mantissa::numerics
