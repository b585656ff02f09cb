// SPDX-License-Identifier: Apache-2.0
// Everything that `run -o DIR` leaves behind:
//   result.json          the run (sim/json)             config.yaml      resolved configuration
//   layers.csv           one row per layer              energy.csv       every price with its
//   source area.csv             likewise for the area          timeline.json.gz Perfetto
//   (sim/timeline) stats.txt            gem5 statistics text           COMPUTE_REPORT.csv
//   SCALE-Sim's columns ERT.yaml, ART.yaml, action_counts.yaml              Accelergy v0.4
//   outputs.safetensors  computed tensors, data mode only
#pragma once

#include <string>

#include "sim/run/output_directory.h"
#include "sim/run/run_point.h"
#include "sim/timeline/timeline.h"

namespace mantissa::sim {

void write_result_files(OutputDirectory& directory, const Point& point,
                        const arch::RunResult& result, const Timeline& timeline);

// The single texts, for whoever wants only one.
std::string layers_csv(const arch::RunResult& result);
std::string energy_csv(const power::Estimate& estimate);
std::string area_csv(const power::Estimate& estimate);
std::string stats_text(const Point& point, const arch::RunResult& result);
// Rows for the layers of the matrix unit. `timeline` knows when each layer's first fold began: what
// comes before is prefetch.
std::string compute_report_csv(const Point& point, const arch::RunResult& result,
                               const Timeline& timeline);

}  // namespace mantissa::sim
