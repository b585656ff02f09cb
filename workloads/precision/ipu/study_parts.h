// SPDX-License-Identifier: Apache-2.0
// The parts of the study `ipu`; each adds its tables, figures and comparisons to a result.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "workloads/precision/ipu/config.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads::ipu {

// Called between steps of a part; throws when the study is to stop.
using Progress = std::function<void(double fraction, const std::string& step)>;

// 1. Errors and contaminated bits against the window.
void add_errors(const IpuStudyConfig& config, const Progress& progress, StudyResult& result);

// 2. and 3. Exponent differences, and cycles per iteration and time of tiles because of them.
struct MeasuredTime {
  std::string source;
  std::int64_t lanes, software_precision, window, cluster;
  double time;  // of a tile, 1: that of a tree which never stalls
};
std::vector<MeasuredTime> add_times(const IpuStudyConfig& config, StudyContext& context,
                                    const Progress& progress, StudyResult& result);

// The same for the publication's tiles, whose units share operands.
void add_tiles(const IpuStudyConfig& config, const Progress& progress, StudyResult& result);

// 4. Area, and what it delivers.
void add_costs(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
               StudyResult& result);

// 5. Iterations of each configuration of multipliers.
void add_iterations(StudyResult& result);

}  // namespace mantissa::workloads::ipu
