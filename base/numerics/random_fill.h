// SPDX-License-Identifier: Apache-2.0
// Synthetic operands: every element depends only on the seed, the tensor's name and its index.
//
// A counter-based generator (Steele, Lea, Flood: SplitMix, 2014): 64 mixed bits per element, so any
// part of a tensor can be made anywhere, in any order, by any number of workers.
//
// Values by format: integers uniform over the whole range (int32 and wider: -2^15..2^15-1, so that
// sums of thousands stay in range); floats uniform over [-1, 1) in steps of 2^-23 before rounding
// to the format; boolean and binary one fair bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/trace/graph.h"

namespace mantissa::numerics {

// The SplitMix64 output function: a bijection of 64-bit words.
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view name);

  std::uint64_t bits(std::uint64_t index) const {
    return mix_bits(key_ + (index + 1) * 0x9E3779B97F4A7C15ull);
  }
  // Uniform over [low, high], bias below 2^-32 for ranges below 2^32.
  std::int64_t integer(std::uint64_t index, std::int64_t low, std::int64_t high) const;
  // Uniform over [-1, 1) in steps of 2^-23.
  float real(std::uint64_t index) const;

 private:
  std::uint64_t key_;
};

// Row-major bytes of a whole tensor.
std::vector<std::byte> fill_random(trace::NumberFormat format, const trace::Shape& shape,
                                   std::uint64_t seed, std::string_view name);

}  // namespace mantissa::numerics
