// SPDX-License-Identifier: Apache-2.0
#include "base/config/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config/kinds.h"

namespace mantissa::config {

void check_keys(const Node& node, const std::string& path, const std::vector<std::string>& names) {
  for (const auto& [key, value] : node.entries()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    throw Error(unknown_key)
        .at(node.key_place(key))
        .say(fmt::format("no parameter is named '{}'", join_path(path, key)))
        .read(key)
        .expected(fmt::format("one of {}", fmt::join(names, ", ")))
        .nearest(nearest_name(key, names));
  }
}

void refuse_missing(const Node& node, const std::string& path, const ParameterInfo& parameter) {
  throw Error(missing_key)
      .at(node.place())
      .say(fmt::format("'{}' is missing", join_path(path, parameter.name)))
      .expected(fmt::format("'{}: {}'", parameter.name,
                            parameter.kind == ValueKind::choice
                                ? fmt::format("{}", fmt::join(parameter.choices, " | "))
                                : parameter.type))
      .remedy(parameter.doc);
}

// The culprit may be defaulted and stand nowhere; then the section is the place to change it.
void refuse_constraint(const Node& node, const std::string& path, const std::string& key,
                       const std::string& violated) {
  const Node* culprit = node.find_dotted(key);
  Error error(broken_constraint);
  error.at(culprit == nullptr ? node.place() : culprit->place());
  if (culprit != nullptr && culprit->is_scalar()) error.read(culprit->text());
  throw error.say(fmt::format("{}: {}", join_path(path, key), violated));
}

}  // namespace mantissa::config
