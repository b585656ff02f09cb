// SPDX-License-Identifier: Apache-2.0
// The inclusive range that a parameter may have.
#pragma once

#include <functional>
#include <limits>
#include <string>

namespace mantissa::config {

// Bounds in the unit that the parameter's `value` has (bytes, hertz, ...). The bounds of a Latency
// hold for its femtoseconds or its cycles, those of a Bandwidth for its bytes per second or cycle,
// whichever was written; those of a list for each item.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool bounded() const;
  // "from 1 to 1024", "at least 1", "at most 8"; empty when unbounded.
  std::string text(const std::function<std::string(double)>& print) const;
};
inline Range range(double low, double high) { return {low, high}; }
inline Range at_least(double low) { return {low, std::numeric_limits<double>::infinity()}; }
inline Range unbounded() { return {}; }

}  // namespace mantissa::config
