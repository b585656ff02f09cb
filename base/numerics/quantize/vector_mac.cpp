// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/vector_mac.h"

#include <algorithm>
#include <string>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/errors.h"

namespace mantissa::numerics {
namespace {

void demand_within(std::int64_t read, std::int64_t low, std::int64_t high, const char* what) {
  if (read >= low && read <= high) return;
  throw Error(illegal_quantization)
      .say(std::string("no vector MAC has ") + what)
      .read(std::to_string(read))
      .expected(std::to_string(low) + " to " + std::to_string(high));
}

}  // namespace

void check(const VectorMac& mac) {
  demand_within(mac.weight_bits, 2, 8, "weights of so many bits");
  demand_within(mac.activation_bits, 2, 8, "activations of so many bits");
  demand_within(mac.weight_scale_bits, 0, 15, "weight scales of so many bits");
  demand_within(mac.activation_scale_bits, 0, 15, "activation scales of so many bits");
  demand_within(mac.product_bits, 0, mac.full_product_bits(), "scale products of so many bits");
  demand_within(mac.vector_length, 1, 1024, "vectors of this length");
  demand_within(mac.accumulator_bits, 8, 48, "accumulators of so many bits");
}

std::int64_t accumulated(const VectorMac& mac, std::int64_t acc, std::int64_t term,
                         std::uint64_t& overflows) {
  const std::int64_t sum = acc + term;  // |term| < 2^56, |acc| < 2^47
  const std::int64_t low = mac.least_sum(), high = mac.greatest_sum();
  if (sum >= low && sum <= high) return sum;
  ++overflows;
  if (mac.on_overflow == OnOverflow::saturate) return sum < low ? low : high;
  const int unused = 64 - mac.accumulator_bits;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << unused) >> unused;
}

namespace golden {

void vector_scaled_gemm(const VectorMac& mac, ScaledRows a, ScaledRows w, std::int64_t* acc,
                        std::int64_t m, std::int64_t n, std::int64_t k, bool accumulate,
                        VectorMacCounts& counts) {
  const std::int64_t v = mac.vector_length, vectors = (k + v - 1) / v;
  for (std::int64_t row = 0; row < m; ++row)
    for (std::int64_t column = 0; column < n; ++column) {
      std::int64_t& out = acc[row * n + column];
      if (!accumulate) out = 0;
      for (std::int64_t j = 0; j < vectors; ++j) {
        const std::uint32_t sa = a.scales ? a.scales[row * vectors + j] : 1;
        const std::uint32_t sw = w.scales ? w.scales[column * vectors + j] : 1;
        const std::uint32_t p = rounded_scale_product(mac, sw, sa);
        ++counts.vectors;
        if (p == 0) {
          ++counts.gated;
          continue;
        }
        std::int64_t dot = 0;
        for (std::int64_t i = j * v; i < std::min(j * v + v, k); ++i) {
          const int x = mac.activation_signed ? a.elements[row * k + i]
                                              : static_cast<std::uint8_t>(a.elements[row * k + i]);
          dot += x * w.elements[column * k + i];
        }
        out = accumulated(mac, out, dot * p, counts.overflows);
      }
    }
}

}  // namespace golden

std::int64_t safe_vectors(const VectorMac& mac) {
  check(mac);
  const std::int64_t weight = (1 << (mac.weight_bits - 1)) - 1;
  const std::int64_t activation =
      (1 << (mac.activation_signed ? mac.activation_bits - 1 : mac.activation_bits)) - 1;
  const auto greatest = [](int bits) { return bits ? (std::int64_t{1} << bits) - 1 : 1; };
  std::int64_t product = greatest(mac.weight_scale_bits) * greatest(mac.activation_scale_bits);
  if (mac.product_bits) product = std::min(product, greatest(mac.product_bits));
  return mac.greatest_sum() / (mac.vector_length * weight * activation * product);
}

float dequantized_sum(const VectorMac& mac, std::int64_t acc, float gw, float ga, float bias,
                      bool relu) {
  const float power = static_cast<float>(std::int64_t{1} << mac.shift());
  const float scale = gw * ga * power;
  const float y = static_cast<float>(acc) * scale + bias;
  return canonical(relu && y < 0 ? 0.0f : y);
}

}  // namespace mantissa::numerics
