// SPDX-License-Identifier: Apache-2.0
// A batch script that runs a sweep as a Slurm array: every task is one shard with a file of its
// own.
//
//   mantissa sweep big.yaml -o /shared/big --slurm big.sbatch --tasks 32
//   sbatch --wait big.sbatch
//   mantissa sweep big.yaml -o /shared/big --merge
#pragma once

#include <string>
#include <vector>

namespace mantissa::sweep {

struct SlurmJob {
  std::string program;    // path of mantissa
  std::string sweep;      // file
  std::string directory;  // of results, on a file system that all nodes share
  std::vector<std::string> grid;
  unsigned tasks = 8;    // shards
  unsigned workers = 1;  // processes per task
};

// A task that is told to end (SIGTERM a minute before its limit) stores what is finished, exits
// with 75 and is queued again.
std::string sbatch_script(const SlurmJob& job);

}  // namespace mantissa::sweep
