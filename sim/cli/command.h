// SPDX-License-Identifier: Apache-2.0
// A subcommand of `mantissa`: one .cpp file that defines one Command, which registers itself.
//
//   // sim/cli/greet_command.cpp
//   namespace mantissa::cli::greet_command {
//   namespace {
//   Action declare(CLI::App& app) {
//     auto name = std::make_shared<std::string>();
//     app.add_option("NAME", *name, "Whom to greet.")->required();
//     return [name](Console& console) {
//       console.out() << "hello " << *name << '\n';  // results: stdout
//       return ExitCode::ok;  // an Error thrown here is printed and ends the program
//     };
//   }
//   const Command greet_command{
//       "greet", Group::inspect, "Greet somebody", "  mantissa greet Ada\n", declare};
//   }  // namespace
//   }  // namespace mantissa::cli::greet_command
//
// An action returns the exit code, or throws Error (its kind holds the code), or any other
// exception (exit 70). It never calls exit, and never writes diagnostics to `out()`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/cli/console.h"

namespace CLI {
class App;  // by name: its header costs every file that includes it four seconds of compiling
}  // namespace CLI

namespace mantissa::cli {

using Action = std::function<ExitCode(Console&)>;

// The order in which `mantissa --help` shows the commands.
enum class Group { simulate, inspect, set_up };
const char* title(Group group);

class Command {
 public:
  // `examples`: whole lines, two spaces of indent, shown at the end of `mantissa NAME --help`.
  Command(const char* name, Group group, const char* summary, const char* examples,
          Action (*declare)(CLI::App&));

  const char* name() const { return name_; }
  Group group() const { return group_; }
  const char* summary() const { return summary_; }
  const char* examples() const { return examples_; }
  Action declare(CLI::App& app) const { return declare_(app); }

  // Every registered command, by group and then by name.
  static std::vector<const Command*> all();

 private:
  const char* name_;
  Group group_;
  const char* summary_;
  const char* examples_;
  Action (*declare_)(CLI::App&);
};

}  // namespace mantissa::cli
