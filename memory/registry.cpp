// SPDX-License-Identifier: Apache-2.0
#include "memory/registry.h"

#include <map>

namespace mantissa::memory {
namespace {

std::map<std::string, MemoryFactory>& models() {
  static std::map<std::string, MemoryFactory> registered;
  return registered;
}

}  // namespace

MemoryModel::MemoryModel(const char* name, MemoryFactory factory) {
  models().emplace(name, std::move(factory));
}

std::vector<std::string> memory_models() {
  std::vector<std::string> names;
  for (const auto& model : models()) names.push_back(model.first);
  return names;
}

bool is_memory_model(const std::string& name) { return models().count(name) != 0; }

std::unique_ptr<Memory> make_memory(const char* module_name, const MemoryConfig& config,
                                    const Clock& clock) {
  MANTISSA_CHECK(is_memory_model(config.model), "memory model was not validated: " + config.model);
  return models().at(config.model)(module_name, config, clock);
}

}  // namespace mantissa::memory
