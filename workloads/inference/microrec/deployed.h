// SPDX-License-Identifier: Apache-2.0
// The layouts that MicroRec's authors put on an Alveo U280, as published (thesis and public HLS
// code of arXiv 2010.05894):
//
//   small   42 tables = 32 on HBM + 2 on DDR + 8 on chip, 364,840,000 elements: four products of
//           100 x 1k rows, two of 500 x 1k, the table of 32 dimensions halved over both DDRs
//   large   84 tables = 64 + 4 + 16, 3,848,600,000 elements: nine products of 100 x 1k rows, two of
//           500 x 500, one of 100 x 500, one of 100 x 100 x 500
//
// Which product shares a channel with which is not published; they are balanced here.
#pragma once

#include "workloads/inference/microrec/layout.h"

namespace mantissa::workloads::microrec {

struct DeployedLayout {
  TableSet set;  // with the halves as tables of their own
  Layout layout;
};

// Of the sets as shipped; any other is a bug of the caller.
DeployedLayout deployed_small(const TableSet& small, const LookupCosts& costs, bool merged = true);
DeployedLayout deployed_large(const TableSet& large, const LookupCosts& costs, bool merged = true);

}  // namespace mantissa::workloads::microrec
