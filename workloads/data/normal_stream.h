// SPDX-License-Identifier: Apache-2.0
// Standard normal numbers by counter: each depends on the seed, the stream's name and its index
// alone, and has the same bits from every compiler.
//
// Marsaglia's polar method on the counter's 64 bits, which seed a sequence of their own until a
// point falls into the unit disc; two neighbouring indices share a point.
// Source: G. Marsaglia, T. A. Bray, SIAM Review 6 (1964) 260.
//
//   const NormalStream noise(seed, "features");
//   noise.at(12345);
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/faults/draw.h"
#include "base/faults/normal.h"
#include "base/numerics/random_fill.h"

namespace mantissa::data {

class NormalStream {
 public:
  NormalStream(std::uint64_t seed, std::string_view name) : stream_(seed, name) {}

  double at(std::uint64_t index) const {
    const std::uint64_t key = stream_.bits(index / 2);
    for (std::uint64_t attempt = 0;; attempt += 2) {
      const double u = 2 * faults::unit(faults::derived(key, attempt)) - 1;
      const double v = 2 * faults::unit(faults::derived(key, attempt + 1)) - 1;
      const double s = u * u + v * v;
      if (s >= 1 || s == 0) continue;
      return (index % 2 == 0 ? u : v) * std::sqrt(-2 * faults::natural_log(s) / s);
    }
  }

 private:
  numerics::RandomStream stream_;
};

}  // namespace mantissa::data
