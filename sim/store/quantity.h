// SPDX-License-Identifier: Apache-2.0
// The quantities that runs yield (those of faults only where something may fail): one table, from
// which columns of the results store and of the CSV export, names in constraints and objectives,
// axis labels and the report's definitions come.
//
// A quantity has a name for people ("latency", used in constraints), a column ("latency_s", which
// carries the unit), and a definition. Values are stored in the base unit given here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mantissa::store {

enum class Better { lower, higher, neither };

struct Quantity {
  const char* name;    // "latency"
  const char* column;  // "latency_s"
  const char* path;    // in the JSON of a run (sim/json); nullptr: follows from others
  const char* unit;    // base unit: "s", "pJ", "um2", "B", "B/s", "op/s", "cycles", "W", "1"
  Better better;
  const char* definition;  // one sentence, no full stop at its end
};

// In the order in which tables show them.
const std::vector<Quantity>& quantities();

// By name, column or path; nullptr when there is none.
const Quantity* find_quantity(std::string_view name);
std::vector<std::string> quantity_names();

// A value as people read it: "1.24 ms", "12.3 TOPS", "48.2 %"; four significant digits.
std::string readable(const Quantity& quantity, double value);

}  // namespace mantissa::store
