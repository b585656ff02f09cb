// SPDX-License-Identifier: Apache-2.0
// When a command is legal as far as time goes, said once more in plain words: the JEDEC parameters
// against the cycles of earlier commands, one condition a line, without the rule table of the
// controller. What is open and who sleeps is not asked here.
#pragma once

#include <vector>

#include "memory/dram/command.h"
#include "memory/dram/organization.h"
#include "memory/dram/timing.h"

namespace mantissa::memory::dram {

class TimingOracle {
 public:
  TimingOracle(const Organization& organization, const Timing& timing);

  void record(const Command& command);       // in the order of their cycles
  bool legal(const Command& command) const;  // in its own cycle

 private:
  using Time = std::int64_t;
  static constexpr Time never = -(Time{1} << 60);

  // The last command of this kind to a bank, to a bank group (of `bank`), to a rank, to any other
  // rank. Commands to a whole rank are kept under its bank 0.
  Time of_bank(CommandKind kind, std::size_t rank, std::size_t bank) const;
  Time of_group(CommandKind kind, std::size_t rank, std::size_t bank) const;
  Time of_rank(CommandKind kind, std::size_t rank) const;
  Time of_other_ranks(CommandKind kind, std::size_t rank) const;
  Time fourth_last_activate(std::size_t rank) const;

  bool activate(const Command& c) const;
  bool precharge(const Command& c) const;
  bool precharge_all(const Command& c) const;
  bool read(const Command& c) const;
  bool write(const Command& c) const;
  bool refresh(const Command& c) const;
  bool refresh_bank(const Command& c) const;
  bool power_down_enter(const Command& c) const;
  bool self_refresh_enter(const Command& c) const;
  bool awake(const Command& c) const;       // left power-down and self-refresh long enough ago
  bool data_moved(const Command& c) const;  // before the rank's clock may stop

  std::size_t ranks_, banks_, banks_per_group_;  // banks of a rank
  Timing t_;
  std::vector<Time> last_;                    // [rank][bank][kind]
  std::vector<std::vector<Time>> activates_;  // of each rank
};

}  // namespace mantissa::memory::dram
