// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/post_processing.h"

#include <vector>

namespace mantissa::numerics {

void dequantize_sums(const VectorMac& mac, const std::int64_t* acc, std::int64_t m, std::int64_t n,
                     const OutputScaling& scaling, float* y) {
  for (std::int64_t row = 0; row < m; ++row)
    for (std::int64_t column = 0; column < n; ++column) {
      const float bias = scaling.bias ? scaling.bias[column] : 0.0f;
      y[row * n + column] =
          dequantized_sum(mac, acc[row * n + column], scaling.weight_coarse[column],
                          scaling.activation_coarse, bias, scaling.relu);
    }
}

QuantizedTensor post_processed(const VectorMac& mac, const std::int64_t* acc, std::int64_t m,
                               std::int64_t n, const OutputScaling& scaling,
                               const IntegerQuantization& format, float g_out) {
  std::vector<float> y(static_cast<std::size_t>(m * n));
  dequantize_sums(mac, acc, m, n, scaling, y.data());
  IntegerQuantization per_tensor = format;
  per_tensor.coarse_per = Granularity::tensor;
  return quantize(y.data(), {m, n, 1}, per_tensor, {g_out});
}

}  // namespace mantissa::numerics
