// SPDX-License-Identifier: Apache-2.0
// The plan of a sweep: every point with its hash, before anything is simulated.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/sweep/engine.h"
#include "sim/sweep/worker_pool.h"

namespace mantissa::sweep {

struct Plan {
  std::vector<sim::PointRequest> requests;
  std::vector<store::PointRow> rows;
  std::vector<store::PublishedRow> published;
  // For every configuration that is to run: its positions, first one first.
  std::vector<std::vector<std::uint64_t>> groups;
};

// Resolves all points in worker processes. Nothing when a signal stopped it. The first point whose
// configuration is refused makes the sweep fail, except for parameters that are legal alone but not
// together (config.constraint): those points are infeasible.
std::optional<Plan> make_plan(const Sweep& sweep, const SweepOptions& options,
                              const PointFunctions& functions, StopSignals& stop);

// A name in a constraint: a stored quantity, or a parameter of the resolved configuration.
Constraint::Lookup lookup(const std::map<std::string, double>& metrics,
                          const config::Node& resolved);

// "tpu_v1 on resnet50 with core.matrix.rows=64".
std::string describe(const sim::PointRequest& request);

}  // namespace mantissa::sweep
