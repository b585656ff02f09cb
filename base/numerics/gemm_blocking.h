// SPDX-License-Identifier: Apache-2.0
// Block sizes that the fast kernels share. A register tile of 6 x 16 outputs keeps twelve 256-bit
// accumulators; a packed panel of B (block_k x 16 words) stays in the first-level cache and the
// packed blocks of A and B in the second.
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::numerics::blocking {

constexpr std::int64_t tile_m = 6;
constexpr std::int64_t tile_n = 16;
constexpr std::int64_t block_m = 96;   // a multiple of tile_m
constexpr std::int64_t block_n = 256;  // a multiple of tile_n
constexpr std::int64_t block_k = 256;

constexpr std::int64_t padded(std::int64_t x, std::int64_t to) { return (x + to - 1) / to * to; }

// Grows and never shrinks: kernels are called once per tile, an allocation each time would show.
template <class T>
T* scratch(std::vector<T>& buffer, std::int64_t elements) {
  if (buffer.size() < static_cast<std::size_t>(elements)) {
    buffer.resize(static_cast<std::size_t>(elements));
  }
  return buffer.data();
}

}  // namespace mantissa::numerics::blocking
