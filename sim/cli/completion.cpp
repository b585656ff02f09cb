// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "workloads/data/config.h"

namespace mantissa::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string dataset_names() {
  std::vector<std::string> names;
  for (const auto& [known, name] : config::EnumNames<data::Known>::names())
    if (known != data::Known::none) names.emplace_back(name);
  return joined(names);
}

std::vector<const CLI::App*> commands(const Program& program) {
  const CLI::App& root = *program.app;
  return root.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; })) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (const auto& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

// What may stand at the place of a positional: a list that the program prints, words, or files.
std::string words_for(const std::string& positional) {
  if (positional == "ARCH") return "$(mantissa list archs --names 2>/dev/null)";
  if (positional == "PRESET") return "$(mantissa list memories --names 2>/dev/null)";
  if (positional == "WORKLOAD") return "$(mantissa list workloads --names 2>/dev/null)";
  if (positional == "SWEEP") return "$(mantissa list sweeps --names 2>/dev/null)";
  if (positional == "STUDY") return "$(mantissa list studies --names 2>/dev/null)";
  if (positional == "SRAM") return "$(mantissa list srams --names 2>/dev/null)";
  if (positional == "UNIT") return "$(mantissa list units --names 2>/dev/null)";
  if (positional == "KEY") return "$(mantissa list keys --names 2>/dev/null)";
  if (positional == "WHAT")
    return "archs memories workloads components statistics technologies sweeps studies "
           "experiments srams units errors operators keys";
  if (positional == "DATASET") return dataset_names();
  if (positional == "SHELL") return "bash zsh";
  return "";
}

std::vector<std::string> positionals(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    if (option->get_positional()) names.push_back(option->get_name(true, false));
  return names;
}

}  // namespace

std::string bash_completion(const Program& program) {
  std::string names, cases;
  for (const CLI::App* app : commands(program)) {
    names += (names.empty() ? "" : " ") + app->get_name();
    std::string places;
    std::size_t place = 0;
    for (const auto& positional : positionals(*app)) {
      const std::string words = words_for(positional);
      if (!words.empty()) places += fmt::format("        {}) words=\"{}\" ;;\n", place, words);
      ++place;
    }
    cases += fmt::format(
        "    {})\n      flags=\"{}\"\n      case $place in\n{}        *) ;;\n"
        "      esac ;;\n",
        app->get_name(), joined(flags(*app)), places);
  }
  return fmt::format(
      R"(# bash completion for mantissa; load with: source <(mantissa completion bash)
_mantissa() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} flags="" words="" place=0 i
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W "{} {}" -- "$current"))
    return
  fi
  for (( i = 2; i < COMP_CWORD; ++i )); do
    [[ ${{COMP_WORDS[i]}} == -* || ${{COMP_WORDS[i-1]}} == --set || ${{COMP_WORDS[i-1]}} == -o ]] || (( ++place ))
  done
  case ${{COMP_WORDS[1]}} in
{}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
  fi
}}
complete -o filenames -F _mantissa mantissa
)",
      names, joined(flags(*program.app)), cases);
}

std::string zsh_completion(const Program& program) {
  // zsh runs bash's kind of completion; the descriptions of commands are its own.
  std::string described;
  for (const CLI::App* app : commands(program))
    described += fmt::format("#   {:<12} {}\n", app->get_name(), app->get_description());
  return "#compdef mantissa\n# zsh completion for mantissa; load with: source <(mantissa "
         "completion zsh)\n" +
         described + "autoload -U +X bashcompinit && bashcompinit\n" + bash_completion(program);
}

}  // namespace mantissa::cli
