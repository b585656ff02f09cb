// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/numerics/random_fill.h"

namespace mantissa::numerics {
namespace {

TEST(FixedPoint, rounds_every_sum_of_twelve_bits_half_to_even) {
  for (unsigned fraction = 0; fraction <= 8; ++fraction)
    for (int sum = -2048; sum < 2048; ++sum) {
      // nearbyint rounds half to even, and doubles hold these exactly.
      const double expected = std::nearbyint(std::ldexp(sum, -static_cast<int>(fraction)));
      EXPECT_EQ(static_cast<double>(rounded(sum, fraction)), expected)
          << sum << " / 2^" << fraction;
    }
}

TEST(FixedPoint, limits_at_the_bound_and_wraps_beyond_it) {
  for (const unsigned width : {4u, 8u, 16u, 32u}) {
    const std::int64_t top = std::int64_t{1} << (width - 1);
    for (const std::int64_t near : {-2, -1, 0, 1, 2})
      for (const std::int64_t bound : {-top, top - 1}) {
        const std::int64_t x = bound + near;
        const bool inside = x >= -top && x < top;
        EXPECT_EQ(fits(x, width), inside) << x;
        EXPECT_EQ(limited(x, width, Overflow::saturate), inside ? x : bound) << x;
        const std::int64_t wrapped = x < -top ? x + 2 * top : x >= top ? x - 2 * top : x;
        EXPECT_EQ(limited(x, width, Overflow::wrap), wrapped) << x;
      }
  }
}

TEST(FixedPoint, keeps_sums_exact_that_do_not_fit_sixty_four_bits) {
  const std::int32_t least = INT32_MIN;
  const std::vector<std::int32_t> x(5, least), w{least, least, least, INT32_MAX, INT32_MAX};
  // 3 * 2^62 - 2 * 2^31 * (2^31 - 1) = 2^62 + 2^32; the first four alone are beyond 2^63.
  std::uint64_t overflows = 0;
  EXPECT_EQ(dot_product(x.data(), w.data(), 5, {32, 31, Overflow::wrap}, overflows),
            static_cast<std::int32_t>((std::uint32_t{1} << 31) + 2));
  EXPECT_EQ(overflows, 1u);
  EXPECT_EQ(dot_product(x.data(), w.data(), 5, {32, 31, Overflow::saturate}, overflows), INT32_MAX);
  EXPECT_EQ(overflows, 2u);
}

TEST(FixedPoint, does_not_depend_on_the_order_of_products) {
  const RandomStream random(3, "fixed");
  std::vector<std::int32_t> x, w;
  for (std::uint64_t i = 0; i < 300; ++i) {
    x.push_back(static_cast<std::int32_t>(random.bits(2 * i)));
    w.push_back(static_cast<std::int32_t>(random.bits(2 * i + 1)));
  }
  std::uint64_t overflows = 0;
  const FixedPoint format{32, 28, Overflow::wrap};
  const std::int32_t forward = dot_product(x.data(), w.data(), x.size(), format, overflows);
  const std::vector<std::int32_t> rx(x.rbegin(), x.rend()), rw(w.rbegin(), w.rend());
  EXPECT_EQ(dot_product(rx.data(), rw.data(), x.size(), format, overflows), forward);
}

}  // namespace
}  // namespace mantissa::numerics
