// SPDX-License-Identifier: Apache-2.0
// Random numbers by counter: a draw depends on its key and its number alone, so any part of a
// memory can be drawn anywhere, in any order, by any number of workers (SplitMix64: Steele, Lea,
// Flood 2014, as in base/numerics/random_fill.h).
//
//   const std::uint64_t key = derived(derived(chip_seed, stream), block);
//   const double u = unit(derived(key, 17));                  // the same on every machine
#pragma once

#include <cstdint>

#include "base/numerics/random_fill.h"

namespace mantissa::faults {

// Draw `number` of the stream `key`; also the key of a stream below it.
constexpr std::uint64_t derived(std::uint64_t key, std::uint64_t number) {
  return numerics::mix_bits(key + (number + 1) * 0x9E3779B97F4A7C15ull);
}

// Uniform over (0, 1] in steps of 2^-53: never zero, so that it has a logarithm and that nothing
// fails at a rate of zero.
constexpr double unit(std::uint64_t bits) {
  return static_cast<double>(static_cast<std::int64_t>((bits >> 11) + 1)) * 0x1p-53;
}

// True with probability p, exactly for multiples of 2^-53; p = 0 never, p = 1 always.
constexpr bool happens(std::uint64_t bits, double p) { return unit(bits) <= p; }

}  // namespace mantissa::faults
