// SPDX-License-Identifier: Apache-2.0
// Rounding to whole numbers by name: what quantisers of different libraries differ in.
//
//   rounded(2.5, Rounding::half_even)  // 2
//   rounded(2.5, Rounding::half_away)  // 3
#pragma once

#include <cstdint>

namespace mantissa::numerics {

enum class Rounding : std::uint8_t {
  half_even,  // to nearest, ties to even: IEEE 754, most hardware
  half_away,  // to nearest, ties away from zero: C's round, the MX reference library
  half_up,    // to nearest, ties towards +infinity: an adder and a shift
  down,       // floor
  up,         // ceiling
};

inline const char* name(Rounding r) {
  switch (r) {
    case Rounding::half_even:
      return "half_even";
    case Rounding::half_away:
      return "half_away";
    case Rounding::half_up:
      return "half_up";
    case Rounding::down:
      return "down";
    case Rounding::up:
      break;
  }
  return "up";
}

// x, |x| < 2^51, to a whole number.
inline double rounded(double x, Rounding r) {
  constexpr double magic = 0x1.8p52;  // its sums have no fraction bits
  const double nearest = (x + magic) - magic;
  const double rest = x - nearest;  // exact, in [-1/2, 1/2]
  switch (r) {
    case Rounding::half_even:
      return nearest;
    case Rounding::half_away:
      return x > 0 && rest == 0.5 ? nearest + 1 : x < 0 && rest == -0.5 ? nearest - 1 : nearest;
    case Rounding::half_up:
      return rest == 0.5 ? nearest + 1 : nearest;
    case Rounding::down:
      return rest < 0 ? nearest - 1 : nearest;
    case Rounding::up:
      break;
  }
  return rest > 0 ? nearest + 1 : nearest;
}

}  // namespace mantissa::numerics
