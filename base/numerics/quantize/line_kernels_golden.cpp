// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/line_kernels.h"

namespace mantissa::numerics::golden {
namespace {

// The nearest multiple of the format's last place at |y|, by the rule given.
double rounded_to_format(double y, const MinifloatFormat& format, Rounding rounding) {
  const auto exponent = static_cast<int>(double_bits(y) >> 52 & 0x7FF) - 1023;  // floor(log2 |y|)
  const int unit = std::max(exponent, 1 - format.bias) - format.fraction_bits;
  const double place = double_from_bits(static_cast<std::uint64_t>(unit + 1023) << 52);
  const double nearest = rounded(y / place, rounding) * place;
  return nearest == 0 ? std::copysign(0.0, y) : nearest;  // zeros keep their sign
}

}  // namespace

bool largest_per_vector(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                        float* largest) {
  bool finite = true;
  for (std::int64_t begin = 0; begin < n; begin += v) {
    float most = 0;
    for (std::int64_t i = begin; i < std::min(begin + v, n); ++i) {
      finite = finite && !is_nan(x[i]) && !is_infinite(x[i]);
      most = std::max(most, is_signed && x[i] < 0 ? -x[i] : x[i]);
    }
    largest[begin / v] = most;
  }
  return finite;
}

void divide_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales, int low,
                       int high, Rounding rounding, std::int8_t* out) {
  for (std::int64_t i = 0; i < n; ++i) {
    const float scale = scales[i / v];
    const float y = scale == 0 ? 0 : x[i] / scale;
    const float clipped = std::min(std::max(y, static_cast<float>(low)), static_cast<float>(high));
    out[i] = static_cast<std::int8_t>(static_cast<int>(rounded(double{clipped}, rounding)));
  }
}

void encode_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                       const MinifloatFormat& format, Rounding rounding, std::uint8_t* out) {
  const double most = decode(format, format.greatest_finite());
  for (std::int64_t i = 0; i < n; ++i) {
    const float scale = scales[i / v];
    const double y = scale == 0 ? 0 : double{x[i] / scale};
    const double clipped = std::min(std::max(y, -most), most);
    out[i] =
        static_cast<std::uint8_t>(encode(format, rounded_to_format(clipped, format, rounding)));
  }
}

}  // namespace mantissa::numerics::golden
