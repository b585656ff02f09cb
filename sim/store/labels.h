// SPDX-License-Identifier: Apache-2.0
// What to call a point in a table or figure. Overrides that all points of a sweep share are left
// out, the others are told apart by whom they concern:
//
//   variant   "tpu_v1", "systolic_32x32 rows=64"     the architecture and its varied parameters;
//             "rows=64"                              these alone when there is one architecture
//   job       "resnet50", "resnet50 batch=8"         the workload and its varied parameters
//
// Points of one job do the same work, so their latencies and energies may be compared.
#pragma once

#include <string>
#include <vector>

#include "sim/store/results.h"

namespace mantissa::store {

struct Label {
  std::string variant, job;
};

std::vector<Label> labels(const std::vector<PointRow>& points);

// The name of an architecture or workload: files lose folder and ending.
std::string short_name(const std::string& preset_or_file);

// For each point whether no other point of its sweep and job beats it in every objective of the
// sweep (latency and energy when it names none). Failed and infeasible points are never on the
// front.
std::vector<bool> pareto_points(const Results& results);

}  // namespace mantissa::store
