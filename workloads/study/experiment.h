// SPDX-License-Identifier: Apache-2.0
// Experiments: programs that turn parameters into tables and figures. A study is a YAML file that
// names one and sets its parameters:
//
//   version: 1
//   kind: study
//   experiment: randbet
//   title: Bit-error robustness on the 8x8 digits
//   parameters: {epochs: 20, chips: 50}
//
// An experiment is one .cpp that registers itself; its parameters are declared once, as those of
// any component:
//
//   struct RandbetConfig {
//     std::int64_t epochs = 20;
//     static const config::Schema<RandbetConfig>& schema();
//   };
//   StudyResult randbet(const RandbetConfig& config, StudyContext& context);
//   const ExperimentRegistration<RandbetConfig> registration("randbet", randbet);
//
// The experiment named `checkpointed` work goes on where it stopped when it is run again with the
// same parameters: context.directory holds what it keeps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arch/session/session.h"
#include "base/config/schema.h"
#include "workloads/study/result.h"
#include "workloads/workload.h"

namespace mantissa::workloads {

inline const ErrorKind unknown_experiment{"study.experiment", ExitCode::bad_input,
                                          "A study names an experiment that does not exist."};
inline const ErrorKind experiment_interrupted{
    "study.interrupted", ExitCode::resource,
    "An experiment was stopped; what it had done is kept and it goes on when run again."};

// A chip that an experiment may build sessions of.
struct StudyChip {
  arch::ArchConfig arch;
  power::Technology technology;
};

// What an experiment sees of the program around it.
struct StudyContext {
  // Where checkpoints and other files of the experiment go; empty: nowhere, nothing is kept.
  std::filesystem::path directory;
  // Where recorded traces go (--trace): a prefix; empty: nowhere.
  std::filesystem::path trace;
  // 0..1 of all the work, and what is being done.
  std::function<void(double fraction, const std::string& step)> progress =
      [](double, const std::string&) {};
  // Asked between steps, several times a second: true after Ctrl-C. The experiment then saves and
  // throws Error(experiment_interrupted).
  std::function<bool()> interrupted = [] { return false; };
  // Presets or files with overrides ("core.matrix.rows=64"), as `mantissa run` takes them.
  std::function<StudyChip(const std::string& arch, const std::vector<std::string>& overrides)> chip;
  std::function<LoadedWorkload(const std::string& workload,
                               const std::vector<std::string>& overrides)>
      workload;
};

class Experiment {
 public:
  std::string name;
  std::string doc;
  std::vector<config::ParameterInfo> parameters;
  // `parameters` is the section of the study, perhaps empty. Throws Error before any work is done
  // when it cannot be run as asked.
  std::function<StudyResult(const config::Node& parameters, StudyContext& context)> run;
  // Parses alone, for `mantissa validate`, and writes every parameter, defaults included.
  std::function<config::Node(const config::Node& parameters)> resolve;
};

// Those registered so far, by name. Some live in the module with libtorch (sim/cli loads it).
std::vector<const Experiment*> experiments();
const Experiment* experiment(const std::string& name);  // nullptr: not registered
void register_experiment(Experiment experiment);

template <class Config>
class ExperimentRegistration {
 public:
  ExperimentRegistration(const char* name, StudyResult (*run)(const Config&, StudyContext&)) {
    Experiment e;
    e.name = name;
    e.doc = Config::schema().doc();
    e.parameters = Config::schema().parameters();
    e.run = [run](const config::Node& parameters, StudyContext& context) {
      return run(Config::schema().parse(parameters, "parameters"), context);
    };
    e.resolve = [](const config::Node& parameters) {
      return Config::schema().write(Config::schema().parse(parameters, "parameters"));
    };
    register_experiment(std::move(e));
  }
};

// The head of a study file.
struct StudyConfig {
  std::int64_t version = 1;
  std::string kind = "study", experiment, name, title, description;
  static const config::Schema<StudyConfig>& schema();
};

struct Study {
  std::string path;
  StudyConfig config;
  config::Node parameters;  // the experiment's own
};

// "epochs=3" and "parameters.epochs=3" mean the same. A study without a name has that of its file,
// one without a title its name. Throws the errors of base/config.
Study load_study(const std::string& path, const config::Resolver& presets,
                 const std::vector<std::string>& overrides);

}  // namespace mantissa::workloads
