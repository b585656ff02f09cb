// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <set>

#include "rtl/unit.h"
#include "sim/cli/choices.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/subjects.h"
#include "sim/presets/presets.h"

namespace mantissa::cli::list_command {
namespace {

struct Options {
  std::string what;
  bool names = false;
};

struct Row {
  std::string name, note;
};

std::vector<Row> presets(sim::PresetKind kind) {
  std::vector<Row> rows;
  for (const auto& preset : sim::Presets::standard().list(kind))
    rows.push_back({preset.name, preset.description});
  return rows;
}

// Those of the memories that say `kind: SORT`.
std::vector<Row> memories(const std::string& sort) {
  std::vector<Row> rows;
  for (const auto& preset : sim::Presets::standard().list(sim::PresetKind::memory))
    if (preset.sort == sort) rows.push_back({preset.name, preset.description});
  return rows;
}

std::vector<Row> units() {
  std::vector<Row> rows;
  for (const rtl::Unit* unit : rtl::units()) rows.push_back({unit->name(), unit->summary()});
  return rows;
}

std::vector<Row> topic(const std::string& wanted) {
  std::vector<Row> rows;
  for (const auto& subject : subjects()) {
    if (subject.topic != wanted) continue;
    std::string note = subject.brief;
    for (const auto& [name, value] : subject.facts) {
      if (name == "unit") note = "[" + value + "] " + note;
      if (name == "attributes") note += " Attributes: " + value + ".";
    }
    rows.push_back({subject.key, note});
  }
  return rows;
}

std::vector<Row> keys() {
  std::vector<Row> rows;
  std::set<std::string> seen;
  for (const auto& subject : subjects())
    if (seen.insert(subject.key).second) rows.push_back({subject.key, subject.brief});
  return rows;
}

std::vector<Row> rows_of(const std::string& what) {
  if (what == "archs") return presets(sim::PresetKind::arch);
  if (what == "memories") return presets(sim::PresetKind::dram);
  if (what == "workloads") return presets(sim::PresetKind::workload);
  if (what == "technologies") return presets(sim::PresetKind::technology);
  if (what == "sweeps") return presets(sim::PresetKind::sweep);
  if (what == "studies") return presets(sim::PresetKind::study);
  if (what == "srams") return memories("sram");
  if (what == "units") return units();
  if (what == "components") return topic("component");
  if (what == "statistics") return topic("statistic");
  if (what == "errors") return topic("error");
  if (what == "operators") return topic("operator");
  if (what == "experiments") return topic("experiment");
  return keys();
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("WHAT", options->what,
                 "archs, memories (DRAMs), workloads, components, statistics, technologies,\n"
                 "sweeps, studies, experiments, srams, units (in SystemVerilog), errors,\n"
                 "operators or keys (all that 'mantissa explain' knows).")
      ->required()
      ->check(one_of({"archs", "memories", "workloads", "components", "statistics", "technologies",
                      "sweeps", "studies", "experiments", "srams", "units", "errors", "operators",
                      "keys"}));
  app.add_flag("--names", options->names, "Names alone, one a line, for scripts.");
  return [options](Console& console) {
    Table table({}, {Table::Align::left, Table::Align::left});
    // Some experiments, their parameters and errors live in the module with libtorch.
    for (const char* what : {"experiments", "errors", "keys"})
      if (options->what == what) add_subjects_of_executor();
    for (const auto& row : rows_of(options->what)) {
      if (options->names)
        console.out() << row.name << '\n';
      else
        table.row({row.name, row.note});
    }
    console.out() << table.text(0);
    return ExitCode::ok;
  };
}

const Command list_command{"list", Group::inspect,
                           "What there is: presets, statistics, errors, ...",
                           "  mantissa list archs\n"
                           "  mantissa list memories\n"
                           "  mantissa list workloads --names\n"
                           "  mantissa list statistics\n",
                           declare};

}  // namespace
}  // namespace mantissa::cli::list_command
