// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/unit_options.h"

#include <fmt/format.h>

#include <charconv>

namespace mantissa::cli {

const rtl::Unit& unit_named(const std::string& name) {
  if (const rtl::Unit* unit = rtl::find_unit(name)) return *unit;
  std::vector<std::string> names;
  std::string list;
  for (const rtl::Unit* unit : rtl::units()) {
    names.push_back(unit->name());
    list += (list.empty() ? "" : ", ") + unit->name();
  }
  throw Error(unknown_unit)
      .at("command line")
      .read(name)
      .expected("a unit: " + list)
      .nearest(nearest_name(name, names));
}

rtl::Parameters parameters_of(const rtl::Unit& unit, const std::vector<std::string>& overrides) {
  rtl::Parameters values = unit.defaults();
  std::string place = "command line";
  for (const auto& override : overrides) {
    place = "--set " + override;
    const auto equals = std::min(override.find('='), override.size());
    const std::string key = override.substr(0, equals);
    const std::string text = equals < override.size() ? override.substr(equals + 1) : "";
    std::vector<std::string> names;
    const rtl::Parameter* found = nullptr;
    const auto all = unit.parameters();
    for (const auto& parameter : all) {
      names.push_back(parameter.name);
      if (parameter.name == key) found = &parameter;
    }
    if (!found) {
      std::string list;
      for (const auto& n : names) list += (list.empty() ? "" : ", ") + n;
      throw Error(bad_parameter)
          .at(place)
          .read(key)
          .expected("a parameter of " + unit.name() + ": " + list)
          .nearest(nearest_name(key, names));
    }
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end || value < found->low ||
        value > found->high)
      throw Error(bad_parameter)
          .at(place)
          .read(text)
          .expected(fmt::format("a whole number from {} to {} ({})", found->low, found->high,
                                found->doc));
    values[key] = value;
  }
  if (const std::string why = unit.objection(values); !why.empty())
    throw Error(bad_parameter).at(place).say(why);
  return values;
}

}  // namespace mantissa::cli
