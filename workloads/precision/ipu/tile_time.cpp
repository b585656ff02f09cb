// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/tile_time.h"

#include <algorithm>

#include "arch/units/ipu/clusters.h"
#include "base/error.h"
#include "base/numerics/inner_product/timing.h"

namespace mantissa::workloads::ipu {

TileTime tile_time(const std::vector<std::uint16_t>& partitions, std::int64_t units,
                   std::int64_t cluster, std::int64_t buffer) {
  constexpr int iterations = 9;  // of FP16 in nibbles; the next broadcast comes that much later
  const auto count = static_cast<std::size_t>(units);
  const std::size_t steps = partitions.size() / count;
  MANTISSA_CHECK(steps > 0, "fewer operations than units");
  arch::Clusters clusters(count, static_cast<std::uint64_t>(cluster),
                          static_cast<std::uint64_t>(buffer), iterations);
  std::vector<std::uint32_t> cycles(count);
  std::uint64_t all = 0, slowest = 0;
  for (std::size_t s = 0; s < steps; ++s) {
    for (std::size_t u = 0; u < count; ++u) {
      const auto c = numerics::inner_product::cycles(partitions[s * count + u], iterations);
      cycles[u] = static_cast<std::uint32_t>(c);
      all += c;
    }
    slowest += std::max<std::uint32_t>(iterations, *std::max_element(cycles.begin(), cycles.end()));
    clusters.step(cycles.data());
  }
  const double unstalled = iterations * static_cast<double>(steps);
  return {static_cast<double>(all) / unstalled / static_cast<double>(units),
          static_cast<double>(clusters.end()) / unstalled,
          static_cast<double>(slowest) / unstalled};
}

}  // namespace mantissa::workloads::ipu
