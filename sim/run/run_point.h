// SPDX-License-Identifier: Apache-2.0
// One point of anything: an architecture, a workload, overrides. `mantissa run` runs one, a sweep
// many, each in a worker process.
#pragma once

#include <string>
#include <vector>

#include "arch/session/session.h"
#include "workloads/workload.h"

namespace mantissa::sim {

struct PointRequest {
  std::string arch;                    // preset name or file
  std::string workload;                // preset name or file
  std::vector<std::string> overrides;  // "core.matrix.rows=64", "workload.batch=8"
  arch::Fidelity fidelity = arch::Fidelity::shape;
};

struct Point {
  PointRequest request;
  arch::ArchConfig arch;
  power::Technology technology;
  workloads::LoadedWorkload workload;
  std::string resolved_yaml;  // architecture, technology and workload, every default written out
  std::string config_hash;    // of resolved_yaml and the fidelity; equal points have equal hashes
};

// The parts of it, for whoever wants no workload.
arch::ArchConfig resolve_arch(const std::string& name_or_file,
                              const std::vector<std::string>& overrides);
power::Technology resolve_technology(const arch::ArchConfig& arch);

Point resolve(const PointRequest& request);  // throws Error
arch::RunResult run(const Point& point,
                    arch::Observer* observer);  // builds a Session; throws Error

}  // namespace mantissa::sim
