// SPDX-License-Identifier: Apache-2.0
// The technologies of configs/tech, by node.
#pragma once

#include <string>

#include "power/technology.h"

namespace mantissa::power {

inline Technology shipped(const std::string& node) {
  return Technology::load(std::string(MANTISSA_SOURCE_DIR) + "/configs/tech/" + node + ".yaml");
}

}  // namespace mantissa::power
