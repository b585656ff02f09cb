// SPDX-License-Identifier: Apache-2.0
// The memory of one chip as the user writes it. `model` picks the implementation behind the TLM-2.0
// socket.
#pragma once

#include <optional>
#include <string>

#include "base/config/schema.h"
#include "base/units.h"
#include "memory/dram/config.h"

namespace mantissa::memory {

struct MemoryConfig {
  std::string model = "ideal";
  Bytes capacity{8ull << 30};
  // Of the ideal memory.
  Bandwidth bandwidth{};          // shared by all cores of the chip
  Latency latency{};              // from acceptance to the first byte
  std::int64_t queue_depth = 32;  // transactions accepted and not yet answered
  // Of command-level DRAM: all channels of the chip.
  std::optional<dram::DramConfig> dram;
  static const config::Schema<MemoryConfig>& schema();

  // What a mapper may expect before anything has run, in core cycles: bytes at most, and from a
  // request to its first byte with a row to open.
  double bytes_per_cycle(Hertz core_clock) const;
  double idle_latency(Hertz core_clock) const;
};

}  // namespace mantissa::memory
