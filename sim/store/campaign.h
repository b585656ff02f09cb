// SPDX-License-Identifier: Apache-2.0
// Statistics over chips: points of a sweep that differ in core.chip_seed alone are one group, and
// every quantity that varies from chip to chip gets its mean, deviation and 95 % interval, cut off
// where the quantity itself ends: none of them is negative, parts of the outputs are at most 1.
//
// Chips whose run failed have no values; `planned` counts them, too.
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
  std::uint64_t planned = 0;  // chips of the group, those included that failed or wait

  std::string chips() const;  // "8", or "7 of 8"
};

// What is told of chips: quantities of outputs and of faults, and energy.
const std::vector<const char*>& campaign_columns();

// Groups of at least two chips, in the order of their first points.
std::vector<CampaignRow> campaign_rows(const Results& results);

}  // namespace mantissa::store
