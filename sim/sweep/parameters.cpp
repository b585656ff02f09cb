// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/parameters.h"

#include "sim/sweep/errors.h"

namespace mantissa::sweep {
namespace {

// The text that --set would take: "[1, 2]" for a list.
std::string value_text(const config::Node& node) { return config::inline_yaml(node); }

config::Node node_of(const std::string& text) { return config::read_text(text, "sweep"); }

std::vector<std::string> texts(const config::Node& list, const std::string& path,
                               const char* expected) {
  config::expect_sequence(list, path);
  if (list.items().empty())
    throw Error(bad_sweep).at(list.place()).say("'" + path + "' is empty").expected(expected);
  std::vector<std::string> values;
  for (const auto& item : list.items()) values.push_back(value_text(item));
  return values;
}

Distribution distribution_of(const config::Node& node, const std::string& path) {
  config::expect_map(node, path);
  Distribution d;
  for (const auto& [key, value] : node.entries()) {
    const std::string inner = config::join_path(path, key);
    if (key == "range") {
      d.range = texts(value, inner, "[low, high]");
      if (d.range.size() != 2)
        throw Error(bad_range)
            .at(value.place())
            .read(config::inline_yaml(value))
            .expected("'" + inner + "' to be [low, high]");
    } else if (key == "choices") {
      d.choices = texts(value, inner, "a list of values");
    } else if (key == "log") {
      d.log = config::parse_boolean(value, inner);
    } else {
      throw Error(bad_sweep)
          .at(node.key_place(key))
          .read(key)
          .expected("range, choices or log below '" + path + "'")
          .nearest(nearest_name(key, {"range", "choices", "log"}));
    }
  }
  if (d.range.empty() == d.choices.empty())
    throw Error(bad_sweep)
        .at(node.place())
        .say("'" + path + "'")
        .expected("either a range or choices");
  if (d.log && d.range.empty())
    throw Error(bad_sweep).at(node.place()).say("'" + path + ".log' has no range to apply to");
  return d;
}

}  // namespace
}  // namespace mantissa::sweep

namespace mantissa::config {

using namespace sweep;

ParameterInfo Codec<Settings>::info() {
  return ParameterInfo::of(ValueKind::section, "section of parameter: value");
}
Settings Codec<Settings>::parse(const Node& node, const std::string& path, const Range&) {
  expect_map(node, path);
  Settings settings;
  for (const auto& [key, value] : node.entries())
    settings.items.push_back({key, value_text(value), node.key_place(key)});
  return settings;
}
Node Codec<Settings>::write(const Settings& settings) {
  std::vector<std::pair<std::string, Node>> entries;
  for (const auto& item : settings.items) entries.emplace_back(item.key, node_of(item.value));
  return Node::map(std::move(entries));
}

ParameterInfo Codec<Axes>::info() {
  return ParameterInfo::of(ValueKind::section, "section of parameter: [values]");
}
Axes Codec<Axes>::parse(const Node& node, const std::string& path, const Range&) {
  expect_map(node, path);
  Axes axes;
  for (const auto& [key, value] : node.entries())
    axes.items.push_back(
        {key, texts(value, join_path(path, key), "a list of values"), node.key_place(key)});
  return axes;
}
Node Codec<Axes>::write(const Axes& axes) {
  std::vector<std::pair<std::string, Node>> entries;
  for (const auto& axis : axes.items) {
    std::vector<Node> values;
    for (const auto& value : axis.values) values.push_back(node_of(value));
    entries.emplace_back(axis.key, Node::sequence(std::move(values)));
  }
  return Node::map(std::move(entries));
}

ParameterInfo Codec<RandomParameters>::info() {
  return ParameterInfo::of(
      ValueKind::section, "section of parameter: {range: [low, high], log} or {choices: [values]}");
}
RandomParameters Codec<RandomParameters>::parse(const Node& node, const std::string& path,
                                                const Range&) {
  expect_map(node, path);
  RandomParameters parameters;
  for (const auto& [key, value] : node.entries())
    parameters.items.push_back(
        {key, distribution_of(value, join_path(path, key)), node.key_place(key)});
  return parameters;
}
Node Codec<RandomParameters>::write(const RandomParameters& parameters) {
  std::vector<std::pair<std::string, Node>> entries;
  for (const auto& [key, d, place] : parameters.items) {
    std::vector<Node> values;
    for (const auto& text : d.range.empty() ? d.choices : d.range) values.push_back(node_of(text));
    Node node = Node::map({{d.range.empty() ? "choices" : "range", Node::sequence(values)}});
    if (d.log) node.set("log", Node::scalar("true"));
    entries.emplace_back(key, std::move(node));
  }
  return Node::map(std::move(entries));
}

}  // namespace mantissa::config
