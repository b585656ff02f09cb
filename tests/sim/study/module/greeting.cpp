// SPDX-License-Identifier: Apache-2.0
// An experiment in a module of its own, as those with libtorch are: loaded when it is asked for,
// built of symbols that the program exports.
#include "workloads/study/experiment.h"

namespace mantissa::workloads {
namespace {

struct GreetingConfig {
  std::string whom = "world";
  static const config::Schema<GreetingConfig>& schema() {
    static const auto s = config::Schema<GreetingConfig>("Greets.").optional(
        "whom", &GreetingConfig::whom, "Nobody: stops, as at Ctrl-C.");
    return s;
  }
};

StudyResult greeting(const GreetingConfig& config, StudyContext&) {
  if (config.whom == "nobody") throw Error(experiment_interrupted).say("nobody is there");
  StudyResult result;
  result.notes.push_back("hello " + config.whom);
  return result;
}

const ExperimentRegistration<GreetingConfig> registration("greeting", greeting);

}  // namespace
}  // namespace mantissa::workloads
