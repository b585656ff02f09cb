// SPDX-License-Identifier: Apache-2.0
// A campaign of fault injection as a section of a sweep: many chips at some supply voltages.
//
//   fidelity: data
//   campaign: {chips: 20, voltages: [0.9 Vmin, 0.84 Vmin], memories: [core.scratchpad]}
//
// It multiplies the sweep's points by its voltages and chips, as if `grid` had the memories'
// `voltage` and `core.chip_seed`, so campaigns resume and shard like any sweep. The outputs of each
// point are compared with those of the same point without faults (output_error.h); statistics over
// the chips are in campaign.csv and in the report (sim/store/campaign.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/sweep/parameters.h"

namespace mantissa::sweep {

struct CampaignSection {
  std::int64_t chips = 0;
  std::int64_t first_chip = 0;
  std::vector<PlacedText> voltages;
  std::vector<std::string> memories{"core.scratchpad"};
  static const config::Schema<CampaignSection>& schema();

  // Parameters that it sets.
  std::vector<std::string> keys() const;
  // The overrides of each (voltage, chip), chips fastest.
  std::vector<std::vector<std::string>> factors() const;
  // Throws Error(faults.voltage) for a text that is no voltage, Error(sweep.campaign) for equal
  // ones.
  void check() const;
};

}  // namespace mantissa::sweep
