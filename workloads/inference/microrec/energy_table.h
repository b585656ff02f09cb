// SPDX-License-Identifier: Apache-2.0
// What one inference of the published builds draws, part by part, at the saturation point.
//
// DRAM as its datasheet or breakdown says (memory/dram/energy.h). Logic and on-chip memory as parts
// of a chip of their own in one technology (arch/engines/embedding/activity.h): an FPGA's
// configurable logic around them has no figure. Rows are parts and at last their sum, `all`, in uJ;
// columns the builds and where the figures come from.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/inference/microrec/index_stream.h"
#include "workloads/inference/microrec/published.h"
#include "workloads/study/result.h"

namespace mantissa::workloads::microrec {

// `technology`: a preset. Means are taken over `items`.
ResultTable energy_table(const Sources& sources, const std::string& technology,
                         const StreamConfig& stream, std::uint64_t items);

}  // namespace mantissa::workloads::microrec
