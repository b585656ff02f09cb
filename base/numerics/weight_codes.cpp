// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/weight_codes.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mantissa::numerics {

namespace {

// What encode and decode share, worked out once per tensor.
struct Code {
  float delta;             // of n in [-1, 1], or of w itself
  std::int32_t most;       // 2^(m-1) - 1
  std::int32_t offset;     // added to v; 0 for two's complement
  std::int32_t low, high;  // of what is stored
  std::uint8_t mask;       // of the m bits
  float middle, half;      // w = middle + half n

  Code(const WeightQuantizer& q, const WeightRange& r) {
    MANTISSA_CHECK(q.bits >= 2 && q.bits <= 8, "weight codes have 2 to 8 bits");
    most = (1 << (q.bits - 1)) - 1;
    mask = static_cast<std::uint8_t>((1u << q.bits) - 1);
    offset = !q.unsigned_codes ? 0 : q.released ? most + 1 : most;
    low = q.unsigned_codes ? 0 : -most - 1;
    high = q.unsigned_codes ? mask : most;
    const float one = (q.released ? 1.001f : 1.0f) / static_cast<float>(most);
    if (q.asymmetric) {
      delta = one;
      half = (r.high - r.low) / 2;
      middle = r.low + half;
    } else {
      delta = one * r.high;
      half = 1;
      middle = 0;
    }
  }
};

std::int32_t cast(float x, const WeightQuantizer& q) {
  if (!q.nearest) return static_cast<std::int32_t>(x);
  return static_cast<std::int32_t>(q.released ? std::nearbyint(x) : std::round(x));
}

}  // namespace

WeightQuantizer normal_quantizer(unsigned bits) { return {bits, false, false, false, false}; }
WeightQuantizer rquant(unsigned bits) { return {bits, true, true, true, false}; }

WeightRange range_of(const float* w, std::int64_t n, const WeightQuantizer& q) {
  if (n == 0) return {};
  const auto [low, high] = std::minmax_element(w, w + n);
  if (q.asymmetric) return {*low, *high};
  const float most = std::max(std::abs(*low), std::abs(*high));
  return {-most, most};
}

float step(const WeightQuantizer& q, const WeightRange& range) {
  const Code c(q, range);
  return c.delta * c.half;
}

void encode(const float* w, std::int64_t n, const WeightQuantizer& q, const WeightRange& range,
            std::uint8_t* codes) {
  const Code c(q, range);
  const bool flat = range.low == range.high;  // n would be 0 / 0
  for (std::int64_t i = 0; i < n; ++i) {
    const float x = flat ? 0 : (w[i] - c.middle) / c.half;
    const std::int32_t v = flat ? 0 : cast(x / c.delta, q);
    const std::int32_t stored = std::clamp(v + c.offset, c.low, c.high);
    codes[i] = static_cast<std::uint8_t>(static_cast<std::uint32_t>(stored) & c.mask);
  }
}

void decode(const std::uint8_t* codes, std::int64_t n, const WeightQuantizer& q,
            const WeightRange& range, float* w) {
  const Code c(q, range);
  const std::uint8_t sign = static_cast<std::uint8_t>(1u << (q.bits - 1));
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint8_t bits = codes[i] & c.mask;
    std::int32_t v = bits;
    if (!q.unsigned_codes && (bits & sign) != 0) v -= 1 << q.bits;
    const float x = static_cast<float>(v - c.offset) * c.delta;
    w[i] = std::clamp(c.middle + c.half * x, range.low, range.high);
  }
}

}  // namespace mantissa::numerics
