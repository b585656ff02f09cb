// SPDX-License-Identifier: Apache-2.0
// The parts of the study `ipu`; each adds its tables, figures and comparisons to a result.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "workloads/precision/ipu/config.h"
#include "workloads/precision/ipu/unit_cost.h"
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

// And for whole networks on a chip.
void add_workloads(const IpuStudyConfig& config, StudyContext& context, const Progress& progress,
                   StudyResult& result);

// The greatest gain over the baseline, and where it is.
struct Best {
  double ratio = 0;
  std::string where;
  void see(double r, const std::string& here) {
    if (r <= ratio) return;
    ratio = r;
    where = here;
  }
  double percent() const { return 100 * (ratio - 1); }
};

// Beside the gains of the abstract. `tops`: which integers; `over`: "most over 38 bits".
struct Headlines {
  Best tops_per_area, tops_per_power, flops_per_area, flops_per_power;
  void add_to(StudyResult& result, const std::string& tops, const std::string& over) const;
};

// 4. Area, and what it delivers.
void add_costs(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
               StudyResult& result);

// 5. Configurations of multipliers: iterations, and what those deliver that are synthesised.
struct Multipliers {
  const char* name;
  int digit_a, digit_b;
  UnitFormats formats;
  std::int64_t published[4];  // iterations of 4x4, 8x4, 8x8, FP16; 0: no figure is known

  // Of the same four; 0: not with these formats.
  std::array<std::int64_t, 4> iterations() const;
};
const std::vector<Multipliers>& configurations();
void add_iterations(const IpuStudyConfig& config, StudyResult& result);
void add_configurations(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
                        StudyResult& result);

}  // namespace mantissa::workloads::ipu
