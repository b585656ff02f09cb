// SPDX-License-Identifier: Apache-2.0
// A lane of the vector unit in binary32, by base/numerics/pointwise.h, and what a bench wants to
// have seen of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/trace/vocabulary.h"

namespace mantissa::rtl {

const std::vector<std::string>& vector_alu_fp32_cases();

// As bits.
struct Fp32Operands {
  std::uint32_t a = 0, b = 0, low = 0, high = 0;
  bool picks_a = false;  // where
};
struct Fp32Result {
  std::uint32_t bits = 0;
  std::uint32_t seen = 0;  // bit i: case i
};
Fp32Result vector_alu_fp32(trace::OpKind kind, const Fp32Operands& operands);

}  // namespace mantissa::rtl
