// SPDX-License-Identifier: Apache-2.0
// The whole program behind main: parses the arguments, runs one command, turns whatever it throws
// into one line on stderr and the documented exit code.
//
//   0 ok   1 a check failed   2 usage   3 bad input file   4 resource   70 internal   130
//   interrupted
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/cli/command.h"
#include "sim/cli/console.h"

namespace mantissa::cli {

// The root command with every registered one declared below it. `chosen` is set by parsing.
struct Program {
  Program();
  Program(Program&&) noexcept;
  ~Program();

  std::unique_ptr<CLI::App> app;
  std::vector<std::pair<CLI::App*, Action>> actions;
};
Program make_program();

// `arguments` without the program's own name.
int run_program(const std::vector<std::string>& arguments, Console& console);

}  // namespace mantissa::cli
