// SPDX-License-Identifier: Apache-2.0
// A memory alone under a trace as one JSON object: what `dram --json` prints. Its fields are
// declared once, in dram_fields(), and defined in the object itself. The same run gives the same
// bytes.
#pragma once

#include <string>
#include <vector>

#include "memory/dram/config.h"
#include "memory/dram/energy.h"
#include "memory/dram/trace_run.h"
#include "sim/json/fields.h"
#include "sim/json/result_json.h"

namespace mantissa::sim {

struct DramRun {
  memory::dram::DramConfig config;
  std::string config_yaml, config_hash;
  std::string trace;                // path
  std::uint64_t request_bytes = 0;  // that a line of it asks for
  memory::dram::TraceResult result;
  memory::dram::EnergyReport energy;
  std::vector<std::string> warnings;
};

constexpr int dram_schema_version = 1;

// Latencies counted by powers of two: bin i holds those up to `up_to` cycles, and longer than those
// of the bin before.
struct LatencyBin {
  std::uint64_t up_to = 0, count = 0;
};
std::vector<LatencyBin> latency_bins(const memory::dram::LatencyHistogram& histogram);

// The percentiles that reports show, by the name of their field.
struct Percentile {
  const char* name;
  double share;
};
const std::vector<Percentile>& percentiles();

const std::vector<ResultField>& dram_fields();
Json to_json(const DramRun& run);

}  // namespace mantissa::sim
