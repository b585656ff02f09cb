// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "arch/chip/config.h"
#include "base/config/explain.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/subjects.h"
#include "sim/cli/usage.h"

namespace mantissa::cli {
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

// A section of an architecture ("core.matrix") is shown as a table of what stands in it; a key that
// begins like one gets the nearest parameter told.
bool begins_like_a_section(const std::string& key) {
  const std::string first = key.substr(0, key.find('.'));
  for (const auto& parameter : arch::ArchConfig::schema().parameters())
    if (parameter.name == first) return !parameter.children.empty();
  return false;
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
                 "A parameter (core.matrix.rows, or just rows), a section (core), a statistic\n"
                 "of a result (stalls.drain), the id of an error, an operator or a component.")
      ->required();
  return [key](Console& console) {
    const auto found = find_subjects(*key);
    const bool section =
        found.size() == 1 && found.front()->topic == "architecture" && begins_like_a_section(*key);
    if (begins_like_a_section(*key) && (found.empty() || section)) {
      console.out() << config::explain("architecture", arch::ArchConfig::schema().parameters(),
                                       *key);
      return ExitCode::ok;
    }
    if (found.empty()) throw nothing_found(*key);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (i > 0) console.out() << '\n';
      print(*found[i], console);
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
}  // namespace mantissa::cli
