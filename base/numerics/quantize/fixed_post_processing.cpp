// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/fixed_post_processing.h"

#include <algorithm>

#include "base/error.h"
#include "base/numerics/requantize.h"

namespace mantissa::numerics {
namespace {

// RNE(x / d) of x >= 0, d > 0.
std::int64_t divided(std::int64_t x, std::int64_t d) {
  const std::int64_t floor = x / d, rest = x % d;
  return floor + (2 * rest > d || (2 * rest == d && floor % 2 != 0) ? 1 : 0);
}

}  // namespace

FixedVector FixedPostProcessing::processed(const std::vector<std::int64_t>& acc,
                                           const std::vector<std::int32_t>& multipliers, int shift,
                                           const std::vector<std::int32_t>& biases,
                                           bool relu) const {
  MANTISSA_CHECK(multipliers.size() == acc.size() && biases.size() == acc.size(),
                 "a multiplier and a bias per sum");
  FixedVector out;
  const std::int64_t most = greatest_value();
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < acc.size(); ++i) {
    const std::int64_t scaled = rounding_shift_right(acc[i] * multipliers[i], shift) + biases[i];
    const std::int64_t least = relu || !output_signed ? 0 : -most;
    out.y.push_back(static_cast<std::int32_t>(std::min(std::max(scaled, least), most)));
    largest = std::max(largest, std::int64_t{std::abs(out.y.back())});
  }
  const std::int64_t sq = divided(largest, std::int64_t{greatest()} << fraction_bits);
  out.sq = static_cast<std::int32_t>(std::min<std::int64_t>(sq, greatest_scale()));
  for (const std::int32_t y : out.y) {
    // |y| <= m, so that order A needs no limit.
    const std::int64_t dividend = order == ScaleOrder::data_first ? greatest() : 1,
                       divisor = order == ScaleOrder::data_first
                                     ? largest
                                     : std::int64_t{out.sq} << fraction_bits;
    std::int64_t q = divisor > 0 ? divided(std::abs(y) * dividend, divisor) : 0;
    q = std::min<std::int64_t>(q, greatest());
    out.q.push_back(static_cast<std::int32_t>(y < 0 ? -q : q));
  }
  return out;
}

}  // namespace mantissa::numerics
