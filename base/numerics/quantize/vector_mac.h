// SPDX-License-Identifier: Apache-2.0
// The datapath of VS-Quant: integer dot products of V elements, each times the rounded product of
// its two vector scales, summed in a narrow accumulator. Bit for bit what rtl/vsq computes.
//
//   dot_j = sum over i < V of w * a                   signed; a signed or unsigned
//   p     = sw_j * sa_j                               Mw + Ma bits, unsigned
//           with R < Mw + Ma bits, k = Mw + Ma - R:   p = min((p + 2^(k-1)) >> k, 2^R - 1)
//   p = 0 : the vector is gated: nothing is multiplied or added, and it is counted
//   acc   = saturate or wrap (acc + dot_j * p)        to ACC bits; each time it does is counted
//   y     = acc * (gw * ga * 2^k) + bias, then ReLU   binary32, rounded after each operation
//
// (Facts of arXiv 2102.04503; rounding half up, ACC = 24 and saturation are our defaults.) Without
// scales (0 bits) their factor is 1. Elements are those of integer_quantizer.h: bytes, for unsigned
// activations of 8 bits by their bits. They may take every value of their width, -2^(N-1) too.
//
//   VectorMac mac;                       // 4/4/4/4, V = 16, full scale products
//   mac.product_bits = 6;
//   VectorMacCounts counts;
//   vector_scaled_gemm(mac, {a.elements.data(), a.scales.data()},
//                      {w.elements.data(), w.scales.data()}, acc, m, n, k, false, counts);
#pragma once

#include <cstdint>

namespace mantissa::numerics {

enum class OnOverflow : std::uint8_t { saturate, wrap };

struct VectorMac {
  int weight_bits = 4, activation_bits = 4;  // 2..8
  bool activation_signed = true;
  int weight_scale_bits = 4, activation_scale_bits = 4;  // 0..15; 0: none
  int product_bits = 0;                                  // R, 1..Mw+Ma; 0: full
  std::int64_t vector_length = 16;                       // V, 1..1024
  int accumulator_bits = 24;                             // 8..48
  OnOverflow on_overflow = OnOverflow::saturate;

  int full_product_bits() const { return weight_scale_bits + activation_scale_bits; }
  int shift() const { return product_bits == 0 ? 0 : full_product_bits() - product_bits; }  // k
  std::int64_t greatest_sum() const { return (std::int64_t{1} << (accumulator_bits - 1)) - 1; }
  std::int64_t least_sum() const { return -greatest_sum() - 1; }
};

// Throws illegal_quantization when no such datapath exists.
void check(const VectorMac& mac);

struct VectorMacCounts {
  std::uint64_t vectors = 0;    // dot products asked for
  std::uint64_t gated = 0;      // of them: those not computed, as p = 0
  std::uint64_t overflows = 0;  // additions that saturated or wrapped
};

// p of two scales within their widths. The quotient of a rounded product is of at most R bits.
inline std::uint32_t rounded_scale_product(const VectorMac& mac, std::uint32_t sw,
                                           std::uint32_t sa) {
  const std::uint64_t full =
      std::uint64_t{mac.weight_scale_bits ? sw : 1} * (mac.activation_scale_bits ? sa : 1);
  const int k = mac.shift();
  if (k == 0) return static_cast<std::uint32_t>(full);
  const std::uint64_t p = (full + (std::uint64_t{1} << (k - 1))) >> k;
  const std::uint64_t top = (std::uint64_t{1} << mac.product_bits) - 1;
  return static_cast<std::uint32_t>(p < top ? p : top);
}

// acc + term in ACC bits; an overflow adds 1.
std::int64_t accumulated(const VectorMac& mac, std::int64_t acc, std::int64_t term,
                         std::uint64_t& overflows);

// Rows of elements, vectors along them, and one scale per vector (null: none), rows side by side.
struct ScaledRows {
  const std::int8_t* elements = nullptr;
  const std::uint16_t* scales = nullptr;
};

// acc[m,n] (+)= sum over vectors of a's row m and w's row n, vector 0 first. Rows of k elements and
// ceil(k / V) scales; the last vector of a row may be shorter. acc[m,n] is in range beforehand.
// Fast; gives the bits and counts of the golden one.
void vector_scaled_gemm(const VectorMac& mac, ScaledRows a, ScaledRows w, std::int64_t* acc,
                        std::int64_t m, std::int64_t n, std::int64_t k, bool accumulate,
                        VectorMacCounts& counts);

namespace golden {
void vector_scaled_gemm(const VectorMac& mac, ScaledRows a, ScaledRows w, std::int64_t* acc,
                        std::int64_t m, std::int64_t n, std::int64_t k, bool accumulate,
                        VectorMacCounts& counts);
}  // namespace golden

// How many vectors an accumulator takes for certain: greatest_sum / (V Qw Qa p), no element being
// -2^(N-1), which the quantiser never makes, and p = min((2^Mw - 1)(2^Ma - 1), 2^R - 1), which
// rounded products may not reach (4/4 with R = 4: 14 of 15). 4/4/4/4, V = 16, ACC = 24: 47; with R
// = 4: 713.
std::int64_t safe_vectors(const VectorMac& mac);

// y of one accumulator. gw, ga: coarse scales; gw * ga first, then 2^k (exact), then acc.
float dequantized_sum(const VectorMac& mac, std::int64_t acc, float gw, float ga, float bias,
                      bool relu);

}  // namespace mantissa::numerics
