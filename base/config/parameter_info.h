// SPDX-License-Identifier: Apache-2.0
// What explain, list and the JSON schema show of one parameter.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/config/dimension.h"
#include "base/config/range.h"

namespace mantissa::config {

enum class ValueKind { boolean, integer, real, text, choice, quantity, section };

struct ParameterInfo {
  std::string name;
  std::string type;  // "integer", "bytes", "one of a, b", "section", "list of bytes or none", ...
  bool required = false;
  std::string fallback;  // default as YAML text on one line; empty when required or a section
  Range range;
  std::string doc;
  std::vector<std::string> choices;     // enums
  std::vector<ParameterInfo> children;  // nested structs (also inside a list)

  ValueKind kind = ValueKind::text;  // of the innermost value
  int list_depth = 0;                // 1 for a list, 2 for a list of lists
  bool may_be_none = false;
  std::vector<std::string> units;  // legal units of a quantity
  std::string range_text;          // the range with its unit: "from 1 KiB to 32 MiB"

  static ParameterInfo of(ValueKind kind, std::string type);
  static ParameterInfo of_choices(std::vector<std::string> choices);
  static ParameterInfo of_quantity(const Dimension& dimension);
  static ParameterInfo list_of(ParameterInfo item);
  static ParameterInfo or_none(ParameterInfo value);
};

// Every parameter below, depth first in declaration order, with its dotted name.
std::vector<std::pair<std::string, const ParameterInfo*>> flatten(
    const std::vector<ParameterInfo>& parameters);

}  // namespace mantissa::config
