// SPDX-License-Identifier: Apache-2.0
// The fast product of VectorMac: the kernels of vector_mac_tiles.h where the processor has them,
// and the count of gated vectors, which follows from the scales alone.
#include "base/error.h"
#include "base/numerics/kernel_set.h"
#include "base/numerics/quantize/vector_mac_tiles.h"

namespace mantissa::numerics {
namespace {

// Pairs (sw, sa) with p = 0, vector by vector: p grows with either, so for each sa there is a
// greatest sw.
std::uint64_t count_gated(const VectorMac& mac, ScaledRows a, ScaledRows w, std::int64_t m,
                          std::int64_t n, std::int64_t vectors) {
  const auto weights = std::size_t{1} << std::max(mac.weight_scale_bits, 1);
  const auto activations = std::size_t{1} << std::max(mac.activation_scale_bits, 1);
  // Smallest sw with p > 0 for every sa; `weights` where there is none. p > 0 when the full product
  // is half a unit of p at least.
  std::vector<std::uint32_t> open(activations);
  const std::uint64_t half = mac.shift() ? std::uint64_t{1} << (mac.shift() - 1) : 1;
  for (std::uint32_t sa = 0; sa < activations; ++sa) {
    const std::uint64_t factor = mac.activation_scale_bits ? sa : 1;
    std::uint64_t first = factor == 0 ? weights : (half + factor - 1) / factor;
    if (mac.weight_scale_bits == 0) first = factor >= half ? 0 : weights;
    open[sa] = static_cast<std::uint32_t>(std::min<std::uint64_t>(first, weights));
  }
  std::vector<std::uint64_t> below(weights + 1);  // below[x]: rows of w with a scale < x
  std::uint64_t gated = 0;
  for (std::int64_t j = 0; j < vectors; ++j) {
    std::fill(below.begin(), below.end(), 0);
    for (std::int64_t r = 0; r < n; ++r) {
      const std::size_t sw = w.scales ? w.scales[r * vectors + j] : 1;
      MANTISSA_CHECK(sw < weights, "a weight scale beyond its width");
      ++below[sw + 1];
    }
    for (std::size_t x = 0; x < weights; ++x) below[x + 1] += below[x];
    for (std::int64_t r = 0; r < m; ++r) {
      const std::size_t sa = a.scales ? a.scales[r * vectors + j] : 1;
      MANTISSA_CHECK(sa < activations, "an activation scale beyond its width");
      gated += below[open[sa]];
    }
  }
  return gated;
}

}  // namespace

void vector_scaled_gemm(const VectorMac& mac, ScaledRows a, ScaledRows w, std::int64_t* acc,
                        std::int64_t m, std::int64_t n, std::int64_t k, bool accumulate,
                        VectorMacCounts& counts) {
#if defined(__x86_64__)
  using namespace vector_tiles;
  if (kernel_set() >= KernelSet::avx2 && m > 0 && n > 0 && k > 0) {
    if (mac.activation_scale_bits == 0) a.scales = nullptr;
    if (mac.weight_scale_bits == 0) w.scales = nullptr;
    const std::int64_t vectors = (k + mac.vector_length - 1) / mac.vector_length;
    Product product{mac, a, w, acc, m, n, k, accumulate, vectors, 0};
    const std::uint64_t gated = count_gated(mac, a, w, m, n, vectors);  // refuses illegal scales
    if (kernel_set() >= KernelSet::avx512 && is_dot(mac, vectors, accumulate))
      dot_gemm(product, counts);
    else if (is_narrow(mac, vectors, accumulate))
      narrow_gemm(product, counts);
    else if (is_wide(mac, vectors))
      wide_gemm(product, counts);
    else
      return golden::vector_scaled_gemm(mac, a, w, acc, m, n, k, accumulate, counts);
    counts.vectors += static_cast<std::uint64_t>(m * n * vectors);
    counts.gated += gated;
    return;
  }
#endif
  golden::vector_scaled_gemm(mac, a, w, acc, m, n, k, accumulate, counts);
}

}  // namespace mantissa::numerics
