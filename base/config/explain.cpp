// SPDX-License-Identifier: Apache-2.0
#include "base/config/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config/kinds.h"
#include "base/config/values.h"
#include "base/error.h"

namespace mantissa::config {
namespace {

std::string default_text(const ParameterInfo& p) {
  if (p.required) return "required";
  return p.kind == ValueKind::section && p.fallback.empty() ? "its own defaults" : p.fallback;
}

// One line per child, columns aligned: name, type, default, doc.
std::string table(const std::vector<ParameterInfo>& parameters) {
  std::size_t name = 0, type = 0, fallback = 0;
  for (const ParameterInfo& p : parameters) {
    name = std::max(name, p.name.size());
    type = std::max(type, p.type.size());
    fallback = std::max(fallback, default_text(p).size());
  }
  std::string out;
  for (const ParameterInfo& p : parameters)
    out += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}\n", p.name, name, p.type, type,
                       default_text(p), fallback, p.doc);
  return out;
}

std::string describe(const std::string& dotted, const ParameterInfo& p) {
  std::string out = fmt::format("{}\n  {}\n", dotted, p.doc);
  const auto row = [&](const char* title, const std::string& text) {
    if (!text.empty()) out += fmt::format("  {:<8}  {}\n", title, text);
  };
  row("type", p.type);
  row("units", fmt::format("{}", fmt::join(p.units, ", ")));
  row("range", p.range_text);
  if (p.required)
    out += "  required\n";
  else
    row("default", default_text(p));
  return out;
}

bool is_index(const std::string& step) {
  return !step.empty() &&
         std::all_of(step.begin(), step.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The dotted key without the indices of list items.
std::string without_indices(const std::string& dotted) {
  std::string out, step;
  for (std::size_t i = 0; i <= dotted.size(); ++i) {
    if (i < dotted.size() && dotted[i] != '.') {
      step += dotted[i];
      continue;
    }
    if (!is_index(step)) out = join_path(out, step);
    step.clear();
  }
  return out;
}

// A name nobody declared: the nearest whole key, or the key that ends in the same last name.
std::string nearest_key(const std::string& dotted, const std::vector<std::string>& keys) {
  const std::string near = nearest_name(dotted, keys);
  if (!near.empty()) return near;
  for (const std::string& key : keys) {
    const std::size_t dot = key.rfind('.');
    if (dot != std::string::npos && key.substr(dot + 1) == dotted) return key;
  }
  return {};
}

}  // namespace

std::string explain(const std::string& root_name, const std::vector<ParameterInfo>& parameters,
                    const std::string& dotted) {
  if (dotted.empty()) return root_name + "\n" + table(parameters);
  const std::string wanted = without_indices(dotted);
  std::vector<std::string> keys;
  for (const auto& [key, parameter] : flatten(parameters)) {
    if (key == wanted)
      return describe(key, *parameter) +
             (parameter->children.empty() ? "" : "\n" + table(parameter->children));
    keys.push_back(key);
  }
  throw Error(unknown_parameter)
      .say("no parameter of the " + root_name + " has this name")
      .read(dotted)
      .nearest(nearest_key(wanted, keys))
      .remedy("explain a section to see what stands in it");
}

}  // namespace mantissa::config
