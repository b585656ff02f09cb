// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/trace/chakra.h"
#include "base/trace/describe.h"
#include "sim/cli/choices.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/usage.h"
#include "sim/presets/presets.h"
#include "sim/run/workload_module.h"
#include "workloads/operands.h"
#include "workloads/workload.h"

namespace mantissa::cli::trace_command {
namespace {

struct Options {
  std::string workload, output, format = "int8";
  std::uint32_t ranks = 1;
  std::vector<std::string> overrides;
  bool show = false, operands = false;
};

workloads::LoadedWorkload load(const Options& options) {
  const auto& presets = sim::Presets::standard();
  workloads::LoadOptions load;
  load.native = *trace::number_format(options.format);  // checked while parsing
  load.ranks = options.ranks;
  for (const auto& text : options.overrides)
    load.overrides.push_back(text.rfind("workload.", 0) == 0 ? text.substr(9) : text);
  const std::string file = presets.find(sim::PresetKind::workload, options.workload);
  sim::load_reader_of(file);
  return workloads::load_workload(file, presets.resolver(sim::PresetKind::workload), load);
}

// FILE.et for one rank, FILE.0.et, FILE.1.et, ... for several.
std::string path_for(const std::string& output, std::size_t ranks, std::uint32_t rank) {
  if (ranks == 1) return output;
  const auto extension = output.rfind(".et");
  const std::string end = extension == std::string::npos ? "" : output.substr(extension);
  const std::string path = trace::chakra_path(output.substr(0, extension), rank);
  return end == ".et.gz" ? path + ".gz" : path;
}

// The trace names the file without its folder, so that both may move together.
void write_operands_beside(const workloads::LoadedWorkload& workload, trace::Trace& trace,
                           const std::string& path) {
  const auto source = workload.operands;
  const std::string file = path.substr(0, path.rfind(".et")) + ".safetensors";
  if (source) workloads::write_operands(trace, source, file);
  if (source) trace.operands_file = std::filesystem::path(file).filename().string();
}

ExitCode run(const Options& options, Console& console) {
  if (!options.show && options.output.empty())
    throw Error(missing_argument)
        .at("mantissa trace")
        .say("nothing to do")
        .expected("-o FILE.et to write the trace, or --show to print it");
  auto workload = load(options);
  for (const auto& warning : workload.warnings) console.warning(warning);
  for (auto& trace : workload.traces) {
    if (options.show) console.out() << trace::describe(trace);
    if (options.output.empty()) continue;
    const std::string path = path_for(options.output, workload.traces.size(), trace.rank);
    if (options.operands) write_operands_beside(workload, trace, path);
    trace::write_chakra(trace, path, trace::Checked::yes);  // every loader has checked it
    console.note(fmt::format("wrote {}: {} operators", path, trace.ops.size()));
  }
  return ExitCode::ok;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const auto& info : trace::number_formats()) names.emplace_back(info.name);
  return names;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("WORKLOAD", options->workload,
                 "Workload: a preset name, or a file (.yaml, .csv, .onnx, .et, .pt).")
      ->required();
  app.add_option("-o,--output", options->output,
                 "Write a Chakra execution trace; several ranks: FILE.0.et, FILE.1.et, ...")
      ->type_name("FILE.et");
  app.add_flag("--operands", options->operands,
               "Also write FILE.safetensors with the contents of inputs and parameters,\n"
               "drawn from the workload's seed where it has none.");
  app.add_flag("--show", options->show, "Print the operators with their shapes and MACs.");
  app.add_option("--set", options->overrides, "Override a parameter of the workload: batch=8.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--ranks", options->ranks, "Cores that the workload is split over.")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--format", options->format, "Number format of networks that state none.")
      ->check(one_of(format_names()))
      ->capture_default_str();
  return [options](Console& console) { return run(*options, console); };
}

const Command trace_command{"trace", Group::inspect,
                            "Write or show the execution trace of a workload",
                            "  mantissa trace resnet50 -o resnet50.et\n"
                            "  mantissa trace --show resnet50.et\n"
                            "  mantissa trace bert_base --set length=128 --show\n"
                            "  mantissa trace model.onnx -o model.et.gz\n",
                            declare};

}  // namespace
}  // namespace mantissa::cli::trace_command
