// SPDX-License-Identifier: Apache-2.0
// The program from inside: what it prints where, for arguments that need no simulation.
#include "sim/cli/program.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <set>
#include <sstream>

#include "base/config/parameter_info.h"
#include "sim/cli/completion.h"
#include "sim/cli/subjects.h"
#include "sim/json/fields.h"
#include "sim/run/version.h"
#include "sim/sweep/sweep.h"
#include "tests/sim/cli/in_process.h"

namespace mantissa::cli {
namespace {

TEST(Help, shows_every_command_with_its_summary) {
  const auto help = run({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  for (const Command* command : Command::all()) {
    EXPECT_TRUE(holds(help.out, std::string("  ") + command->name())) << command->name();
    EXPECT_TRUE(holds(help.out, command->summary())) << command->name();
  }
}

TEST(Help, is_what_the_bare_program_prints) { EXPECT_EQ(run({}).out, run({"--help"}).out); }

TEST(Help, of_every_command_lists_every_option_with_a_doc_and_shows_examples) {
  const Program program = make_program();
  for (const auto& [app, action] : program.actions) {
    const auto help = run({app->get_name(), "--help"});
    EXPECT_EQ(help.code, 0);
    for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; })) {
      EXPECT_FALSE(option->get_description().empty()) << option->get_name();
      const std::string first_line =
          option->get_description().substr(0, option->get_description().find('\n'));
      EXPECT_TRUE(holds(help.out, first_line)) << app->get_name() << " " << option->get_name();
      for (const auto& name : option->get_lnames()) EXPECT_TRUE(holds(help.out, "--" + name));
    }
    EXPECT_TRUE(holds(help.out, "Examples:\n  ")) << app->get_name();
    EXPECT_TRUE(holds(help.out, "mantissa " + app->get_name())) << "examples use the command";
  }
}

TEST(Help, lines_fit_a_terminal_of_100_columns) {
  const Program program = make_program();
  for (const auto& [app, action] : program.actions) {
    std::istringstream lines(run({app->get_name(), "--help"}).out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  }
}

TEST(Version, names_revision_compiler_systemc_and_verilator) {
  const auto version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  for (const char* tool : {"mantissa", "revision", "compiler", "systemc", "verilator"})
    EXPECT_TRUE(holds(version.out, tool)) << tool;
  for (const auto& [tool, number] : sim::versions()) {
    EXPECT_FALSE(number.empty()) << tool;
    EXPECT_TRUE(holds(version.out, number)) << tool;
  }
}

TEST(Usage, ends_with_2_and_one_line_on_stderr) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"rnu"}, "usage.unknown-command"},
      {{"run"}, "usage.missing-argument"},
      {{"run", "a"}, "usage.missing-argument"},
      {{"run", "a", "b", "c"}, "usage.extra-argument"},
      {{"run", "a", "b", "--jsn"}, "usage.unknown-option"},
      {{"--jsn"}, "usage.unknown-option"},
      {{"run", "a", "b", "--fidelity", "rtl"}, "usage.bad-value"},
      {{"run", "a", "b", "--set"}, "usage.missing-argument"},
      {{"list", "everything"}, "usage.bad-value"},
      {{"explain", "no-such-key-anywhere"}, "usage.unknown-name"},
      {{"trace", "x"}, "usage.missing-argument"},
  };
  for (const auto& [arguments, id] : cases) {
    const auto outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << id;
    EXPECT_EQ(outcome.out, "") << id;
    EXPECT_TRUE(holds(outcome.err, "[" + id + "]")) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }
}

TEST(Usage, says_the_nearest_command_and_option) {
  EXPECT_TRUE(holds(run({"explian", "x"}).err, "did you mean 'explain'?"));
  EXPECT_TRUE(holds(run({"run", "a", "b", "--jsno"}).err, "did you mean '--json'?"));
}

std::vector<std::pair<std::string, const config::ParameterInfo*>> parameters_of_all_files(
    std::vector<std::vector<config::ParameterInfo>>& keep) {
  keep = {arch::ArchConfig::schema().parameters(), sweep::SweepConfig::schema().parameters()};
  std::vector<std::pair<std::string, const config::ParameterInfo*>> all;
  for (const auto& list : keep)
    for (const auto& item : config::flatten(list)) all.push_back(item);
  return all;
}

TEST(Explain, knows_every_parameter_of_architectures_and_sweeps) {
  std::vector<std::vector<config::ParameterInfo>> keep;
  for (const auto& [path, info] : parameters_of_all_files(keep)) {
    const auto outcome = run({"explain", path});
    EXPECT_EQ(outcome.code, 0) << path;
    EXPECT_TRUE(holds(outcome.out, path)) << path;
    EXPECT_FALSE(info->doc.empty()) << path;
    const std::string first_word = info->doc.substr(0, info->doc.find(' '));
    EXPECT_TRUE(holds(outcome.out, first_word)) << path;
  }
}

TEST(Explain, knows_every_error_and_every_field_of_a_result) {
  for (const ErrorKind* kind : ErrorKind::all()) {
    EXPECT_EQ(run({"explain", kind->id()}).code, 0) << kind->id();
    EXPECT_GT(std::string(kind->meaning()).size(), 10u) << kind->id();
  }
  for (const auto& field : sim::result_fields())
    EXPECT_EQ(run({"explain", field.path}).code, 0) << field.path;
}

TEST(Explain, finds_a_parameter_by_its_last_part) {
  const auto outcome = run({"explain", "double_buffer"});
  EXPECT_TRUE(holds(outcome.out, "core.matrix.double_buffer")) << outcome.out;
}

TEST(Explain, keeps_lines_short) {
  for (const auto& subject : subjects()) {
    std::istringstream lines(run({"explain", subject.key}).out);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 130u) << line;
  }
}

TEST(Errors, have_ids_of_their_own) {
  std::set<std::string> seen;
  for (const ErrorKind* kind : ErrorKind::all())
    EXPECT_TRUE(seen.insert(kind->id()).second) << kind->id();
}

TEST(Lists, print_names_alone_for_scripts) {
  for (const char* what : {"components", "statistics", "errors", "operators", "keys"}) {
    const auto outcome = run({"list", what, "--names"});
    EXPECT_EQ(outcome.code, 0) << what;
    EXPECT_FALSE(holds(outcome.out, " ")) << what;
    EXPECT_GT(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 5) << what;
  }
  EXPECT_TRUE(holds(run({"list", "errors", "--names"}).out, "usage.unknown-option\n"));
}

TEST(Completion, knows_every_command_and_option) {
  const Program program = make_program();
  for (const auto& script : {bash_completion(program), zsh_completion(program)}) {
    for (const auto& [app, action] : program.actions) {
      EXPECT_TRUE(holds(script, app->get_name())) << app->get_name();
      for (const CLI::Option* option : app->get_options([](const CLI::Option*) { return true; }))
        for (const auto& name : option->get_lnames())
          EXPECT_TRUE(holds(script, "--" + name)) << app->get_name() << " " << name;
    }
  }
}

}  // namespace
}  // namespace mantissa::cli
