// SPDX-License-Identifier: Apache-2.0
// A price: what one action costs, or what one instance of a component occupies or leaks, with all
// that a reader needs to judge the number.
//
// `value` is in `unit`; `node` and `voltage` are those at which the value holds (node 0: the figure
// belongs to another chip's process, as for DRAM and links, and is not scaled); `source` names the
// publications, `formula` says how the value came from the source's figures, scaling included.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/units.h"

namespace mantissa::power {

// From the most to the least trustworthy. A price computed from several figures has the least of
// their methods, and at best `derived`.
enum class Method {
  synthesised,  // from this project's own netlists
  published,    // printed in a public text or data file, at this node and voltage
  recalled,     // remembered from a publication, not read again
  derived,      // follows from published or recalled figures by the formula given
  assumed,      // no source: the stated default of an open parameter
};

const char* name(Method method);
const std::vector<std::string>& method_names();

struct Price {
  double value = 0;
  std::string unit;
  Nanometres node{};
  Volts voltage{};
  Method method = Method::assumed;
  std::string source;
  std::string formula;
};

inline Method weaker(Method a, Method b) { return a < b ? b : a; }

// a + b, of one unit; sources are joined without repetition, formulas with " + ".
Price sum(const Price& a, const Price& b);
// k x price; `why` states what k is, for instance "40 register bits".
Price scaled(const Price& price, double k, std::string_view why, std::string_view unit = {});

// "0.3 pJ at 45 nm, 0.9 V (recalled; Horowitz, ISSCC 2014): formula".
std::string text(const Price& price);
// Shortest decimal form that reads well in formulas: six significant digits.
std::string short_number(double value);

}  // namespace mantissa::power
