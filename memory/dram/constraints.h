// SPDX-License-Identifier: Apache-2.0
// Every timing rule of a channel as data: after command A, command B has to wait so many cycles,
// if both go to the same bank, bank group or rank, or to different ranks.
//
//   window 1   counts from the last A
//   window n   counts from the n-th last A: at most n of them in `cycles` (tFAW: n = 4)
//
// The rules follow JESD79 (DDR3, DDR4), JESD209 (LPDDR4, LPDDR5) and JESD235/238/270 (HBM), read
// second-hand in public simulators' tables. A burst occupies the bus, so column-to-column is at
// least `burst`. The table holds no order: the latest of all rules decides.
#pragma once

#include <vector>

#include "memory/dram/command.h"
#include "memory/dram/organization.h"
#include "memory/dram/timing.h"

namespace mantissa::memory::dram {

// Why a command, and behind it the data bus, had to wait. The order is that of reports.
enum class Wait : std::uint8_t {
  none,
  demand,      // nobody asked for anything
  queue,       // requests waited outside, where the controller cannot reorder them
  row,         // activate, precharge or write recovery of the bank itself: row conflicts
  activate,    // tRRD: activates of one rank
  window,      // tFAW: four activates in a window
  column,      // tCCD within a bank group
  turnaround,  // between reads and writes, or between ranks
  refresh,
  power_down,   // leaving power-down or self-refresh
  command_bus,  // another command went first
  bus,          // the data bus itself
};
constexpr std::size_t waits = 12;
const char* name(Wait wait);     // "row", "window", ...
const char* meaning(Wait wait);  // one sentence

struct Constraint {
  CommandKind before{}, after{};
  Level level{};
  std::int64_t cycles = 0;
  std::uint32_t window = 1;
  Wait wait{};
  const char* rule = "";  // "tRCD(rd)", "CL + burst + tRTRS - CWL", ...
};

std::vector<Constraint> constraints(const Organization& organization, const Timing& timing);

}  // namespace mantissa::memory::dram
