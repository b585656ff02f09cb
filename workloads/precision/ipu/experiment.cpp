// SPDX-License-Identifier: Apache-2.0
// The experiment `ipu`: what the width of the adder tree of a mixed-precision inner-product unit
// does to errors, time, area and energy (arXiv 2101.11748).
#include "workloads/study/experiment.h"

#include <algorithm>
#include <string>

#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {

namespace {

// What is not there, or has no such pass, is refused before anything is measured.
void look_for(const IpuStudyConfig& config, StudyContext& context) {
  const std::string fp16 = "format=fp16";
  if (!config.workloads.empty() || !config.backward.empty())
    context.chip(config.chip, {"core.matrix.ipu.window=" + std::to_string(config.baseline)});
  for (const auto* networks : {&config.networks, &config.workloads})
    for (const std::string& network : *networks) context.workload(network, {fp16});
  for (const std::string& network : config.backward)
    context.workload(network, {fp16, "pass=backward"});
  if (!config.trace.empty()) context.workload(config.trace, {});
}

// The parts take the first of these lists for the least and the last for the greatest.
IpuStudyConfig sorted(IpuStudyConfig config) {
  for (auto* list : {&config.lanes, &config.windows, &config.software_precisions, &config.clusters})
    std::sort(list->begin(), list->end());
  return config;
}

StudyResult run(const IpuStudyConfig& asked, StudyContext& context) {
  const IpuStudyConfig config = sorted(asked);
  look_for(config, context);
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
