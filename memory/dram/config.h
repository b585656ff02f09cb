// SPDX-License-Identifier: Apache-2.0
// A DRAM as the user writes it: device, timing, controller, energy. Presets are in configs/memory;
// every parameter is declared once, in config.cpp.
//
//   version: 1
//   kind: dram
//   name: my_hbm
//   base: hbm2_8gb_x128            # a preset
//   controller: {page_policy: closed}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/units.h"
#include "memory/dram/organization.h"
#include "memory/dram/timing.h"

namespace mantissa::memory::dram {

enum class Scheduling {
  fr_fcfs,       // row hits first, then the oldest
  oldest_ready,  // row hits first within a bank; on a shared bus the oldest request's command,
                 // activates and precharges included
  fcfs,          // every bank serves its requests in the order of their arrival
};
enum class PagePolicy {
  open,      // a row stays open until another row of the bank is wanted, or a refresh
  closed,    // every column command closes its row by itself
  adaptive,  // the last column command for which a queued request asks closes the row
};

// What the controller decides. See controller.h for the exact rules.
struct ControllerConfig {
  std::string mapping = "row-rank-bankgroup-bank-channel-column";
  std::vector<std::string> xors;
  Scheduling scheduling = Scheduling::fr_fcfs;
  PagePolicy page_policy = PagePolicy::open;
  std::int64_t transaction_queue = 32;  // entries for reads, and as many for writes
  std::int64_t bank_queue = 8;          // entries per bank behind it; 0: commands straight from it
  std::int64_t row_hit_limit = 0;       // row hits in a row while another row waits; 0: no limit
  std::int64_t write_high = 32;         // queued writes from which on writes are served
  std::int64_t write_low = 0;           // ... until so few are left and reads wait
  bool separate_buses = false;          // row and column commands in one cycle (HBM)
  Latency latency{};                    // controller, PHY and bus to the requester, both ways
  static const config::Schema<ControllerConfig>& schema();
};

enum class RefreshMode { none, all_bank, per_bank };
struct RefreshConfig {
  RefreshMode mode = RefreshMode::all_bank;
  std::int64_t postpone = 0;  // refreshes that may be owed while requests wait
  static const config::Schema<RefreshConfig>& schema();
};

// Off unless given: cycles without a request after which a rank goes down.
struct PowerDownConfig {
  std::int64_t after = 0;         // 0: never
  std::int64_t self_refresh = 0;  // 0: never
  static const config::Schema<PowerDownConfig>& schema();
};

// Currents of one device, in mA, under their JEDEC names; 5AB: while refreshing.
struct Currents {
  double IDD0 = 0, IDD2P = 0, IDD2N = 0, IDD3P = 0, IDD3N = 0, IDD4R = 0, IDD4W = 0, IDD5AB = 0,
         IDD6 = 0;
  static const config::Schema<Currents>& schema();
};

// Either currents (core only: what the device's own supply delivers) or energies per bit and per
// activate; `io` comes on top of both. Absent figures are reported as absent, never as zero.
struct EnergyConfig {
  std::optional<Volts> vdd;
  std::optional<Currents> currents;
  std::optional<double> pj_per_bit;    // column access, read and write alike
  std::optional<Picojoules> activate;  // activate and precharge of one row
  std::optional<double> io_pj_per_bit;
  std::string scope;  // what the figures cover, for the report
  std::string source;
  std::string io_source;
  static const config::Schema<EnergyConfig>& schema();
};

struct DramConfig {
  std::string kind = "dram";
  std::string name;
  std::string description;
  std::string standard;  // HBM2, DDR4, ...
  Hertz clock{};         // of commands
  Organization organization;
  Timing timing;
  ControllerConfig controller;
  RefreshConfig refresh;
  PowerDownConfig power_down;
  std::optional<EnergyConfig> energy;
  static const config::Schema<DramConfig>& schema();

  double peak_bytes_per_second() const;  // of all channels
};

}  // namespace mantissa::memory::dram

namespace mantissa::config {
template <>
struct EnumNames<memory::dram::Scheduling> {
  static const std::vector<std::pair<memory::dram::Scheduling, const char*>>& names();
};
template <>
struct EnumNames<memory::dram::PagePolicy> {
  static const std::vector<std::pair<memory::dram::PagePolicy, const char*>>& names();
};
template <>
struct EnumNames<memory::dram::RefreshMode> {
  static const std::vector<std::pair<memory::dram::RefreshMode, const char*>>& names();
};
}  // namespace mantissa::config
