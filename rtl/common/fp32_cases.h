// SPDX-License-Identifier: Apache-2.0
// What a bench wants to have seen of binary32 arithmetic, and operands that lead there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mantissa::rtl {

// Names, and which of them a correctly rounded result is: bit i for name i.
const std::vector<std::string>& fp32_sum_cases();
std::uint32_t seen_in_sum(float x, float y, float sum);
const std::vector<std::string>& fp32_product_cases();
std::uint32_t seen_in_product(float x, float y, float product);

// Bits of an operand by kind, as many kinds as rtl/common/pin_bench.h has for integers: 0 zero,
// 1 one, 2 infinity or NaN, 3 subnormal or nearly so, 4 the greatest, all of either sign; 5 near
// one, every other one with few significant bits, so that sums and products tie; others uniform.
std::uint32_t fp32_operand(std::int64_t kind, std::uint64_t bits);
extern const char* const fp32_operand_kinds;

}  // namespace mantissa::rtl
