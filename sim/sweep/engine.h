// SPDX-License-Identifier: Apache-2.0
// Runs a sweep: plan, simulate in worker processes, journal every point.
//
//   1. Every point is resolved and checked, in parallel, before the first one runs: a misspelt key
//      stops the sweep at once and not after an hour.
//   2. Points of equal configuration (by hash) are simulated once, also those that an earlier sweep
//      in the same directory has left there.
//   3. A point that crashes, hangs or throws becomes a `failed` row with the reason.
//
// The rows do not depend on the number of workers, on the order in which they finish, or on whether
// the sweep was killed and resumed. Simulated points go through PointFunctions, so that tests can
// put anything in their place.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sim/store/results.h"
#include "sim/sweep/sweep.h"

namespace mantissa::sweep {

struct PointPlan {
  std::string hash;           // equal configurations have equal hashes
  std::string resolved_yaml;  // parameters that constraints may name
};

struct PointFunctions {
  std::function<PointPlan(const sim::PointRequest&)> check;    // throws Error
  std::function<store::Record(const sim::PointRequest&)> run;  // throws Error; only in workers
};

// Part `index` of `count`: for Slurm arrays. Each part writes shards/results.INDEX.sqlite.
struct Shard {
  std::uint64_t index = 0, count = 1;
};
// "3/8", or "array": from SLURM_ARRAY_TASK_ID, _MIN and _COUNT.
Shard parse_shard(const std::string& text);

struct SweepOptions {
  std::string directory;
  unsigned workers = 1;
  bool resume = false;
  bool run = true;  // false: plan and merge shards, simulate nothing
  std::optional<Shard> shard;
  std::optional<double> seconds_per_point;
  std::string program;  // "mantissa 0.1.0 (f491d74)", stored with the sweep
  // phase: "checking" or "running".
  std::function<void(const char* phase, std::uint64_t done, std::uint64_t total,
                     std::uint64_t failed)>
      progress;
};

struct SweepOutcome {
  std::uint64_t points = 0;
  std::uint64_t simulated = 0;  // configurations
  std::uint64_t shared = 0;     // points that another point or an earlier sweep had answered
  std::uint64_t failed = 0, infeasible = 0, pending = 0;
  int signal = 0;  // SIGINT or SIGTERM stopped it: everything finished is stored
};

// Throws Error: a bad sweep, a bad point, a directory in use, a full disk.
SweepOutcome run_sweep(const Sweep& sweep, const SweepOptions& options,
                       const PointFunctions& functions);

std::string results_path(const std::string& directory, const std::optional<Shard>& shard = {});

}  // namespace mantissa::sweep
