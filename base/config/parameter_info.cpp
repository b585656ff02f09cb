// SPDX-License-Identifier: Apache-2.0
#include "base/config/parameter_info.h"

#include <fmt/format.h>

#include "base/config/values.h"

namespace mantissa::config {
namespace {

void append(const std::vector<ParameterInfo>& parameters, const std::string& path,
            std::vector<std::pair<std::string, const ParameterInfo*>>& out) {
  for (const ParameterInfo& parameter : parameters) {
    const std::string name = join_path(path, parameter.name);
    out.emplace_back(name, &parameter);
    append(parameter.children, name, out);
  }
}

}  // namespace

ParameterInfo ParameterInfo::of(ValueKind kind, std::string type) {
  ParameterInfo info;
  info.kind = kind;
  info.type = std::move(type);
  return info;
}

ParameterInfo ParameterInfo::of_choices(std::vector<std::string> choices) {
  ParameterInfo info = of(ValueKind::choice, fmt::format("one of {}", fmt::join(choices, ", ")));
  info.choices = std::move(choices);
  return info;
}

ParameterInfo ParameterInfo::of_quantity(const Dimension& dimension) {
  ParameterInfo info = of(ValueKind::quantity, dimension.type);
  for (const UnitScale& unit : dimension.units) info.units.emplace_back(unit.name);
  return info;
}

ParameterInfo ParameterInfo::list_of(ParameterInfo item) {
  item.type = "list of " + item.type;
  ++item.list_depth;
  return item;
}

ParameterInfo ParameterInfo::or_none(ParameterInfo value) {
  value.type += " or none";
  value.may_be_none = true;
  return value;
}

std::vector<std::pair<std::string, const ParameterInfo*>> flatten(
    const std::vector<ParameterInfo>& parameters) {
  std::vector<std::pair<std::string, const ParameterInfo*>> out;
  append(parameters, "", out);
  return out;
}

}  // namespace mantissa::config
