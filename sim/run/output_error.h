// SPDX-License-Identifier: Apache-2.0
// How far a data-mode run's outputs are from those of the same run without faults.
//
//   changed      fraction of all output elements whose bits differ
//   difference   mean |y - y'| over all elements; elements that are no finite numbers count in
//                `changed` alone
//   top1         fraction of rows (all but the last dimension) whose greatest element is elsewhere
#pragma once

#include <vector>

#include "sim/run/run_point.h"

namespace mantissa::sim {

struct OutputError {
  double changed = 0, difference = 0, top1 = 0;
};

OutputError output_error(const std::vector<arch::OutputTensor>& expected,
                         const std::vector<arch::OutputTensor>& seen);

// Whether anything of it may fail.
bool may_fail(const arch::ArchConfig& config);
// The same point with nothing that fails.
Point without_faults(const Point& point);

}  // namespace mantissa::sim
