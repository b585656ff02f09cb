// SPDX-License-Identifier: Apache-2.0
// One element of a tensor of any format, and the cast rules between all of them.
//
//   to a float    rounded once, to nearest, ties to even; out of range as base/numerics/minifloat.h
//   to an integer rounded to nearest, ties to even, and saturated; NaN becomes 0
//   to boolean    false for 0, true for everything else, NaN included
//   to binary     +1 for x >= 0 (also -0), -1 for x < 0 and NaN; the bit is 1 for +1
//
// Elements narrower than a byte are packed from the least significant bit of the first byte on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/trace/number_format.h"

namespace mantissa::numerics {

// Holds every value of every format exactly: a binary64, or an integer of 64 bits and its sign.
struct Element {
  bool is_integer = false;
  bool is_unsigned = false;  // the integer is a uint64 beyond int64
  double real = 0;
  std::int64_t integer = 0;

  static Element of(double x) { return {false, false, x, 0}; }
  static Element of(std::int64_t x) { return {true, false, 0, x}; }
  static Element of(std::uint64_t x) {
    return {true, x >> 63 != 0, 0, static_cast<std::int64_t>(x)};
  }
  double as_real() const;  // rounded to nearest even where 53 bits are too few
};

Element load_element(trace::NumberFormat format, const std::byte* data, std::int64_t index);
void store_element(trace::NumberFormat format, std::byte* data, std::int64_t index, Element x);

// The stored bits of an element, without their meaning.
std::uint64_t load_bits(unsigned width, const std::byte* data, std::int64_t index);
void store_bits(unsigned width, std::byte* data, std::int64_t index, std::uint64_t bits);

// Runs of elements through fp32 (exact for formats up to fp32 and integers to 2^24).
void load_floats(trace::NumberFormat format, const std::byte* data, std::int64_t first,
                 std::int64_t count, float* to);
void store_floats(trace::NumberFormat format, std::byte* data, std::int64_t first,
                  std::int64_t count, const float* from);

// Least and greatest value of an integer format of at most 32 bits.
std::int64_t least_integer(trace::NumberFormat format);
std::int64_t greatest_integer(trace::NumberFormat format);

// RNE(x) saturated to [low, high]; NaN becomes 0 (clipped).
std::int64_t round_to_integer(double x, std::int64_t low, std::int64_t high);

}  // namespace mantissa::numerics
