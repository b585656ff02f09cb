// SPDX-License-Identifier: Apache-2.0
// Workload files that only the executor reads: TorchScript.
#pragma once

#include <string>

namespace mantissa::sim {

// Loads the executor when `file` is one of them, so that workloads::load_workload can read it.
// Throws the errors of sim/study/executor_module.h.
void load_reader_of(const std::string& file);

}  // namespace mantissa::sim
