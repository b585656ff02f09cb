// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <new>
#include <sstream>

#include "sim/cli/usage.h"
#include "sim/run/interrupt.h"
#include "sim/run/output_directory.h"
#include "sim/run/version.h"

namespace mantissa::cli {
namespace {

constexpr const char* introduction =
    "Mantissa simulates machine-learning accelerators cycle by cycle: latency, energy and area of\n"
    "real networks on chips described in YAML.";

constexpr const char* first_steps = R"(First steps:
  mantissa list archs                                what can be simulated
  mantissa run systolic_32x32 resnet18               one run, a summary on the screen
  mantissa run tpu_v1 resnet50 --set workload.batch=8 -o out/tpu
                                                     ... with tables and a timeline in out/tpu
  mantissa run tpu_v1 resnet50 --json | jq .cycles   ... for programs
  mantissa sweep configs/sweep/quickstart.yaml       many runs, on all cores, resumable
  mantissa exec voltage                              an experiment beside its publication
  mantissa explain core.matrix.rows                  any parameter, statistic or error

ARCH and WORKLOAD are names from 'mantissa list' or files of your own.
Exit codes: 0 ok, 1 a check failed, 2 usage, 3 bad input file, 4 no room or permission,
70 a bug in mantissa. NO_COLOR turns colours off; MANTISSA_CONFIGS names another preset folder.)";

std::string version_text() {
  std::string text;
  for (const auto& [tool, version] : sim::versions())
    text += fmt::format("{:<14} {}\n", tool, version);
  text.pop_back();
  return text;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options({})) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

Place on_command_line(const CLI::App& app) {
  const bool root = app.get_parent() == nullptr;
  return {root ? "mantissa" : "mantissa " + app.get_name(), 0, 0, {}};
}

std::string help_hint(const CLI::App& app) {
  return "see '" + on_command_line(app).file + " --help'";
}

// What was left over: a misspelt option, a misspelt command, or an argument too many.
Error leftover(const CLI::App& app, const std::string& word) {
  if (word.rfind('-', 0) == 0 && word.size() > 1) {
    const std::string name = word.substr(0, word.find('='));
    return Error(unknown_option)
        .at(on_command_line(app))
        .read(name)
        .expected("an option of this command")
        .nearest(nearest_name(name, option_names(app)))
        .remedy(help_hint(app));
  }
  if (app.get_parent() == nullptr) {
    std::vector<std::string> names;
    std::string list;
    for (const Command* command : Command::all()) {
      names.emplace_back(command->name());
      list += (list.empty() ? "" : ", ") + names.back();
    }
    return Error(unknown_command)
        .at(on_command_line(app))
        .read(word)
        .expected("one of " + list)
        .nearest(nearest_name(word, names));
  }
  return Error(extra_argument)
      .at(on_command_line(app))
      .read(word)
      .expected("nothing more")
      .remedy(help_hint(app));
}

// CLI11's words for what went wrong, in the shape of all other messages.
Error usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* at = &app;
  const auto chosen = app.get_subcommands();
  if (!chosen.empty()) at = chosen.front();
  if (dynamic_cast<const CLI::ExtrasError*>(&error)) {
    const auto left = at->remaining(true);
    const auto left_at_root = app.remaining();
    if (!left.empty()) return leftover(*at, left.front());
    if (!left_at_root.empty()) return leftover(*at, left_at_root.front());
  }
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) ||
                       dynamic_cast<const CLI::ArgumentMismatch*>(&error);
  return Error(missing ? missing_argument : bad_value)
      .at(on_command_line(*at))
      .say(error.what())
      .remedy(help_hint(*at));
}

// A variable of the shell that is not set: no option or argument means anything when it is empty.
void refuse_empty(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options({}))
    for (const std::string& value : option->results())
      if (value.empty())
        throw Error(missing_argument)
            .at(on_command_line(app))
            .say(option->get_name() + " is empty")
            .expected(option->get_type_name())
            .remedy(help_hint(app));
}

void flush(Console& console) {
  console.out().flush();
  if (!console.out())
    throw Error(sim::unwritable)
        .at("standard output")
        .say("cannot write: the disk is full or the pipe is closed");
}

ExitCode run_actions(const Program& program, Console& console) {
  for (const auto& [app, action] : program.actions)
    if (app->parsed()) return action(console);
  console.out() << program.app->help();
  return ExitCode::ok;
}

int guarded(const std::vector<std::string>& arguments, Console& console) {
  const Program program = make_program();
  try {
    // CLI11 takes them backwards.
    program.app->parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& success) {  // --help, --version
    std::ostringstream text;
    program.app->exit(success, text, text);
    console.out() << text.str();
    flush(console);
    return static_cast<int>(ExitCode::ok);
  } catch (const CLI::ParseError& error) {
    throw usage_error(*program.app, error);
  }
  for (const CLI::App* command : program.app->get_subcommands()) refuse_empty(*command);
  const ExitCode code = run_actions(program, console);
  flush(console);
  return static_cast<int>(code);
}

int report_bug(Console& console, const std::string& what) {
  console.error(what);
  console.note(fmt::format(
      "this is a bug in mantissa {} (revision {}), not in your input; please report it with the "
      "command line and the files it read",
      sim::version(), sim::revision()));
  return static_cast<int>(ExitCode::internal);
}

}  // namespace

Program::Program() = default;
Program::Program(Program&&) noexcept = default;
Program::~Program() = default;

Program make_program() {
  Program program;
  program.app = std::make_unique<CLI::App>(introduction, "mantissa");
  program.app->footer(first_steps);
  program.app->set_version_flag("--version", version_text(), "Versions of mantissa and its tools.");
  program.app->set_help_flag("-h,--help", "This text, or that of a command.");
  program.app->require_subcommand(0, 1);
  program.app->get_formatter()->column_width(28);
  for (const Command* command : Command::all()) {
    CLI::App* sub = program.app->add_subcommand(command->name(), command->summary());
    sub->group(title(command->group()));
    sub->footer(std::string("Examples:\n") + command->examples());
    sub->get_formatter()->column_width(26);
    program.actions.emplace_back(sub, command->declare(*sub));
  }
  return program;
}

int run_program(const std::vector<std::string>& arguments, Console& console) {
  try {
    return guarded(arguments, console);
  } catch (const Error& error) {
    console.error(error);
    return static_cast<int>(error.exit());
  } catch (const sim::Interrupted& interrupted) {
    console.error(interrupted.what());
    return interrupted.exit_code();
  } catch (const InternalError& error) {
    return report_bug(console, error.what());
  } catch (const std::bad_alloc&) {
    console.error(Error(out_of_memory).remedy("run with --fidelity shape, or fewer workers"));
    return static_cast<int>(ExitCode::resource);
  } catch (const std::filesystem::filesystem_error& error) {
    console.error(sim::cannot_write(error.path1(), error.code().value()));
    return static_cast<int>(ExitCode::resource);
  } catch (const std::exception& error) {
    return report_bug(console, error.what());
  }
}

}  // namespace mantissa::cli
