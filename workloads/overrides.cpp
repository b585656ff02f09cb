// SPDX-License-Identifier: Apache-2.0
#include "workloads/overrides.h"

#include <algorithm>

#include "workloads/errors.h"
#include "workloads/networks/network.h"
#include "workloads/networks/op_list.h"

namespace mantissa::workloads {

using config::Node;

namespace {

std::string first_part(const std::string& key) { return key.substr(0, key.find('.')); }

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The legal first words of an override.
template <class Config>
std::vector<std::string> keys_of(const std::vector<std::string>& sections) {
  std::vector<std::string> keys = sections;
  for (const auto& parameter : Config::schema().parameters()) keys.push_back(parameter.name);
  return keys;
}

std::vector<std::string> own_parameters(const Node& document) {
  std::vector<std::string> names;
  const Node* parameters = document.find("parameters");
  if (parameters == nullptr || !parameters->is_map()) return names;
  for (const auto& [name, value] : parameters->entries()) names.push_back(name);
  return names;
}

// The place is the command line; the message lists what could have been meant.
[[noreturn]] void refuse(const std::string& path, const std::string& override, const Place& place,
                         const std::string& name, const std::vector<std::string>& known) {
  Place where = place;
  if (where.detail.empty()) where.detail = "--set workload." + override;
  std::string list;
  for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
  throw Error(no_such_parameter)
      .at(where)
      .read(name)
      .expected("a parameter of " + path + ": " + list)
      .nearest(nearest_name(name, known));
}

}  // namespace

// The file is read twice: what may be overridden follows from what it says.
config::Document load_with_overrides(const std::string& path, const config::Resolver& presets,
                                     const std::vector<std::string>& overrides) {
  const config::Document plain = config::load_document(path, presets);
  const Node* kind = plain.node.find("kind");
  const bool ops = kind != nullptr && kind->is_scalar() && kind->text() == "ops";
  const std::vector<std::string> keys =
      ops ? keys_of<OpListConfig>(op_list_sections()) : keys_of<NetworkConfig>(network_sections());
  const std::vector<std::string> own = own_parameters(plain.node);
  std::vector<std::string> full;
  for (const std::string& text : overrides) {
    const auto [key, value] = config::parse_override(text);
    const std::string name = first_part(key);
    if (contains(own, name)) {  // the file's own parameters go before
      full.push_back("parameters." + text);
    } else if (contains(keys, name) && key != "parameters") {
      full.push_back(text);
      const std::string below = key.substr(std::min(key.size(), name.size() + 1));
      if (name == "parameters" && !contains(own, first_part(below))) {
        refuse(path, text, value.place(), below, own);
      }
    } else {
      std::vector<std::string> known = own;
      for (const auto& k : keys) known.push_back(k);
      refuse(path, text, value.place(), name, known);
    }
  }
  return config::load_document(path, presets, full);
}

Node overrides_alone(const std::string& path, const std::vector<std::string>& overrides,
                     const std::vector<std::string>& keys) {
  Node node = Node::map({}, Place{path, 0, 0, ""});
  for (const std::string& text : overrides) {
    auto [key, value] = config::parse_override(text);
    if (!contains(keys, first_part(key))) refuse(path, text, value.place(), key, keys);
    node.set(key, value);
  }
  return node;
}

}  // namespace mantissa::workloads
