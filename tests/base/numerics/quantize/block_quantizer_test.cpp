// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/block_quantizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/numerics/bf16.h"
#include "base/numerics/minifloat.h"
#include "base/numerics/quantize/errors.h"
#include "tests/base/numerics/kernel_sets.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using trace::NumberFormat;

std::vector<float> read_back(const std::vector<float>& x, const BlockQuantization& format) {
  std::vector<float> y(x.size());
  dequantize(quantize(x.data(), {1, static_cast<std::int64_t>(x.size()), 1}, format), y.data());
  return y;
}

int scale_of(float largest, BlockQuantization format, Rounding rounding) {
  format.scale_rounding = rounding;
  return quantize(&largest, {1, 1, 1}, format).scales.at(0);
}

TEST(BlockQuantizer, of_mxfp4_shares_the_exponent_of_the_largest_less_two) {
  // floor(log2 7.5) - 2 = 0: 7.5 saturates at 6; 5 and 2.5 are ties.
  EXPECT_THAT(read_back({7.5, 5, -2.5, 0.25, 0.3f, -0.75}, block_format("mxfp4")),
              ElementsAre(6, 4, -2, 0, 0.5, -1));
  auto away = block_format("mxfp4");
  away.rounding = Rounding::half_away;
  EXPECT_THAT(read_back({7.5, 5, -2.5, 0.25, 0.3f, -0.75}, away),
              ElementsAre(6, 6, -3, 0.5, 0.5, -1));
}

TEST(BlockQuantizer, rounds_e8m0_scales_by_the_rule_at_both_sides_of_every_step) {
  const auto mxfp4 = block_format("mxfp4");  // emax 2, largest 6 = 1.5 * 2^2
  const float below8 = std::nextafter(8.0f, 0.0f), above6 = std::nextafter(6.0f, 7.0f);
  EXPECT_EQ(scale_of(4, mxfp4, Rounding::down), 127);
  EXPECT_EQ(scale_of(below8, mxfp4, Rounding::down), 127);
  EXPECT_EQ(scale_of(8, mxfp4, Rounding::down), 128);
  EXPECT_EQ(scale_of(6, mxfp4, Rounding::up), 127);
  EXPECT_EQ(scale_of(above6, mxfp4, Rounding::up), 128);
  EXPECT_EQ(scale_of(12, mxfp4, Rounding::up), 128);
  // 6 / 4 = 1.5 lies between 2^0, code 127, and 2^1, code 128; 12 / 4 between 128 and 129.
  EXPECT_EQ(scale_of(6, mxfp4, Rounding::half_even), 128);
  EXPECT_EQ(scale_of(12, mxfp4, Rounding::half_even), 128);
  EXPECT_EQ(scale_of(std::nextafter(12.0f, 99.0f), mxfp4, Rounding::half_even), 129);
  EXPECT_EQ(scale_of(12, mxfp4, Rounding::half_away), 129);
  EXPECT_EQ(scale_of(std::nextafter(6.0f, 0.0f), mxfp4, Rounding::half_away), 127);
}

TEST(BlockQuantizer, has_the_greatest_exponents_of_the_specification) {
  for (const auto& [name, emax] : std::vector<std::pair<const char*, int>>{{"mxfp8_e4m3", 8},
                                                                           {"mxfp8_e5m2", 15},
                                                                           {"mxfp6_e3m2", 4},
                                                                           {"mxfp6_e2m3", 2},
                                                                           {"mxfp4", 2},
                                                                           {"mxint8", 0}})
    EXPECT_EQ(scale_of(1, block_format(name), Rounding::down), 127 - emax) << name;
}

TEST(BlockQuantizer, limits_e8m0_below_and_turns_what_overflows_into_nan) {
  const auto mxint8 = block_format("mxint8");
  const float greatest = std::numeric_limits<float>::max();
  EXPECT_EQ(scale_of(greatest, mxint8, Rounding::down), 254);
  EXPECT_EQ(scale_of(greatest, mxint8, Rounding::up), 255);
  EXPECT_EQ(scale_of(0x1p-127f, block_format("mxfp4"), Rounding::down), 0);
  EXPECT_EQ(scale_of(1e-45f, block_format("mxfp8_e5m2"), Rounding::down), 0);
  auto up = mxint8;
  up.scale_rounding = Rounding::up;
  EXPECT_THAT(read_back({greatest, 1}, up), Each(testing::IsNan()));
}

TEST(BlockQuantizer, of_mxint8_keeps_the_unused_code_unused) {
  const auto y = read_back({1.9999f, -1.9999f, 1 / 64.0f, -1.5f / 64}, block_format("mxint8"));
  EXPECT_THAT(y, ElementsAre(127 / 64.0f, -127 / 64.0f, 1 / 64.0f, -2 / 64.0f));
}

