// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/reproducer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config/document.h"
#include "base/config/node.h"
#include "base/config/values.h"

namespace mantissa::rtl {
namespace {

using config::Node;

std::int64_t number(const Node& node, const std::string& path, std::int64_t low,
                    std::int64_t high) {
  const std::int64_t value = config::parse_integer(node, path);
  if (value < low || value > high)
    throw Error(bad_commands)
        .at(node.place())
        .read(path + ": " + node.text())
        .expected(fmt::format("{} to {}", low, high));
  return value;
}

const Node& required(const Node& map, const std::string& key) {
  if (const Node* found = map.find(key)) return *found;
  throw Error(bad_commands).at(map.place()).say("'" + key + "' is missing");
}

Parameters parameters_of(const Unit& unit, const Node& node) {
  config::expect_map(node, "parameters");
  Parameters values = unit.defaults();
  const auto all = unit.parameters();
  std::vector<std::string> names;
  for (const auto& p : all) names.push_back(p.name);
  for (const auto& [name, value] : node.entries()) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end())
      throw Error(bad_commands)
          .at(node.key_place(name))
          .read(name)
          .expected("a parameter of " + unit.name())
          .nearest(nearest_name(name, names));
    const auto& p = all[static_cast<std::size_t>(it - names.begin())];
    values[name] = number(value, "parameters." + name, p.low, p.high);
  }
  if (const std::string why = unit.objection(values); !why.empty())
    throw Error(bad_commands).at(node.place()).say(why);
  return values;
}

void check_keys(const Node& document) {
  static const std::vector<std::string> keys = {"version", "unit",   "parameters", "seed",
                                                "stall",   "fields", "commands",   "operands"};
  for (const auto& [key, value] : document.entries())
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      throw Error(bad_commands)
          .at(document.key_place(key))
          .read(key)
          .expected("a key of a file of commands")
          .nearest(nearest_name(key, keys));
}

void check_fields(const Node& node, const std::vector<Field>& fields) {
  config::expect_sequence(node, "fields");
  std::vector<std::string> read, wanted;
  for (const auto& item : node.items()) read.push_back(config::parse_text(item, "fields"));
  for (const auto& field : fields) wanted.push_back(field.name);
  if (read != wanted)
    throw Error(bad_commands)
        .at(node.place())
        .read(fmt::format("{}", fmt::join(read, ", ")))
        .expected(fmt::format("the fields of the unit: {}", fmt::join(wanted, ", ")));
}

Command command_of(const Node& node, const std::vector<Field>& fields) {
  config::expect_sequence(node, "commands");
  if (node.items().size() != fields.size())
    throw Error(bad_commands)
        .at(node.place())
        .read(fmt::format("{} values", node.items().size()))
        .expected(fmt::format("{}, one per field", fields.size()));
  Command command;
  for (std::size_t i = 0; i < fields.size(); ++i)
    command.push_back(number(node.items()[i], fields[i].name, fields[i].low, fields[i].high));
  return command;
}

std::vector<std::byte> bytes_of(const Node& node) {
  const std::string text = config::parse_text(node, "operands");
  std::vector<std::byte> bytes;
  const auto digit = [&](std::size_t at) {
    static const std::string digits = "0123456789abcdef";
    const auto value = at < text.size() ? digits.find(text[at]) : std::string::npos;
    if (value == std::string::npos)
      throw Error(bad_commands)
          .at(node.place())
          .read(text)
          .expected("bytes of two digits each, 0 to 9 and a to f");
    return value;
  };
  for (std::size_t at = 0; at < text.size(); at += 2)
    bytes.push_back(static_cast<std::byte>(digit(at) * 16 + digit(at + 1)));
  return bytes;
}

std::string text_of(const std::vector<std::byte>& bytes) {
  std::string text = "'";
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<int>(byte));
  return text + "'";
}

}  // namespace

std::string reproducer_text(const Unit& unit, const Reproducer& reproducer) {
  std::vector<std::string> parameters, fields;
  for (const auto& [name, value] : reproducer.parameters)
    parameters.push_back(fmt::format("{}: {}", name, value));
  for (const auto& field : unit.bench(reproducer.parameters)->fields())
    fields.push_back(field.name);
  std::string text = fmt::format(
      "version: 1\nunit: {}\nparameters: {{{}}}\nseed: {}\n"
      "stall: {}  # the other side holds back in so many of 256 cycles\n"
      "fields: [{}]\ncommands:\n",
      unit.name(), fmt::join(parameters, ", "), static_cast<std::int64_t>(reproducer.run.seed),
      reproducer.run.stall, fmt::join(fields, ", "));
  for (const auto& command : reproducer.run.commands)
    text += fmt::format("  - [{}]\n", fmt::join(command, ", "));
  if (!reproducer.run.operands.empty()) text += "operands:\n";
  for (const auto& operands : reproducer.run.operands) text += "  - " + text_of(operands) + "\n";
  return text;
}

Reproducer read_reproducer(const Unit& unit, const std::string& path) {
  const Node document = config::read_file(path);
  config::expect_map(document, path);
  config::check_version(document);
  check_keys(document);
  const Node& name = required(document, "unit");
  if (config::parse_text(name, "unit") != unit.name())
    throw Error(bad_commands).at(name.place()).read(name.text()).expected("unit: " + unit.name());
  Reproducer reproducer;
  reproducer.parameters = parameters_of(unit, required(document, "parameters"));
  reproducer.run.seed =
      static_cast<std::uint64_t>(config::parse_integer(required(document, "seed"), "seed"));
  reproducer.run.stall =
      static_cast<unsigned>(number(required(document, "stall"), "stall", 0, 255));
  const auto fields = unit.bench(reproducer.parameters)->fields();
  check_fields(required(document, "fields"), fields);
  const Node& commands = required(document, "commands");
  config::expect_sequence(commands, "commands");
  if (commands.items().empty())
    throw Error(bad_commands).at(commands.place()).say("there are no commands");
  for (const auto& item : commands.items())
    reproducer.run.commands.push_back(command_of(item, fields));
  if (const Node* operands = document.find("operands")) {
    config::expect_sequence(*operands, "operands");
    for (const auto& item : operands->items()) reproducer.run.operands.push_back(bytes_of(item));
  }
  return reproducer;
}

}  // namespace mantissa::rtl
