// SPDX-License-Identifier: Apache-2.0
// What a memory drew for what it did, part by part, each with its formula, scope and source.
//
// By currents (the datasheet method; mA x V x ns = pJ; `devices` in parallel, tCK in ns):
//   activation   ACT x VDD (IDD0 tRC - IDD3N tRAS - IDD2N (tRC - tRAS))    with its precharge
//   read, write  RD x VDD (IDD4R - IDD3N) burst,  WR x VDD (IDD4W - IDD3N) burst
//   refresh      REF x VDD (IDD5AB - IDD3N) tRFC;  of one bank: the same / banks of a rank
//   background   time of each state of the ranks x VDD x IDD3N, 2N, 3P, 2P or 6
// By energies:
//   activation   ACT x activate;  read, write: bits x pj_per_bit
// On top of both:  I/O  bits x io_pj_per_bit.
//
// What no figure is given for is in `missing`, and is not zero: the report says so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "memory/dram/config.h"
#include "memory/dram/statistics.h"

namespace mantissa::memory::dram {

struct EnergyPart {
  std::string name;  // "activation", "read", "background.active_standby", ...
  Picojoules energy{};
  std::string formula;  // with the numbers in it
  std::string scope, source;
};

struct EnergyReport {
  std::vector<EnergyPart> parts;     // empty: nothing is known
  std::vector<std::string> missing;  // what is in no part
  Picojoules total{};                // of the parts
  bool known() const { return !parts.empty(); }
};

// The energy of one activate with its precharge, of a burst, of a refresh: what the parts multiply.
struct ActionEnergies {
  std::optional<Picojoules> activate, read, write, refresh, refresh_bank, io;
};
ActionEnergies action_energies(const DramConfig& config);

EnergyReport energy(const DramConfig& config, const ChannelStatistics& statistics);

}  // namespace mantissa::memory::dram
