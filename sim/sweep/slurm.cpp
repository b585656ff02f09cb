// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm.h"

#include <fmt/format.h>

#include <filesystem>

namespace mantissa::sweep {
namespace {

// For a POSIX shell: 'it'\''s'.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

constexpr const char* script = R"sh(#!/bin/sh
#SBATCH --job-name={name}
#SBATCH --array=0-{last}
#SBATCH --cpus-per-task={workers}
#SBATCH --signal=TERM@60
#SBATCH --requeue
#SBATCH --output={directory}/slurm-%A_%a.log
# Afterwards, once: {command} --merge
{command} -j {workers} --shard array --resume
code=$?
# 75: told to end before all points were done. What is finished is stored; the rest runs again.
if [ "$code" -eq 75 ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
exit "$code"
)sh";

}  // namespace

std::string sbatch_script(const SlurmJob& job) {
  const auto absolute = [](const std::string& path) {
    return std::filesystem::absolute(path).lexically_normal().string();
  };
  std::string command = quoted(job.program) + " sweep " + quoted(absolute(job.sweep)) + " -o " +
                        quoted(absolute(job.directory));
  for (const auto& axis : job.grid) command += " --grid " + quoted(axis);
  return fmt::format(
      script, fmt::arg("name", "mantissa-" + std::filesystem::path(job.sweep).stem().string()),
      fmt::arg("last", job.tasks - 1), fmt::arg("workers", job.workers),
      fmt::arg("directory", absolute(job.directory)), fmt::arg("command", command));
}

}  // namespace mantissa::sweep
