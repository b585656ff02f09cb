// SPDX-License-Identifier: Apache-2.0
// A study, from its name to what it found: `mantissa exec` runs one.
//
//   const LoadedStudy study = load_study("voltage", {"maps=50"});
//   workloads::StudyContext context = context_of(study);
//   const StudyRun run = run_study(study, context);
//
// Errors: those of base/config, of sim/presets, of executor_module.h, study.experiment, and those
// of the experiment itself.
#pragma once

#include <string>
#include <vector>

#include "workloads/study/experiment.h"

namespace mantissa::sim {

struct LoadedStudy {
  workloads::Study study;
  const workloads::Experiment* experiment = nullptr;
  std::string resolved_yaml;  // every parameter, defaults included; a study file itself
};

// Of the experiment's name. Loads the module with libtorch when it is not built in.
const workloads::Experiment& find_experiment(const std::string& name, const Place& named_at);

// A preset's name or a file; overrides as workloads::load_study takes them. Checks all parameters.
LoadedStudy load_study(const std::string& name_or_file, const std::vector<std::string>& overrides);

// Chips and workloads are presets or files, beside the study or from where the program runs.
workloads::StudyContext context_of(const LoadedStudy& study);

struct StudyRun {
  std::string name, title, description, experiment;
  std::string resolved_yaml;
  workloads::StudyResult result;
  std::string program;  // that ran it: "mantissa 0.1.0 (f491d74)"
};

StudyRun run_study(const LoadedStudy& study, workloads::StudyContext& context);

}  // namespace mantissa::sim
