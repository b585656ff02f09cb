// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/config/document.h"
#include "base/config/quantity_text.h"
#include "memory/dram/errors.h"
#include "memory/dram/trace_run.h"
#include "sim/cli/command.h"
#include "sim/cli/dram_report.h"
#include "sim/cli/format.h"
#include "sim/cli/usage.h"
#include "sim/presets/presets.h"
#include "sim/run/output_directory.h"

namespace mantissa::cli::dram_command {
namespace {

namespace dram = memory::dram;

struct Options {
  std::string memory, trace;
  std::vector<std::string> overrides;
  std::string bytes, commands, directory;
  bool json = false, timing = false;
};

config::Loaded<dram::DramConfig> load(const Options& options) {
  const auto& presets = sim::Presets::standard();
  return config::load<dram::DramConfig>(presets.find(sim::PresetKind::dram, options.memory),
                                        presets.resolver(sim::PresetKind::dram), options.overrides);
}

std::uint64_t request_bytes(const Options& options) {
  if (options.bytes.empty()) return 0;
  constexpr std::uint64_t most = 1 << 20;
  const auto bytes = config::parse_quantity<Bytes>(
      options.bytes, {"--bytes", Place{"mantissa dram", 0, 0, "--bytes"}});
  if (bytes.value == 0 || bytes.value > most)
    throw Error(bad_value).at("mantissa dram").read(options.bytes).expected("1 B to 1 MiB");
  return bytes.value;
}

std::vector<std::string> warnings(const sim::DramRun& run) {
  std::vector<std::string> warnings;
  const auto& result = run.result;
  if (result.wrapped > 0)
    warnings.push_back(fmt::format(
        "{} of {} requests lie beyond the {} of {}: the upper bits of their addresses are dropped",
        grouped(result.wrapped), grouped(result.requests),
        binary_bytes(run.config.organization.bytes()), run.config.name));
  return warnings;
}

dram::TraceResult simulate(const Options& options, const dram::DramConfig& config,
                           Console& console) {
  dram::TraceReader trace(options.trace);
  std::error_code error;
  if (!options.commands.empty() &&
      std::filesystem::equivalent(options.commands, options.trace, error))
    throw Error(dram::command_file).at(options.commands).say("this is the trace itself");
  std::optional<dram::CommandTrace> commands;
  if (!options.commands.empty()) commands.emplace(options.commands, config.organization);
  Progress progress(console, fmt::format("{} on {}", options.trace, config.name));
  const auto result =
      dram::run_trace(config, trace, {request_bytes(options)}, commands ? &*commands : nullptr,
                      [&](double share, std::uint64_t requests) {
                        progress.update(share, si(static_cast<double>(requests), "requests"));
                      });
  if (commands) commands->close();
  return result;
}

ExitCode run(const Options& options, Console& console) {
  const auto loaded = load(options);
  if (options.timing) {
    console.out() << timing_table(loaded.value, console);
    return ExitCode::ok;
  }
  if (options.trace.empty())
    throw Error(missing_argument)
        .at("mantissa dram")
        .say("TRACE is required")
        .remedy("see 'mantissa dram --help'");

  // Before the simulation: a folder that cannot be written to must not cost a run.
  std::optional<sim::OutputDirectory> directory;
  if (!options.directory.empty()) directory.emplace(options.directory, "dram");

  sim::DramRun run;
  run.config = loaded.value;
  run.config_yaml = loaded.yaml;
  run.config_hash = loaded.hash;
  run.trace = options.trace;
  run.result = simulate(options, loaded.value, console);
  run.request_bytes = request_bytes(options);
  if (run.request_bytes == 0) run.request_bytes = run.result.burst_bytes;
  run.energy = dram::energy(run.config, run.result.total);
  run.warnings = warnings(run);
  for (const auto& warning : run.warnings) console.warning(warning);

  if (directory) {
    const Console plain(console.out(), console.err(), false, false, false);
    directory->write("result.json", sim::to_json(run).dump(2) + "\n");
    directory->write("summary.txt", dram_summary(run, plain));
    directory->write("config.yaml", run.config_yaml);
    directory->commit();
  }
  if (options.json)
    console.out() << sim::to_json(run).dump(2) << '\n';
  else
    console.out() << dram_summary(run, console);
  if (directory) console.note("results are in " + directory->path().string());
  return ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("PRESET", options->memory,
                 "Memory: a name of 'mantissa list memories', or a YAML file.")
      ->required();
  app.add_option("TRACE", options->trace,
                 "Requests, one a line, also packed with gzip. The first tells the format:\n"
                 "  0x63fb40 READ 10   DRAMsim3: hex address, READ or WRITE, cycle\n"
                 "  LD 0x63fb40        Ramulator: LD or ST, address; as fast as it is taken\n"
                 "Cycles are of the command clock. Comments begin with #.");
  app.add_option("--set", options->overrides,
                 "Override a parameter: controller.page_policy=closed.\n"
                 "May be given several times; 'mantissa explain dram.controller' lists them.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--bytes", options->bytes,
                 "Bytes that a line of the trace asks for, cut into bursts.\n"
                 "Default: one burst.")
      ->type_name("SIZE");
  app.add_option("--commands", options->commands,
                 "Write every command into this file: cycle, channel, rank, bank group,\n"
                 "bank, command, row, column.")
      ->type_name("FILE");
  app.add_option("-o,--output", options->directory,
                 "Write result.json, summary.txt and config.yaml into this folder.")
      ->type_name("DIR");
  app.add_flag("--json", options->json, "Print one JSON object instead of the summary.");
  app.add_flag("--timing", options->timing,
               "Print the timing rules that hold between commands, and run nothing.");
  return [options](Console& console) { return run(*options, console); };
}

const Command dram_command{
    "dram", Group::simulate, "Run a memory trace on a DRAM alone",
    "  mantissa dram hbm2_8gb_x128 examples/memory_dramsim3.trc\n"
    "  mantissa dram ddr4_2400 examples/memory_ramulator.trc --json | jq .bytes_per_s\n"
    "  mantissa dram hbm2_2000_pc gemm.trc.gz --bytes '64 B' --commands commands.txt\n"
    "  mantissa dram lpddr5_6400 --timing\n"
    "\n"
    "Set like another simulator, to compare with it (its map, ranks, queues and policy):\n"
    "  mantissa dram ddr4_2400 gemm.trc --set controller.mapping=rochrababgco \\\n"
    "      --set controller.transaction_queue=16 --set timing.RTRS=1 \\\n"
    "      --set controller.write_high=16\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::dram_command
