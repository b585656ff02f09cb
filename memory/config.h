// SPDX-License-Identifier: Apache-2.0
// The memory of one chip as the user writes it. `model` picks the implementation behind the TLM-2.0
// socket.
#pragma once

#include <string>

#include "base/config/schema.h"
#include "base/units.h"

namespace mantissa::memory {

struct MemoryConfig {
  std::string model = "ideal";
  Bytes capacity{8ull << 30};
  Bandwidth bandwidth{};          // shared by all cores of the chip
  Latency latency{};              // from acceptance to the first byte
  std::int64_t queue_depth = 32;  // transactions accepted and not yet answered
  static const config::Schema<MemoryConfig>& schema();
};

}  // namespace mantissa::memory
