// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study.h"

#include <fmt/format.h>

#include <filesystem>

#include "sim/presets/presets.h"
#include "sim/run/run_point.h"
#include "sim/run/version.h"
#include "sim/study/executor_module.h"

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

Error unknown(const std::string& name, const Place& named_at) {
  std::vector<std::string> names;
  for (const auto* e : workloads::experiments()) names.push_back(e->name);
  return Error(workloads::unknown_experiment)
      .at(named_at)
      .read(name)
      .expected("an experiment")
      .nearest(nearest_name(name, names))
      .remedy("'mantissa list experiments' shows them");
}

bool is_near_to_one(const std::string& name) {
  std::vector<std::string> names;
  for (const auto* e : workloads::experiments()) names.push_back(e->name);
  return !nearest_name(name, names).empty();
}

std::string resolved(const LoadedStudy& loaded) {
  const auto& head = loaded.study.config;
  config::Node node = workloads::StudyConfig::schema().write(head);
  node.set("parameters", loaded.experiment->resolve(loaded.study.parameters));
  return node.yaml();
}

// A file that a study names lies beside it, unless one is found from where the program runs.
std::string beside(const std::string& study, const std::string& name) {
  const fs::path file = fs::path(study).parent_path() / name;
  std::error_code ignored;
  const bool is_file = fs::path(name).has_extension();
  return is_file && !fs::exists(name, ignored) && fs::exists(file, ignored) ? file.string() : name;
}

}  // namespace

const workloads::Experiment& find_experiment(const std::string& name, const Place& named_at) {
  if (const auto* found = workloads::experiment(name)) return *found;
  try {
    load_executor();
  } catch (const Error&) {
    // A misspelt name needs no module; any other may live in it.
    if (is_near_to_one(name)) throw unknown(name, named_at);
    throw;
  }
  if (const auto* found = workloads::experiment(name)) return *found;
  throw unknown(name, named_at);
}

LoadedStudy load_study(const std::string& name_or_file, const std::vector<std::string>& overrides) {
  const auto& presets = Presets::standard();
  LoadedStudy loaded;
  loaded.study = workloads::load_study(presets.find(PresetKind::study, name_or_file),
                                       presets.resolver(PresetKind::study), overrides);
  loaded.experiment = &find_experiment(loaded.study.config.experiment,
                                       Place{loaded.study.path, 0, 0, "experiment"});
  loaded.resolved_yaml = resolved(loaded);
  return loaded;
}

workloads::StudyContext context_of(const LoadedStudy& study) {
  workloads::StudyContext context;
  const std::string file = study.study.path;
  context.chip = [file](const std::string& arch, const std::vector<std::string>& overrides) {
    const auto resolved = resolve_arch(beside(file, arch), overrides);
    return workloads::StudyChip{resolved, resolve_technology(resolved)};
  };
  context.workload = [file](const std::string& workload,
                            const std::vector<std::string>& overrides) {
    const auto& presets = Presets::standard();
    workloads::LoadOptions options;
    options.overrides = overrides;
    return workloads::load_workload(presets.find(PresetKind::workload, beside(file, workload)),
                                    presets.resolver(PresetKind::workload), options);
  };
  return context;
}

StudyRun run_study(const LoadedStudy& study, workloads::StudyContext& context) {
  const auto& head = study.study.config;
  StudyRun run;
  run.name = head.name;
  run.title = head.title;
  run.description = head.description;
  run.experiment = head.experiment;
  run.resolved_yaml = study.resolved_yaml;
  run.result = study.experiment->run(study.study.parameters, context);
  check(run.result);
  run.program = fmt::format("mantissa {} ({})", version(), revision());
  return run;
}

}  // namespace mantissa::sim
