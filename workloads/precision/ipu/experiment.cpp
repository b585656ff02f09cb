// SPDX-License-Identifier: Apache-2.0
// The experiment `ipu`: what the width of the adder tree of a mixed-precision inner-product unit
// does to errors, time, area and energy (arXiv 2101.11748).
#include "workloads/study/experiment.h"

#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {

namespace {

StudyResult run(const IpuStudyConfig& config, StudyContext& context) {
  StudyResult result;
  const auto part = [&](double from, double to) {
    return [&context, from, to](double fraction, const std::string& step) {
      if (context.interrupted()) throw Error(experiment_interrupted).at("the study ipu");
      context.progress(from + (to - from) * fraction, step);
    };
  };
  add_errors(config, part(0, 0.4), result);
  const std::vector<MeasuredTime> times = add_times(config, context, part(0.4, 0.9), result);
  add_tiles(config, part(0.9, 0.92), result);
  add_workloads(config, context, part(0.92, 0.99), result);
  part(0.99, 1)(0, "areas and energies");
  add_costs(config, times, result);
  add_iterations(config, result);
  add_configurations(config, times, result);
  context.progress(1, "done");
  return result;
}

const ExperimentRegistration<IpuStudyConfig> registration("ipu", run);

}  // namespace
}  // namespace mantissa::workloads::ipu
