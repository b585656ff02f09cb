// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>

namespace mantissa::cli {
namespace {

std::vector<const Command*>& registry() {
  static std::vector<const Command*> commands;
  return commands;
}

}  // namespace

const char* title(Group group) {
  switch (group) {
    case Group::simulate:
      return "Simulate";
    case Group::inspect:
      return "Look closer";
    case Group::set_up:
      return "Set up";
  }
  return "";
}

Command::Command(const char* name, Group group, const char* summary, const char* examples,
                 Action (*declare)(CLI::App&))
    : name_(name), group_(group), summary_(summary), examples_(examples), declare_(declare) {
  registry().push_back(this);
}

std::vector<const Command*> Command::all() {
  auto commands = registry();
  // The order of registration is the linker's; the order shown must not depend on it.
  std::sort(commands.begin(), commands.end(), [](const Command* a, const Command* b) {
    if (a->group() != b->group()) return a->group() < b->group();
    return std::strcmp(a->name(), b->name()) < 0;
  });
  return commands;
}

}  // namespace mantissa::cli
