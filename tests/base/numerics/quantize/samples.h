// SPDX-License-Identifier: Apache-2.0
// Samples of known distributions by counter, and the measure of a quantiser's loss.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/faults/draw.h"

namespace mantissa::numerics {

enum class Distribution { gaussian, laplace };

// Of the C library's functions (Box and Muller): statistics to a few hundredths of a decibel need
// no equal bits.
inline float sample(Distribution distribution, std::uint64_t key, std::uint64_t number) {
  const std::uint64_t bits = faults::derived(key, number);
  const double magnitude = -std::log(faults::unit(bits));
  if (distribution == Distribution::laplace)
    return static_cast<float>(bits & 1 ? -magnitude : magnitude);
  const double angle = 6.283185307179586 * faults::unit(faults::derived(~key, number));
  return static_cast<float>(std::sqrt(2 * magnitude) * std::cos(angle));
}

inline std::vector<float> samples(Distribution distribution, std::int64_t count,
                                  std::uint64_t key = 1) {
  std::vector<float> x(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = sample(distribution, key, i);
  return x;
}

// 10 log10 (sum x^2 / sum (x - y)^2).
inline double sqnr(const std::vector<float>& x, const std::vector<float>& y) {
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = double{x[i]} - y[i];
    signal += double{x[i]} * x[i];
    noise += error * error;
  }
  return 10 * std::log10(signal / noise);
}

}  // namespace mantissa::numerics
