// SPDX-License-Identifier: Apache-2.0
// Energy (pJ) and area (um2) of one addition or multiplication by number format, at a technology's
// node and voltage.
//
// Printed formats are taken from the tables. Others are derived from the two printed formats of
// their family, both moved to the technology first:
//   integer add, multiply; float add:  x(w) = x_a (w / w_a)^s,  s = ln(x_b / x_a) / ln(w_b / w_a)
//   float multiply:                    x(p) = x_a + (x_b - x_a) (p^2 - p_a^2) / (p_b^2 - p_a^2)
// with w the integer's bits or the significand's, p the significand's bits, hidden one included: a
// multiplier array grows with p^2, an aligner and adder nearly linearly. Families: int8 and int32;
// fp16 (p = 11) and fp32 (p = 24). Unsigned integers cost what signed ones do.
#pragma once

#include <string>

#include "power/price.h"
#include "power/technology.h"

namespace mantissa::power {

enum class Arithmetic { add, multiply };

Price arithmetic_energy(const Technology& technology, Arithmetic operation,
                        const std::string& format);
Price arithmetic_area(const Technology& technology, Arithmetic operation,
                      const std::string& format);

// Of integers of any width, by the power law above between the printed ones. A multiplier of a x b
// bits counts as one of sqrt(a b): its array has a x b cells.
Price integer_energy(const Technology& technology, Arithmetic operation, double bits);
Price integer_area(const Technology& technology, Arithmetic operation, double bits);

// Bits of a format as stored; throws bad_attribute for a name that is no number format.
unsigned format_bits(const std::string& format);
// int32 under integers, fp32 under floats.
std::string default_accumulator(const std::string& format);

}  // namespace mantissa::power
