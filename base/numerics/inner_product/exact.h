// SPDX-License-Identifier: Apache-2.0
// Inner products without any error, in integers of unlimited size: what every approximation in this
// folder is measured against. Values come from base/numerics/minifloat.h and share no code with the
// datapath's decoding.
//
//   const ExactSum s = exact_dot({Format::fp16, Format::fp16}, a, b, n);
//   const float nearest = to_fp32(s, FinalRounding::nearest_even);
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>

#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product {

// significand * 2^unit. Every product of two supported operands is a multiple of 2^unit.
struct ExactSum {
  static constexpr int unit = -300;
  boost::multiprecision::cpp_int significand = 0;

  ExactSum& operator+=(const ExactSum& other);
  // Rounded to 53 bits, for statistics.
  double approximately() const;
};

// Operands must be finite.
ExactSum exact_product(FormatPair pair, std::uint32_t a, std::uint32_t b);
ExactSum exact_dot(FormatPair pair, const std::uint32_t* a, const std::uint32_t* b, int n);

// Without the lanes that the software precision drops: those whose operands' exponents add up to
// more than `software_precision` below the greatest such sum of lanes without a zero.
ExactSum exact_kept_dot(FormatPair pair, const std::uint32_t* a, const std::uint32_t* b, int n,
                        int software_precision);

float to_fp32(const ExactSum& sum, FinalRounding rounding);
Fp16 to_fp16(const ExactSum& sum, FinalRounding rounding);

}  // namespace mantissa::numerics::inner_product
