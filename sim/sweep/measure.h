// SPDX-License-Identifier: Apache-2.0
// A number with a unit that is known only at run time, for constraints: `area < 50 mm2`.
//
// Values are held in the units in which results are stored (s, pJ, um2, B, cycles, op), so that a
// stored figure is compared without rounding it first. Prefixes below one divide by a power of ten:
// 5 ms is the double nearest to 0.005.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::sweep {

// Exponents of s, pJ, um, B, cycle, op. MACs are plain numbers.
struct Unit {
  std::array<int, 6> exponents{};
  friend bool operator==(const Unit& a, const Unit& b) { return a.exponents == b.exponents; }
  friend Unit operator*(Unit a, const Unit& b);
  friend Unit operator/(Unit a, const Unit& b);
  std::string text() const;  // "pJ*s", "B/s", "1"
};

struct Measure {
  double value = 0;
  Unit unit;
};

// `number` in the unit "ms", "mm2", "GB/s", "TOPS", "%", ...; nothing when the unit is unknown.
std::optional<Measure> measure(double number, std::string_view unit);
std::vector<std::string> unit_names();

// "12.3 TOPS", "256 KiB", "7": the whole text is a number and, perhaps, a unit.
std::optional<Measure> parse_measure(std::string_view text);

}  // namespace mantissa::sweep
