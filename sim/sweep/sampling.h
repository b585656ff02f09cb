// SPDX-License-Identifier: Apache-2.0
// Random values of parameters: the same seed gives the same samples on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/parameters.h"

namespace mantissa::sweep {

// SplitMix64 (Steele, Lea, Flood 2014: public domain constants): a counter and a hash, so that
// sample i of parameter k does not depend on how many others there are.
std::uint64_t split_mix(std::uint64_t state);
// In [0, 1), 53 bits.
double unit_interval(std::uint64_t bits);

// low * (high / low)^u by repeated square roots, which IEEE 754 rounds correctly: unlike pow, equal
// bits with every compiler and library.
double log_uniform(double low, double high, std::uint64_t bits);

// Refuses bounds that are no numbers, of different units, out of order, or not positive with log.
void check_distribution(const RandomParameter& parameter);

// The text of sample `index`: "128 KiB". Ranges whose bounds are whole give whole numbers.
std::string sample(const RandomParameter& parameter, std::uint64_t seed, std::uint64_t index);

}  // namespace mantissa::sweep
