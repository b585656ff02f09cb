// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "arch/chip/config.h"
#include "base/config/explain.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/subjects.h"
#include "sim/cli/usage.h"

namespace mantissa::cli::explain_command {
namespace {

constexpr std::size_t width = 96;

void print(const Subject& subject, Console& console) {
  console.out() << console.paint(Colour::bold, subject.key) << "   "
                << console.paint(Colour::dim, subject.topic) << "\n  "
                << wrap(subject.brief, width - 2, 2) << '\n';
  for (const auto& [name, value] : subject.facts) {
    if (value.empty()) continue;
    console.out() << fmt::format("  {:<18} ", name) << wrap(value, width - 21, 21) << '\n';
  }
}

bool begins_like_a_section(const std::string& key) {
  const std::string first = key.substr(0, key.find('.'));
  for (const auto& parameter : arch::ArchConfig::schema().parameters())
    if (parameter.name == first) return !parameter.children.empty();
  return false;
}

// Topics whose keys are told section by section; so are experiments with their parameters.
bool has_sections(const Subject& subject) {
  return subject.topic == "architecture" || subject.topic == "DRAM" ||
         subject.topic == "experiment" || subject.topic == "parameter of an experiment";
}

// "core.matrix": what stands in it, one line each; nothing for a key that is no section.
void print_section(const std::string& key, Console& console) {
  Table table({}, {Table::Align::left, Table::Align::left, Table::Align::left});
  for (const auto& subject : subjects()) {
    const std::string& path = subject.key;
    const bool inside = path.size() > key.size() + 1 && path.compare(0, key.size(), key) == 0 &&
                        path[key.size()] == '.';
    if (!has_sections(subject) || !inside) continue;
    std::string fallback;
    for (const auto& [name, value] : subject.facts)
      if (name == "default") fallback = value == required_text ? "required" : value;
    // `explain` of the key itself shows the whole of it.
    constexpr std::size_t longest = 20;
    if (fallback.size() > longest) fallback = fallback.substr(0, longest - 3) + "...";
    table.row({path.substr(key.size() + 1), fallback, subject.brief});
  }
  if (!table.empty()) console.out() << '\n' << table.text();
}

Error nothing_found(const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& subject : subjects()) keys.push_back(subject.key);
  std::string near = nearest_name(key, keys);
  // "core.matrix.row" is near to a whole key; "row" only to the last part of some.
  if (near.empty()) {
    std::vector<std::string> tails;
    for (const auto& whole : keys) tails.push_back(whole.substr(whole.rfind('.') + 1));
    near = nearest_name(key, tails);
  }
  return Error(unknown_name)
      .at("mantissa explain")
      .read(key)
      .expected("a parameter, a statistic, an error, an operator or a component")
      .nearest(near)
      .remedy("'mantissa list keys' shows all of them");
}

Action declare(CLI::App& app) {
  auto key = std::make_shared<std::string>();
  app.add_option("KEY", *key,
                 "A parameter (core.matrix.rows, or just rows), a section (core),\n"
                 "a statistic of a result (stalls.drain), an experiment (voltage.maps),\n"
                 "the id of an error, an operator or a component.")
      ->required();
  return [key](Console& console) {
    auto found = find_subjects(*key);
    if (found.empty() && add_subjects_of_executor()) found = find_subjects(*key);
    // Knows the indices of lists (cores.0.rows) and, of a misspelt parameter, the nearest one.
    if (found.empty() && begins_like_a_section(*key)) {
      console.out() << config::explain("architecture", arch::ArchConfig::schema().parameters(),
                                       *key);
      return ExitCode::ok;
    }
    if (found.empty()) throw nothing_found(*key);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i > 0) console.out() << '\n';
      print(*found[i], console);
      if (has_sections(*found[i])) print_section(found[i]->key, console);
    }
    return ExitCode::ok;
  };
}

const Command explain_command{"explain", Group::inspect,
                              "What a parameter, a statistic or an error means",
                              "  mantissa explain core.matrix.rows\n"
                              "  mantissa explain rows\n"
                              "  mantissa explain utilization\n"
                              "  mantissa explain config.unknown-key\n",
                              declare};

}  // namespace
}  // namespace mantissa::cli::explain_command
