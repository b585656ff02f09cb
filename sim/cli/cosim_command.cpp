// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "rtl/cosim/reproducer.h"
#include "rtl/tool.h"
#include "rtl/verilate/sources.h"
#include "sim/cli/command.h"
#include "sim/cli/cosim_text.h"
#include "sim/cli/rtl_results.h"
#include "sim/cli/unit_options.h"
#include "sim/run/interrupt.h"

namespace mantissa::cli::cosim_command {
namespace {

struct Options {
  std::string unit, rtl, top, commands, waves, output;
  std::vector<std::string> overrides;
  std::uint64_t vectors = 10'000, seed = 1;
  bool ports = false, json = false;
};

std::string quoted(const std::string& word) {
  return word.find_first_of(" '\"$&;()*?") == std::string::npos ? word : "'" + word + "'";
}

// What `mantissa cosim` needs besides commands and waves to see the same again.
std::string again(const Options& options) {
  std::string text = "mantissa cosim " + options.unit;
  if (!options.rtl.empty()) text += " --rtl " + quoted(options.rtl);
  if (!options.top.empty()) text += " --top " + quoted(options.top);
  return text;
}

std::string design_name(const Options& options) {
  if (options.rtl.empty()) return "built in";
  return (options.top.empty() ? options.unit : options.top) + " in " + options.rtl;
}

// Beside the waves that were asked for, or in the current folder.
std::string stem(const Options& options) {
  if (options.waves.empty()) return "cosim-" + options.unit;
  return std::filesystem::path(options.waves).replace_extension().string();
}

// A folder that cannot be written to must not hide what was found.
template <class Write>
std::string kept(const std::string& path, Console& console, Write write) {
  try {
    write(path);
    return path;
  } catch (const Error& error) {
    console.warning(error.message());
    return {};
  }
}

void keep_failure(const Options& options, sim::CosimReport& report, Console& console) {
  const auto& run = report.result.failure->run;
  const std::string file = options.commands.empty() ? stem(options) + ".yaml" : options.commands;
  const std::string waves = options.waves.empty() ? stem(options) + ".vcd" : options.waves;
  report.again = again(options) + " --commands " + quoted(file) + " --waves " + quoted(waves);
  if (options.commands.empty())
    report.commands_file = kept(file, console, [&](const std::string& path) {
      rtl::write_text(path,
                      rtl::reproducer_text(*report.request.unit, {report.request.parameters, run}));
    });
  if (options.commands.empty() || !options.waves.empty())
    report.waves_file = kept(waves, console, [&](const std::string& path) {
      rtl::write_waves(report.request, run, path);
    });
}

ExitCode run(const Options& options, Console& console) {
  const rtl::Unit& unit = unit_named(options.unit);
  sim::CosimReport report;
  rtl::CosimRequest& request = report.request;
  request.unit = &unit;
  request.parameters = parameters_of(unit, options.overrides);
  if (options.ports) {
    if (options.json)
      console.out() << sim::contract_json(unit, request.parameters).dump(2) << '\n';
    else
      console.out() << contract_text(unit, request.parameters, console);
    return ExitCode::ok;
  }
  if (!options.waves.empty()) rtl::check_waves_path(options.waves);
  const RtlResults store(options.output);
  if (!options.rtl.empty()) request.sources = rtl::sources_of_folder(options.rtl);
  request.top = options.top;
  request.vectors = options.vectors;
  request.seed = options.seed;
  if (!options.commands.empty()) {
    rtl::Reproducer given = rtl::read_reproducer(unit, options.commands);
    request.parameters = given.parameters;
    request.replay = std::move(given.run);
    request.shrink = false;
  }
  {
    const sim::DeferInterrupt signals;
    Progress progress(console, unit.name());
    request.progress = [&](double share, const std::string& step) {
      signals.check();
      progress.update(share, step);
    };
    report.result = rtl::cosimulate(request);
    if (report.result.failure)
      keep_failure(options, report, console);
    else if (!options.waves.empty())
      rtl::write_waves(request, request.replay ? *request.replay : rtl::directed_run(request),
                       options.waves);
  }
  if (store) store.add(store::row_of(request, report.result, design_name(options)));
  if (options.json)
    console.out() << sim::to_json(report).dump(2) << '\n';
  else
    console.out() << cosim_text(report, console);
  return report.result.failure ? ExitCode::check_failed : ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("UNIT", options->unit,
                 "A unit that exists in SystemVerilog: 'mantissa list units'.")
      ->required();
  auto* set = app.add_option("--set", options->overrides,
                             "A parameter of the unit: Lanes=8. May be given several times.")
                  ->type_name("PARAMETER=VALUE")
                  ->allow_extra_args(false);
  auto* vectors = app.add_option("--vectors", options->vectors,
                                 "Constrained-random commands, after the directed ones.")
                      ->capture_default_str();
  auto* seed =
      app.add_option("--seed", options->seed, "Of commands and stalls.")->capture_default_str();
  app.add_option("--rtl", options->rtl,
                 "A folder with SystemVerilog of your own (*.sv, *.v), whose top module has\n"
                 "the ports that --ports lists.")
      ->type_name("DIR");
  app.add_option("--top", options->top, "Its top module, if not named like the unit.")
      ->type_name("MODULE");
  app.add_option("--commands", options->commands,
                 "Run the commands of this file alone: one that a mismatch has left.")
      ->type_name("FILE")
      ->excludes(set)
      ->excludes(vectors)
      ->excludes(seed);
  app.add_option("--waves", options->waves,
                 "Write waveforms (.vcd or .fst): of the shrunk commands after a mismatch,\n"
                 "of those of --commands, or of the directed ones.")
      ->type_name("FILE");
  add_rtl_output(app, options->output);
  app.add_flag("--ports", options->ports, "Print parameters and ports, and run nothing.");
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) { return run(*options, console); };
}

const Command cosim_command{
    "cosim", Group::simulate, "Hold RTL against its model, cycle by cycle",
    "  mantissa cosim requantize\n"
    "  mantissa cosim requantize --set Lanes=8 --vectors 1000000 --seed 7\n"
    "  mantissa cosim requantize --ports\n"
    "  mantissa cosim requantize --rtl my_rtl --top my_requantizer --waves first.vcd\n"
    "  mantissa cosim requantize --commands cosim-requantize.yaml --waves again.fst\n"
    "\n"
    "A mismatch ends it with exit code 1; its shrunk commands and their waveforms are written to\n"
    "cosim-UNIT.yaml and cosim-UNIT.vcd, or beside the file of --waves.\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::cosim_command
