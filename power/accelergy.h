// SPDX-License-Identifier: Apache-2.0
// An estimate as the three files of the Accelergy and Timeloop world, format version 0.4: energy
// reference table (pJ per action), area reference table (um2 per component, all instances), action
// counts. Labels become arguments; static power becomes an action that happens once per instance
// and costs that instance's energy of the whole run, so counts times energies is the total.
#pragma once

#include <string>

#include "power/estimate.h"

namespace mantissa::power {

struct AccelergyFiles {
  std::string ert, art, action_counts;  // ERT.yaml, ART.yaml, action_counts.yaml
};

AccelergyFiles to_accelergy(const Estimate& estimate);

}  // namespace mantissa::power
