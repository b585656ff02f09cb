// SPDX-License-Identifier: Apache-2.0
// The timing parameters of a device, in cycles of its command clock, under their JEDEC names
// without the t (tRCD -> RCD). What they mean for pairs of commands is the table of
// constraints.h.
//
// `burst` is the time that a burst occupies the data bus. Parameters that a standard does not tell
// apart have one value in both places (RRDS = RRDL, ...).
#pragma once

#include <cstdint>

#include "base/config/schema.h"

namespace mantissa::memory::dram {

struct Timing {
  std::int64_t burst = 0;
  std::int64_t CL = 0, CWL = 0;       // column command to first data
  std::int64_t RCDRD = 0, RCDWR = 0;  // activate to column command
  std::int64_t RP = 0, RPab = 0;      // precharge of one bank, of all banks; RPab 0: as RP
  std::int64_t RAS = 0, RC = 0;       // activate to precharge, to activate
  std::int64_t RRDS = 0, RRDL = 0, FAW = 0;
  std::int64_t CCDS = 0, CCDL = 0;
  std::int64_t WR = 0;              // last write data to precharge
  std::int64_t RTP = 0;             // read to precharge
  std::int64_t WTRS = 0, WTRL = 0;  // last write data to read
  std::int64_t RTW = 0;             // read to write, command to command; 0: CL + burst + RTRS - CWL
  std::int64_t RTRS = 1;            // idle bus between ranks and directions
  std::int64_t RFC = 0, RFCpb = 0;  // refresh of a rank, of one bank (0: not supported)
  std::int64_t REFI = 0,
               REFIpb = 0;  // between refreshes of a rank, of a bank each; REFIpb 0: REFI / banks
  std::int64_t RREFD = 0;   // per-bank refresh to activate or refresh of another bank; 0: RRDS
  std::int64_t PPD = 0;     // precharge to precharge
  std::int64_t CKE = 1, XP = 1;    // shortest power-down; its exit to any command
  std::int64_t CKESR = 1, XS = 0;  // shortest self-refresh; its exit to any command (0: RFC + 10)
  static const config::Schema<Timing>& schema();
};

}  // namespace mantissa::memory::dram
