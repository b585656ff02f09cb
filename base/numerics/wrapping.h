// SPDX-License-Identifier: Apache-2.0
// int32 arithmetic that wraps in two's complement and counts every wrap.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

inline std::int32_t wrapping_add(std::int32_t a, std::int32_t b, std::uint64_t& overflows) {
  std::int32_t sum;
  overflows += __builtin_add_overflow(a, b, &sum) ? 1 : 0;
  return sum;
}

inline std::int32_t wrapping_sub(std::int32_t a, std::int32_t b, std::uint64_t& overflows) {
  std::int32_t difference;
  overflows += __builtin_sub_overflow(a, b, &difference) ? 1 : 0;
  return difference;
}

inline std::int32_t wrapping_mul(std::int32_t a, std::int32_t b, std::uint64_t& overflows) {
  std::int32_t product;
  overflows += __builtin_mul_overflow(a, b, &product) ? 1 : 0;
  return product;
}

}  // namespace mantissa::numerics
