// SPDX-License-Identifier: Apache-2.0
// Memory models by name. A model is one .cpp that registers a factory; `memory.model` picks it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "memory/config.h"
#include "memory/memory.h"

namespace mantissa::memory {

// `clock` is the core's: latencies and bandwidths may be given in its cycles.
using MemoryFactory = std::function<std::unique_ptr<Memory>(
    const char* module_name, const MemoryConfig& config, const Clock& clock)>;

struct MemoryModel {
  MemoryModel(const char* name, MemoryFactory factory);  // registers
};

std::vector<std::string> memory_models();  // sorted
bool is_memory_model(const std::string& name);
std::unique_ptr<Memory> make_memory(const char* module_name, const MemoryConfig& config,
                                    const Clock& clock);

}  // namespace mantissa::memory
