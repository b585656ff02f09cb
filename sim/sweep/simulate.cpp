// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/simulate.h"

#include <optional>

#include "sim/run/output_error.h"
#include "sim/run/run_point.h"
#include "sim/store/conversion.h"

namespace mantissa::sweep {
namespace {

// What the point would compute without faults. Chips and voltages of one campaign share it, so a
// worker keeps the last one.
const std::vector<arch::OutputTensor>& sound_outputs(const sim::Point& point) {
  struct Kept {
    std::string arch, workload;
    std::vector<arch::OutputTensor> outputs;
  };
  static std::optional<Kept> kept;
  const sim::Point sound = sim::without_faults(point);
  const std::string arch = arch::ArchConfig::schema().write(sound.arch).yaml();
  const std::string workload = point.request.workload + '\n' + point.workload.resolved_yaml;
  if (!kept || kept->arch != arch || kept->workload != workload)
    kept = Kept{arch, workload, sim::run(sound, nullptr).outputs};
  return kept->outputs;
}

}  // namespace

PointFunctions simulator() {
  PointFunctions functions;
  functions.check = [](const sim::PointRequest& request) {
    const sim::Point point = sim::resolve(request);
    return PointPlan{point.config_hash, point.resolved_yaml};
  };
  functions.run = [](const sim::PointRequest& request) {
    const sim::Point point = sim::resolve(request);
    const arch::RunResult result = sim::run(point, nullptr);
    store::Record record = store::record_of(point, result);
    if (point.request.fidelity == arch::Fidelity::data && sim::may_fail(point.arch))
      store::add_output_error(record, sim::output_error(sound_outputs(point), result.outputs));
    return record;
  };
  return functions;
}

}  // namespace mantissa::sweep
