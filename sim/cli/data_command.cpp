// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "sim/cli/command.h"
#include "sim/cli/data_text.h"
#include "sim/cli/usage.h"
#include "sim/json/data_json.h"
#include "workloads/data/inventory.h"

namespace mantissa::cli::data_command {
namespace {

struct Options {
  std::string set;
  bool verify = false, json = false;
};

// A name of the catalogue, or a file with a section `data`.
data::DataConfig config_of(const std::string& set) {
  std::vector<std::string> names;
  for (const auto& [known, name] : config::EnumNames<data::Known>::names()) {
    if (known == data::Known::none) continue;
    if (set == name) {
      data::DataConfig config;
      config.name = known;
      return config;
    }
    names.emplace_back(name);
  }
  std::error_code error;
  // load_data_config would take a bare word for the name of a preset.
  if (std::filesystem::is_regular_file(set, error))
    return data::load_data_config(set.find('/') == std::string::npos ? "./" + set : set);
  throw Error(unknown_name)
      .at("mantissa data")
      .read(set)
      .expected(fmt::format("a YAML file, or one of {}", fmt::join(names, ", ")))
      .nearest(nearest_name(set, names));
}

ExitCode run(const Options& options, Console& console) {
  const auto search = data::SearchPath::standard();
  const bool all = options.set.empty();
  const auto sets =
      all ? data::inventory(search, options.verify)
          : std::vector{data::inspect(config_of(options.set), search, options.verify)};
  // A set that was asked for by name must be there; of all of them, those that are there be whole.
  if (!all && sets[0].error) throw *sets[0].error;
  if (options.json) {
    console.out() << sim::to_json(sets, search).dump(2) << '\n';
  } else {
    console.out() << (all ? datasets_text(sets, search, console) : dataset_text(sets[0], console));
  }
  ExitCode code = ExitCode::ok;
  for (const auto& set : sets) {
    if (set.state != data::SetState::damaged) continue;
    console.error(*set.error);
    code = set.error->exit();
  }
  return code;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("DATASET", options->set,
                 "A name from the list that the bare command prints, or a YAML file whose\n"
                 "'data:' describes one. Without it, all that have a name.");
  app.add_flag("--verify", options->verify, "Also read the files and check their checksums.");
  app.add_flag("--json", options->json, "Print one JSON object instead.");
  return [options](Console& console) { return run(*options, console); };
}

const Command data_command{"data", Group::inspect,
                           "Which data sets are there, and where to get the others",
                           "  mantissa data\n"
                           "  mantissa data digits --verify\n"
                           "  mantissa data my_study.yaml --verify\n"
                           "  mantissa data --json | jq '.datasets[] | [.name, .state]'\n",
                           declare};

}  // namespace
}  // namespace mantissa::cli::data_command