// max = 2688 = 448 * 6: the scale of the tensor is 1 and that of its first block 448.
TEST(BlockQuantizer, of_nvfp4_has_two_levels_of_scales) {
  std::vector<float> x(48, 0.0f);
  x[0] = 2688, x[1] = -1344, x[2] = 448;
  x[16] = 6 * 0.875f, x[17] = 0.875f;  // a scale of 0.875 is an E4M3 number
  x[32] = 6 * 17, x[33] = 17;          // 17 is a tie between 16 and 18
  const auto q = quantize(x.data(), {1, 48, 1}, block_format("nvfp4"));
  EXPECT_EQ(q.tensor_scale, 1);
  const auto& e4m3 = minifloat_format(NumberFormat::fp8_e4m3);
  EXPECT_EQ(decode(e4m3, q.scales[0]), 448);
  EXPECT_EQ(decode(e4m3, q.scales[1]), 0.875);
  EXPECT_EQ(decode(e4m3, q.scales[2]), 16);
  std::vector<float> y(48);
  dequantize(q, y.data());
  EXPECT_EQ(y[0], 2688);
  EXPECT_EQ(y[1], -1344);
  EXPECT_EQ(y[2], 448);
  EXPECT_EQ(y[17], 0.875f);
  EXPECT_EQ(y[32], 96) << "6.375 saturates";
  auto up = block_format("nvfp4");
  up.scale_rounding = Rounding::up;
  EXPECT_EQ(decode(e4m3, quantize(x.data(), {1, 48, 1}, up).scales[2]), 18);
}

TEST(BlockQuantizer, gives_zeros_for_blocks_and_tensors_of_zeros) {
  for (const auto& info : block_formats()) {
    std::vector<float> x(80, 0.0f);
    const auto zeros = quantize(x.data(), {1, 80, 1}, info.format);
    EXPECT_THAT(zeros.codes, Each(0)) << info.name;
    EXPECT_THAT(zeros.scales, Each(0)) << info.name;
    x[79] = 1;
    const auto y = read_back(x, info.format);
    EXPECT_EQ(std::count(y.begin(), y.end(), 0.0f), 79) << info.name;
    // The largest of nvfp4 is 6 * 448 * fl(1 / 2688): one rounding away.
    EXPECT_FLOAT_EQ(y[79], 1) << info.name;
    EXPECT_TRUE(quantize(x.data(), {1, 0, 1}, info.format).codes.empty());
  }
}

TEST(BlockQuantizer, of_bf16_is_the_cast) {
  const auto x = samples(Distribution::laplace, 100);
  const auto y = read_back(x, block_format("bf16"));
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(y[i], to_float(to_bf16(x[i])));
  EXPECT_EQ(storage_bits(block_format("bf16"), {1, 100, 1}), 1600u);
}

TEST(BlockQuantizer, has_the_same_bits_in_plain_loops_and_along_a_strided_axis) {
  const auto x = samples(Distribution::laplace, 5 * 77 * 3);
  for (const auto& info : block_formats()) {
    const auto fast = quantize(x.data(), {5, 77, 3}, info.format);
    {
      const LimitedKernels portable(KernelSet::portable);
      const auto slow = quantize(x.data(), {5, 77, 3}, info.format);
      EXPECT_EQ(fast.codes, slow.codes) << info.name;
      EXPECT_EQ(fast.scales, slow.scales) << info.name;
    }
    // Line (4, 2) by itself, its tensor's scale provided by its largest element.
    if (info.format.tensor_scale) continue;
    std::vector<float> line;
    for (std::size_t c = 0; c < 77; ++c) line.push_back(x[(4 * 77 + c) * 3 + 2]);
    const auto alone = quantize(line.data(), {1, 77, 1}, info.format);
    for (std::int64_t c = 0; c < 77; ++c)
      EXPECT_EQ(alone.code(c), fast.code((4 * 77 + c) * 3 + 2)) << info.name;
  }
}

TEST(BlockQuantizer, stores_a_byte_per_block_and_four_per_tensor) {
  EXPECT_EQ(storage_bits(block_format("mxfp4"), {2, 64, 1}), 2u * 2 * (32 * 4 + 8));
  EXPECT_EQ(storage_bits(block_format("mxfp6_e2m3"), {1, 33, 1}), 2u * (32 * 6 + 8));
  EXPECT_EQ(storage_bits(block_format("nvfp4"), {1, 16, 1}), 16u * 4 + 8 + 32);
}

TEST(BlockQuantizer, refuses_what_no_format_has_in_one_message) {
  const auto message = [](const BlockQuantization& format) -> std::string {
    const float x = 1;
    try {
      quantize(&x, {1, 1, 1}, format);
    } catch (const Error& error) {
      EXPECT_EQ(&error.kind(), &illegal_quantization);
      return error.message();
    }
    return "accepted";
  };
  auto format = block_format("mxfp4");
  for (const int block : {0, 4097}) {
    format.block = block;
    EXPECT_THAT(message(format), HasSubstr("expected 1 to 4096"));
  }
  format.block = 32;
  format.element = NumberFormat::fp16;
  EXPECT_THAT(message(format), HasSubstr("read 'fp16'"));
  format = block_format("mxfp4");
  format.tensor_scale = true;
  EXPECT_THAT(message(format), HasSubstr("E4M3"));
  format = block_format("bf16");
  format.scale = BlockScale::e8m0;
  EXPECT_THAT(message(format), HasSubstr("bf16"));
  try {
    block_format("mxpf4");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("did you mean 'mxfp4'"));
  }
  const float nan = std::nanf("");
  EXPECT_THROW(quantize(&nan, {1, 1, 1}, block_format("nvfp4")), Error);
  EXPECT_THROW(quantize(&nan, {1, 1, 1}, block_format("bf16")), Error);
}

}  // namespace
}  // namespace mantissa::numerics
