// SPDX-License-Identifier: Apache-2.0
// DRAM commands, and the levels of a channel at which they constrain one another.
//
// A `_a` column command closes its row by itself (auto-precharge). `refresh` refreshes all banks of
// a rank, `refresh_bank` one bank. Commands occupy their bus for one cycle of the memory clock;
// where a standard sends a command over several cycles, its timing table counts from the last.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mantissa::memory::dram {

// Cycle of the memory's command clock. A plain integer inside the controller, where it is packed
// with other things; Cycles of the core clock live outside.
using Cycle = std::uint64_t;

enum class CommandKind : std::uint8_t {
  activate,
  precharge,
  precharge_all,
  read,
  read_a,
  write,
  write_a,
  refresh,
  refresh_bank,
  power_down_enter,
  power_down_exit,
  self_refresh_enter,
  self_refresh_exit,
};
constexpr std::size_t command_kinds = 13;
const char* name(CommandKind kind);  // "ACT", "PRE", "PREA", "RD", "RDA", ...

constexpr bool is_read(CommandKind k) { return k == CommandKind::read || k == CommandKind::read_a; }
constexpr bool is_write(CommandKind k) {
  return k == CommandKind::write || k == CommandKind::write_a;
}
constexpr bool is_column(CommandKind k) { return is_read(k) || is_write(k); }

// Where a constraint between two commands holds: both to one bank, both to one bank group, both to
// one rank, or to two different ranks of the channel.
enum class Level : std::uint8_t { bank, bank_group, rank, other_ranks };
const char* name(Level level);

struct Command {
  Cycle cycle = 0;
  CommandKind kind{};
  std::uint8_t rank = 0;
  std::uint8_t bank =
      0;  // within the rank: bank group x banks per group + bank; 0 for rank commands
  std::uint32_t row = 0;     // activate
  std::uint32_t column = 0;  // column commands: in bursts
};

// Receives the commands of one channel in the order of their cycles.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void command(const Command& command) = 0;
};

}  // namespace mantissa::memory::dram
