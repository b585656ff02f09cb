// SPDX-License-Identifier: Apache-2.0
#include "sim/run/workload_module.h"

#include <filesystem>

#include "sim/study/executor_module.h"

namespace mantissa::sim {

void load_reader_of(const std::string& file) {
  if (std::filesystem::path(file).extension() == ".pt") load_executor();
}

}  // namespace mantissa::sim
