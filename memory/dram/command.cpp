// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/command.h"

#include <array>

namespace mantissa::memory::dram {

const char* name(CommandKind kind) {
  static constexpr std::array<const char*, command_kinds> names = {
      "ACT", "PRE", "PREA", "RD", "RDA", "WR", "WRA", "REF", "REFPB", "PDE", "PDX", "SRE", "SRX"};
  return names[static_cast<std::size_t>(kind)];
}

const char* name(Level level) {
  static constexpr std::array<const char*, 4> names = {"bank", "bank group", "rank", "other ranks"};
  return names[static_cast<std::size_t>(level)];
}

}  // namespace mantissa::memory::dram
