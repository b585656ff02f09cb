// SPDX-License-Identifier: Apache-2.0
// The shipped DRAMs, for tests that hold of every one of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/config/document.h"
#include "memory/dram/config.h"

namespace mantissa::memory::dram {

inline const std::string preset_folder = std::string(MANTISSA_SOURCE_DIR) + "/configs/memory";

inline std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(preset_folder)) {
    const auto node = config::read_file(entry.path().string());
    const auto* kind = node.find("kind");
    if (kind != nullptr && kind->text() == "dram") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

inline DramConfig preset(const std::string& name, const std::vector<std::string>& overrides = {}) {
  return config::load<DramConfig>(name, config::preset_folders({preset_folder}), overrides).value;
}

}  // namespace mantissa::memory::dram
