// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/line_kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/rounding.h"
#include "tests/base/numerics/kernel_sets.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;

TEST(Rounding, takes_ties_and_their_neighbours_where_its_name_says) {
  struct Row {
    double x, half_even, half_away, half_up, down, up;
  };
  const double below = std::nextafter(0.5, 0), above = std::nextafter(0.5, 1);
  for (const Row& r : std::vector<Row>{{0.5, 0, 1, 1, 0, 1},
                                       {1.5, 2, 2, 2, 1, 2},
                                       {2.5, 2, 3, 3, 2, 3},
                                       {-0.5, 0, -1, 0, -1, 0},
                                       {-1.5, -2, -2, -1, -2, -1},
                                       {-2.5, -2, -3, -2, -3, -2},
                                       {below, 0, 0, 0, 0, 1},
                                       {above, 1, 1, 1, 0, 1},
                                       {-below, 0, 0, 0, -1, 0},
                                       {-above, -1, -1, -1, -1, 0},
                                       {3, 3, 3, 3, 3, 3},
                                       {0, 0, 0, 0, 0, 0}}) {
    EXPECT_EQ(rounded(r.x, Rounding::half_even), r.half_even) << r.x;
    EXPECT_EQ(rounded(r.x, Rounding::half_away), r.half_away) << r.x;
    EXPECT_EQ(rounded(r.x, Rounding::half_up), r.half_up) << r.x;
    EXPECT_EQ(rounded(r.x, Rounding::down), r.down) << r.x;
    EXPECT_EQ(rounded(r.x, Rounding::up), r.up) << r.x;
  }
}

// Values of every class that a line may hold: ties of the scales below, zeros of both signs,
// subnormals, the largest number.
std::vector<float> awkward(std::int64_t n) {
  std::vector<float> x = samples(Distribution::gaussian, n);
  const float special[] = {0.0f,  -0.0f,  0.5f,    -2.5f,    1.25f,  1e-40f, -1e-45f,
                           3e38f, -3e38f, 0.0625f, -0.1875f, 448.0f, 6.0f,   57344.0f};
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i % 3 == 0) x[i] = special[i / 3 % 14];
    if (i % 7 == 1)
      x[i] = static_cast<float>(static_cast<int>(faults::derived(3, i) % 64) - 32) / 4;
  }
  return x;
}

const float scale_set[] = {1.0f, 0.25f, 0.0f, 3.0f, 1e-42f, 0x1p-127f, 0x1p100f, 0.1f};

std::vector<float> scales(std::int64_t count) {
  std::vector<float> all;
  for (std::int64_t j = 0; j < count; ++j) all.push_back(scale_set[j % 8]);
  return all;
}

const std::int64_t lengths[] = {0, 1, 7, 8, 9, 16, 31, 33, 250};
const std::int64_t vectors[] = {1, 3, 8, 16, 17, 32, 64, 1000};

class LineKernels : public WithKernels {};

INSTANTIATE_TEST_SUITE_P(Quantize, LineKernels, every_kernel_set(), kernel_set_name);

TEST_P(LineKernels, find_the_largest_of_each_vector_as_the_golden_ones_do) {
  for (const std::int64_t n : lengths)
    for (const std::int64_t v : vectors)
      for (const bool is_signed : {true, false}) {
        const auto x = awkward(n);
        std::vector<float> fast(static_cast<std::size_t>(n / v + 1), -1), slow(fast);
        EXPECT_TRUE(largest_per_vector(x.data(), n, v, is_signed, fast.data()));
        EXPECT_TRUE(golden::largest_per_vector(x.data(), n, v, is_signed, slow.data()));
        EXPECT_EQ(fast, slow) << n << ' ' << v << ' ' << is_signed;
      }
}

TEST_P(LineKernels, see_what_is_not_finite_at_every_place_and_nothing_else) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> largest(40);
  for (std::int64_t at = 0; at < 37; ++at)
    for (const float bad : {std::nanf(""), -std::nanf(""), infinity, -infinity})
      for (const bool is_signed : {true, false}) {
        std::vector<float> x(37, std::numeric_limits<float>::max());
        EXPECT_TRUE(largest_per_vector(x.data(), 37, 16, is_signed, largest.data()));
        x[static_cast<std::size_t>(at)] = bad;
        EXPECT_FALSE(largest_per_vector(x.data(), 37, 16, is_signed, largest.data()));
        EXPECT_FALSE(golden::largest_per_vector(x.data(), 37, 16, is_signed, largest.data()));
        // Beyond the line it does not count.
        EXPECT_TRUE(largest_per_vector(x.data(), at, 16, is_signed, largest.data()));
      }
}

