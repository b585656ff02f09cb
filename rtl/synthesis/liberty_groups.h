// SPDX-License-Identifier: Apache-2.0
// The syntax of Liberty files: groups of attributes and groups.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace mantissa::rtl {

// name : value;   or   name (value, value);
struct LibertyAttribute {
  std::string name;
  std::vector<std::string> values;
  Place place;
};

// name (argument, argument) { ... }
struct LibertyGroup {
  std::string name;
  std::vector<std::string> arguments;
  Place place;
  std::vector<LibertyAttribute> attributes;
  std::vector<LibertyGroup> groups;

  const LibertyAttribute* find(const std::string& attribute) const;
  std::string text(const std::string& attribute) const;  // empty when absent
};

// The one outermost group of a file. Throws bad_liberty.
LibertyGroup parse_liberty(const std::string& text, const std::string& path);

}  // namespace mantissa::rtl
