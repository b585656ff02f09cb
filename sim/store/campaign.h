// SPDX-License-Identifier: Apache-2.0
// Statistics over chips: points of a sweep that differ in core.chip_seed alone are one group, and
// every quantity that varies from chip to chip gets its mean, deviation and 95 % interval.
#pragma once

#include <string>
#include <vector>

#include "base/statistics/confidence.h"
#include "sim/store/labels.h"
#include "sim/store/quantity.h"

namespace mantissa::store {

struct CampaignRow {
  std::string sweep;
  Label label;  // of the group
  const Quantity* quantity = nullptr;
  statistics::Summary over_chips;
};

// What is told of chips: quantities of outputs and of faults, and energy.
const std::vector<const char*>& campaign_columns();

// Groups of at least two chips, in the order of their first points.
std::vector<CampaignRow> campaign_rows(const Results& results);

}  // namespace mantissa::store
