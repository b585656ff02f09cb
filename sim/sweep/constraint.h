// SPDX-License-Identifier: Apache-2.0
// A constraint on a point, as users write it:
//
//   area < 50 mm2        latency <= 5 ms        energy / macs < 2 pJ
//   core.matrix.rows * core.matrix.columns <= 16384
//
//   constraint = sum ("<" | "<=" | ">" | ">=" | "==" | "!=") sum
//   sum        = product {("+" | "-") product}
//   product    = factor {("*" | "/") factor}
//   factor     = number [unit] | name | "(" sum ")" | "-" factor
//
// A name is a quantity of sim/store/quantity.h or, when it has a dot and is none, a parameter of
// the resolved configuration. Units are checked: both sides must agree. Sides with parameters alone
// are known before the run; the others decide afterwards.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/sweep/errors.h"
#include "sim/sweep/measure.h"

namespace mantissa::sweep {

struct Expression;

class Constraint {
 public:
  // What a name stands for; nothing when it is not known (yet).
  using Lookup = std::function<std::optional<Measure>(const std::string& name)>;

  // Throws Error with the place and the column inside the text.
  Constraint(std::string text, const Place& place);

  const std::string& text() const { return text_; }
  // Every name, in order of appearance.
  const std::vector<std::string>& names() const { return names_; }
  // Nothing when a name is not known; Error(unit_mismatch) when the units disagree.
  std::optional<bool> holds(const Lookup& lookup) const;

 private:
  std::string text_;
  Place place_;
  std::vector<std::string> names_;
  std::shared_ptr<const Expression> left_, right_;
  std::string comparison_;
  friend class ConstraintParser;
};

}  // namespace mantissa::sweep
