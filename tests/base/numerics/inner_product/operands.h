// SPDX-License-Identifier: Apache-2.0
// Units, formats and random operands that tests of inner products share.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product::testing {

using Codes = std::vector<std::uint32_t>;

constexpr FormatPair fp16_pair{Format::fp16, Format::fp16};

inline IpuParameters unit(int lanes, int window, int software_precision = 28) {
  IpuParameters p;
  p.lanes = lanes;
  p.window = window;
  p.software_precision = software_precision;
  return p;
}

inline int code_bits(Format f) {
  switch (f) {
    case Format::fp16:
    case Format::bf16:
      return 16;
    case Format::tf32:
      return 32;
    case Format::fp6_e2m3:
    case Format::fp6_e3m2:
      return 6;
    case Format::int4:
    case Format::fp4_e2m1:
      return 4;
    default:
      return 8;
  }
}

inline std::uint32_t fp16(double x) { return numerics::to_fp16(static_cast<float>(x)).bits; }

// The same numbers with every compiler and library.
class Draw {
 public:
  explicit Draw(std::uint32_t seed) : engine_(seed) {}

  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }
  bool one_in(std::uint32_t n) { return bits() % n == 0; }
  double uniform() { return (bits() + 0.5) / 4294967296.0; }
  double normal() {  // Box and Muller
    return std::sqrt(-2 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
  }
  double laplace() {
    const double u = uniform() - 0.5;
    return (u < 0 ? 1 : -1) * std::log(1 - 2 * std::fabs(u));
  }

  // Any code that is finite, an eighth of them zeros of either sign.
  std::uint32_t finite(Format f) {
    const int width = code_bits(f);
    const std::uint32_t mask = width == 32 ? 0xFFFFE000u : (1u << width) - 1;
    for (;;) {
      std::uint32_t code = bits() & mask;
      if (one_in(8)) code &= 1u << (width - 1);
      if (decode(f, code).special == Special::none) return code;
    }
  }
  Codes finite(Format f, std::size_t count) {
    Codes out(count);
    for (auto& code : out) code = finite(f);
    return out;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace mantissa::numerics::inner_product::testing
