// SPDX-License-Identifier: Apache-2.0
// The legal units of each kind of quantity. SI prefixes are decimal, Ki/Mi/Gi/Ti binary (IEC
// 80000); names are case-sensitive.
#pragma once

#include <string>
#include <vector>

#include "base/units.h"

namespace mantissa::config {

// A value in this unit is value * 10^exponent10 * 2^exponent2 base units.
struct UnitScale {
  const char* name;
  int exponent10;
  int exponent2;
  bool per_cycle = false;  // counts core cycles: "cycles" of a latency, "B/cycle" of a bandwidth
};

struct Dimension {
  const char* type;              // "bytes", "frequency", ...
  const char* what;              // "a size such as '256 KiB'"
  const char* whole;             // what is counted in whole numbers; nullptr for real quantities
  std::vector<UnitScale> units;  // from small to large
  std::string unit_list() const;
};

template <class Q>
const Dimension& dimension();

template <>
const Dimension& dimension<Bytes>();
template <>
const Dimension& dimension<Hertz>();
template <>
const Dimension& dimension<Femtoseconds>();
template <>
const Dimension& dimension<Cycles>();
template <>
const Dimension& dimension<Latency>();
template <>
const Dimension& dimension<Bandwidth>();
template <>
const Dimension& dimension<Volts>();
template <>
const Dimension& dimension<Nanometres>();
template <>
const Dimension& dimension<Watts>();
template <>
const Dimension& dimension<Picojoules>();
template <>
const Dimension& dimension<SquareMicrons>();

}  // namespace mantissa::config
