// SPDX-License-Identifier: Apache-2.0
// How a memory is cut into channels, ranks, bank groups, banks, rows and columns.
//
//   burst bytes     = width / 8 x burst_length          what one column command moves
//   bursts per row  = columns / burst_length
//   channel bytes   = ranks x bank_groups x banks x rows x columns x width / 8
//
// Every count is a power of two, since addresses are cut into bit fields (constraint in
// config.cpp).
#pragma once

#include <cstdint>

#include "base/config/schema.h"
#include "base/units.h"

namespace mantissa::memory::dram {

struct Organization {
  std::int64_t channels = 1;  // pseudo-channels, where the standard has them
  std::int64_t ranks = 1;     // HBM: stack IDs
  std::int64_t bank_groups = 1;
  std::int64_t banks = 1;    // per bank group
  std::int64_t rows = 0;     // per bank
  std::int64_t columns = 0;  // per row, each `width` bits wide
  std::int64_t width = 0;    // bits of a channel's data bus
  std::int64_t burst_length = 0;
  std::int64_t devices = 1;  // that share a rank's data bus, each with the currents of `energy`
  static const config::Schema<Organization>& schema();

  std::uint64_t banks_per_rank() const { return static_cast<std::uint64_t>(bank_groups * banks); }
  std::uint64_t banks_per_channel() const {
    return static_cast<std::uint64_t>(ranks) * banks_per_rank();
  }
  std::uint64_t burst_bytes() const { return static_cast<std::uint64_t>(width / 8 * burst_length); }
  std::uint64_t bursts_per_row() const {
    return static_cast<std::uint64_t>(columns / burst_length);
  }
  std::uint64_t channel_bytes() const {
    return banks_per_channel() * static_cast<std::uint64_t>(rows) * bursts_per_row() *
           burst_bytes();
  }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(channels) * channel_bytes(); }
};

}  // namespace mantissa::memory::dram
