// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>

#include "arch/chip/config.h"
#include "base/config/document.h"
#include "base/trace/safetensors.h"
#include "memory/config.h"
#include "memory/dram/config.h"
#include "power/technology.h"
#include "sim/cli/command.h"
#include "sim/cli/compare.h"
#include "sim/cli/usage.h"
#include "sim/presets/presets.h"
#include "sim/run/run_point.h"
#include "sim/sram/table.h"
#include "sim/study/study.h"
#include "sim/sweep/sweep.h"
#include "workloads/inference/microrec/published.h"
#include "workloads/workload.h"

namespace mantissa::cli::validate_command {
namespace {

inline const ErrorKind unknown_file_kind{"validate.unknown-kind", ExitCode::bad_input,
                                         "A file that is no architecture, memory, technology, "
                                         "workload, sweep, study, engine for embedding tables, "
                                         "such tables, trace, tensor file or result."};

// What a YAML file is for: by its `kind`, or by the keys that only one sort of file has.
std::string yaml_kind(const config::Node& node) {
  if (!node.is_map()) return {};
  if (const auto* kind = node.find("kind"); kind && kind->is_scalar()) {
    if (kind->text() == "dram") return "DRAM";
    for (const char* own : {"sweep", "sram", "study", "embedding", "tables"})
      if (kind->text() == own) return own;
    return "workload";
  }
  if (node.find("core")) return "architecture";
  if (node.find("figures") || node.find("node") || node.find("overrides")) return "technology";
  if (node.find("model") || node.find("queue_depth")) return "memory";
  if (node.find("layers") || node.find("ops")) return "workload";
  return node.find("base") ? "architecture" : "";
}

std::string check_yaml(const std::string& file) {
  const auto& presets = sim::Presets::standard();
  const auto node = config::read_file(file);
  const std::string kind = yaml_kind(node);
  if (kind == "architecture")
    sim::resolve_arch(file, {});
  else if (kind == "technology")
    power::Technology::load(file);
  else if (kind == "memory")
    config::load<memory::MemoryConfig>(file, presets.resolver(sim::PresetKind::memory));
  else if (kind == "DRAM")
    config::load<memory::dram::DramConfig>(file, presets.resolver(sim::PresetKind::memory));
  else if (kind == "workload")
    workloads::validate_workload(file, presets.resolver(sim::PresetKind::workload));
  else if (kind == "sweep")
    sweep::load_sweep(file);
  else if (kind == "sram")
    sim::tabulate(sim::load_sram(file, {}), {});
  else if (kind == "study")
    sim::load_study(file, {});
  else if (kind == "embedding")
    workloads::microrec::sources_below(presets.root().string()).engine({}, file);
  else if (kind == "tables")
    workloads::microrec::sources_below(presets.root().string()).set(file);
  else
    throw Error(unknown_file_kind)
        .at(node.place())
        .expected(
            "keys of an architecture (core), a memory (model), a DRAM (kind: dram), a technology "
            "(node), a workload (kind: network or ops), an SRAM (kind: sram), a sweep "
            "(kind: sweep), a study (kind: study), an engine for embedding tables (kind: "
            "embedding) or such tables (kind: tables)");
  return kind;
}

std::string check(const std::string& file) {
  std::string extension = std::filesystem::path(file).extension().string();
  if (extension == ".gz") extension = std::filesystem::path(file).stem().extension().string();
  if (!std::filesystem::is_regular_file(file))
    throw Error(sim::unknown_file)
        .at(file)
        .say(std::filesystem::exists(file) ? "this is not a regular file"
                                           : "there is no such file");
  if (extension == ".yaml" || extension == ".yml") return check_yaml(file);
  if (extension == ".safetensors") {
    trace::SafetensorsFile tensors(file);
    return "tensor file";
  }
  if (extension == ".json") {
    read_result(file);
    return "result";
  }
  if (extension == ".csv" && workloads::microrec::is_table_csv(file)) {
    workloads::microrec::load_table_set(file, {});
    return "tables";
  }
  if (extension == ".csv" || extension == ".onnx" || extension == ".et") {
    workloads::validate_workload(file,
                                 sim::Presets::standard().resolver(sim::PresetKind::workload));
    return extension == ".et" ? "execution trace" : "workload";
  }
  throw Error(unknown_file_kind)
      .at(file)
      .read(extension)
      .expected("a name that ends in .yaml, .csv, .onnx, .et, .et.gz, .safetensors or .json");
}

Action declare(CLI::App& app) {
  auto files = std::make_shared<std::vector<std::string>>();
  app.add_option("FILE", *files,
                 "Architectures, memories, technologies, workloads, sweeps, studies, engines\n"
                 "for embedding tables, such tables (.yaml, .csv, .onnx), traces (.et),\n"
                 "tensors (.safetensors), results (.json).")
      ->required();
  return [files](Console& console) {
    ExitCode worst = ExitCode::ok;
    for (const auto& file : *files) {
      try {
        const std::string kind = check(file);
        console.out() << fmt::format("{}: {}: {}\n", file, kind,
                                     console.paint(Colour::green, "valid"));
      } catch (const Error& error) {  // the other files are checked all the same
        console.error(error);
        worst = std::max(worst, error.exit());
      }
    }
    return worst;
  };
}

const Command validate_command{"validate", Group::inspect, "Check files without running anything",
                               "  mantissa validate my_chip.yaml my_net.yaml my_sweep.yaml\n"
                               "  mantissa validate resnet50.et weights.safetensors\n",
                               declare};

}  // namespace
}  // namespace mantissa::cli::validate_command