TEST_P(LineKernels, divide_as_the_golden_ones_do) {
  for (const std::int64_t n : lengths)
    for (const std::int64_t v : vectors)
      for (const auto& [low, high] :
           std::vector<std::pair<int, int>>{{-7, 7}, {-127, 127}, {0, 255}})
        for (const Rounding r : {Rounding::half_even, Rounding::half_away, Rounding::down}) {
          const auto x = awkward(n), s = scales(n / v + 1);
          std::vector<std::int8_t> fast(static_cast<std::size_t>(n + 1), 99), slow(fast);
          divide_per_vector(x.data(), n, v, s.data(), low, high, r, fast.data());
          golden::divide_per_vector(x.data(), n, v, s.data(), low, high, r, slow.data());
          EXPECT_EQ(fast, slow) << n << ' ' << v << ' ' << low << ' ' << name(r);
        }
}

TEST_P(LineKernels, encode_as_the_golden_ones_do) {
  for (const NumberFormat f :
       {NumberFormat::fp4_e2m1, NumberFormat::fp6_e2m3, NumberFormat::fp6_e3m2,
        NumberFormat::fp8_e4m3, NumberFormat::fp8_e5m2})
    for (const std::int64_t n : lengths)
      for (const std::int64_t v : vectors) {
        const auto x = awkward(n), s = scales(n / v + 1);
        std::vector<std::uint8_t> fast(static_cast<std::size_t>(n + 1), 99), slow(fast);
        encode_per_vector(x.data(), n, v, s.data(), minifloat_format(f), Rounding::half_even,
                          fast.data());
        golden::encode_per_vector(x.data(), n, v, s.data(), minifloat_format(f),
                                  Rounding::half_even, slow.data());
        EXPECT_EQ(fast, slow) << trace::name(f) << ' ' << n << ' ' << v;
      }
}

// Every value that 16 bits of a binary32 can tell apart, and its neighbours.
TEST_P(LineKernels, encode_to_the_code_of_the_format_saturated) {
  const float one = 1;
  for (const NumberFormat f :
       {NumberFormat::fp4_e2m1, NumberFormat::fp6_e2m3, NumberFormat::fp6_e3m2,
        NumberFormat::fp8_e4m3, NumberFormat::fp8_e5m2}) {
    const MinifloatFormat& format = minifloat_format(f);
    const double most = decode(format, format.greatest_finite());
    for (std::uint32_t high = 0; high < 0x10000; ++high)
      for (const std::uint32_t low : {0u, 1u, 0xFFFFu}) {
        const float x = float_from_bits(high << 16 | low);
        if (is_nan(x) || is_infinite(x)) continue;
        std::uint8_t code;
        encode_per_vector(&x, 1, 1, &one, format, Rounding::half_even, &code);
        const double clipped = std::min(std::max(double{x}, -most), most);
        ASSERT_EQ(code, encode(format, clipped)) << trace::name(f) << ' ' << x;
      }
  }
}

// By the rule itself: no other number of the format lies where the rounding should have gone.
TEST(LineRoundings, encode_by_every_rounding_as_its_name_says) {
  const MinifloatFormat& format = minifloat_format(NumberFormat::fp4_e2m1);
  const float one = 1;
  const std::vector<double> values = {0, 0.5, 1, 1.5, 2, 3, 4, 6};
  for (int i = -64 * 6; i <= 64 * 6; ++i) {
    const float x = static_cast<float>(i) / 64;
    double below = -6, above = 6;
    for (const double v : values)
      for (const double y : {v, -v}) {
        if (y <= x) below = std::max(below, y);
        if (y >= x) above = std::min(above, y);
      }
    const auto code_of = [&](Rounding r) {
      std::uint8_t code;
      encode_per_vector(&x, 1, 1, &one, format, r, &code);
      return decode(format, code);
    };
    EXPECT_EQ(code_of(Rounding::down), below) << x;
    EXPECT_EQ(code_of(Rounding::up), above) << x;
    const double distance = (x - below) - (above - x);
    const double away = x > 0 ? above : below;
    EXPECT_EQ(code_of(Rounding::half_away), distance < 0   ? below
                                            : distance > 0 ? above
                                                           : away)
        << x;
    EXPECT_EQ(code_of(Rounding::half_up), distance < 0 ? below : above) << x;
  }
}

}  // namespace
}  // namespace mantissa::numerics
