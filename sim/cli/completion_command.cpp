// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/choices.h"
#include "sim/cli/command.h"
#include "sim/cli/completion.h"

namespace mantissa::cli::completion_command {
namespace {

Action declare(CLI::App& app) {
  auto shell = std::make_shared<std::string>();
  app.add_option("SHELL", *shell, "bash or zsh.")->required()->check(one_of({"bash", "zsh"}));
  return [shell](Console& console) {
    const Program program = make_program();
    console.out() << (*shell == "bash" ? bash_completion(program) : zsh_completion(program));
    return ExitCode::ok;
  };
}

const Command completion_command{"completion", Group::set_up,
                                 "Print a completion script for a shell",
                                 "  source <(mantissa completion bash)\n"
                                 "  mantissa completion zsh > ~/.zfunc/_mantissa\n",
                                 declare};

}  // namespace
}  // namespace mantissa::cli::completion_command
