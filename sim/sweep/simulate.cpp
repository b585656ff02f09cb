// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/simulate.h"

#include "sim/run/run_point.h"
#include "sim/store/conversion.h"

namespace mantissa::sweep {

PointFunctions simulator() {
  PointFunctions functions;
  functions.check = [](const sim::PointRequest& request) {
    const sim::Point point = sim::resolve(request);
    return PointPlan{point.config_hash, point.resolved_yaml};
  };
  functions.run = [](const sim::PointRequest& request) {
    const sim::Point point = sim::resolve(request);
    return store::record_of(point, sim::run(point, nullptr));
  };
  return functions;
}

}  // namespace mantissa::sweep
