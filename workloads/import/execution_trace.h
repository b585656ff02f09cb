// SPDX-License-Identifier: Apache-2.0
// Chakra execution traces as workloads: one file, or PREFIX.0.et, PREFIX.1.et, ... of a run on
// several ranks (each perhaps with .gz).
#pragma once

#include <string>
#include <vector>

#include "base/trace/graph.h"

namespace mantissa::workloads {

// Whether the name ends as that of a trace does.
bool is_execution_trace(const std::string& path);

// The traces in the order of their ranks. A safetensors file is looked for beside its trace. Throws
// the errors of base/trace/chakra.h, and Error(missing_rank).
std::vector<trace::Trace> read_execution_traces(const std::string& path,
                                                std::vector<std::string>& warnings);

// Whether PREFIX.0.et or PREFIX.0.et.gz exists, or one of another rank.
bool is_trace_prefix(const std::string& prefix);

}  // namespace mantissa::workloads
