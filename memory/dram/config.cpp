// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/config.h"

#include <algorithm>

#include "memory/dram/address_map.h"

namespace mantissa::config {

using memory::dram::PagePolicy;
using memory::dram::RefreshMode;
using memory::dram::Scheduling;

const std::vector<std::pair<Scheduling, const char*>>& EnumNames<Scheduling>::names() {
  static const std::vector<std::pair<Scheduling, const char*>> table = {
      {Scheduling::fr_fcfs, "fr_fcfs"},
      {Scheduling::oldest_ready, "oldest_ready"},
      {Scheduling::fcfs, "fcfs"}};
  return table;
}

const std::vector<std::pair<PagePolicy, const char*>>& EnumNames<PagePolicy>::names() {
  static const std::vector<std::pair<PagePolicy, const char*>> table = {
      {PagePolicy::open, "open"},
      {PagePolicy::closed, "closed"},
      {PagePolicy::adaptive, "adaptive"}};
  return table;
}

const std::vector<std::pair<RefreshMode, const char*>>& EnumNames<RefreshMode>::names() {
  static const std::vector<std::pair<RefreshMode, const char*>> table = {
      {RefreshMode::none, "none"},
      {RefreshMode::all_bank, "all_bank"},
      {RefreshMode::per_bank, "per_bank"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::memory::dram {

using config::at_least;
using config::range;
using config::Schema;

namespace {

bool power_of_two(std::int64_t value) { return value > 0 && (value & (value - 1)) == 0; }

// The first extent that is no power of two.
std::string odd_extent(const Organization& o) {
  const std::pair<const char*, std::int64_t> extents[] = {{"channels", o.channels},
                                                          {"ranks", o.ranks},
                                                          {"bank_groups", o.bank_groups},
                                                          {"banks", o.banks},
                                                          {"rows", o.rows},
                                                          {"columns", o.columns},
                                                          {"width", o.width / 8},
                                                          {"burst_length", o.burst_length}};
  for (const auto& [name, value] : extents)
    if (!power_of_two(value) || (name == std::string("width") && o.width % 8 != 0))
      return std::string(name) + " must be a power of two" +
             (name == std::string("width") ? " of at least 8 bits" : "");
  return {};
}

}  // namespace

const Schema<Organization>& Organization::schema() {
  // The controller keeps the banks of a channel in one 64-bit mask.
  static const auto schema =
      Schema<Organization>("How the memory is cut; powers of two.")
          .optional("channels", &Organization::channels, range(1, 1024),
                    "Channels, or pseudo-channels where the standard has them.")
          .optional("ranks", &Organization::ranks, range(1, 64),
                    "Ranks of a channel (HBM: stack IDs).")
          .optional("bank_groups", &Organization::bank_groups, range(1, 64),
                    "Bank groups of a rank.")
          .required("banks", &Organization::banks, range(1, 64), "Banks of a bank group.")
          .required("rows", &Organization::rows, range(1, 1 << 24), "Rows of a bank.")
          .required("columns", &Organization::columns, range(1, 1 << 20),
                    "Columns of a row, each as wide as the data bus.")
          .required("width", &Organization::width, range(8, 4096), "Bits of a channel's data bus.")
          .required("burst_length", &Organization::burst_length, range(1, 64),
                    "Columns that one column command moves.")
          .optional("devices", &Organization::devices, range(1, 64),
                    "Devices that share the data bus of a rank.")
          .constraint("rows", odd_extent)
          .constraint("columns",
                      [](const Organization& o) {
                        return o.columns < o.burst_length
                                   ? std::string("a row holds at least one burst")
                                   : std::string();
                      })
          .constraint("banks", [](const Organization& o) {
            return o.ranks * o.bank_groups * o.banks > 64
                       ? "a channel has at most 64 banks in all ranks, not " +
                             std::to_string(o.ranks * o.bank_groups * o.banks)
                       : std::string();
          });
  return schema;
}

const Schema<Timing>& Timing::schema() {
  constexpr double longest = 1 << 20;  // cycles; keeps every sum of the controller in range
  const auto cycles = range(0, longest);
  const auto some = range(1, longest);
  static const auto schema =
      Schema<Timing>("Timing in cycles of the command clock, under JEDEC names without the t.")
          .required("burst", &Timing::burst, some, "Cycles that a burst takes on the data bus.")
          .required("CL", &Timing::CL, some, "Read to first data.")
          .required("CWL", &Timing::CWL, some, "Write to first data.")
          .required("RCDRD", &Timing::RCDRD, some, "Activate to read.")
          .required("RCDWR", &Timing::RCDWR, some, "Activate to write.")
          .required("RP", &Timing::RP, some, "Precharge to activate.")
          .optional("RPab", &Timing::RPab, cycles, "The same of all banks at once; 0: as RP.")
          .required("RAS", &Timing::RAS, some, "Activate to precharge.")
          .required("RC", &Timing::RC, some, "Activate to activate of one bank.")
          .required("RRDS", &Timing::RRDS, some, "Activate to activate of another bank group.")
          .required("RRDL", &Timing::RRDL, some, "The same within a bank group.")
          .required("FAW", &Timing::FAW, cycles, "Window that holds four activates of a rank.")
          .required("CCDS", &Timing::CCDS, some, "Column to column, other bank groups.")
          .required("CCDL", &Timing::CCDL, some, "Column to column within a bank group.")
          .required("WR", &Timing::WR, some, "Last write data to precharge.")
          .required("RTP", &Timing::RTP, some, "Read to precharge.")
          .required("WTRS", &Timing::WTRS, some, "Last write data to read, other bank groups.")
          .required("WTRL", &Timing::WTRL, some, "The same within a bank group.")
          .optional("RTW", &Timing::RTW, cycles, "Read to write; 0: CL + burst + RTRS - CWL.")
          .optional("RTRS", &Timing::RTRS, cycles,
                    "Idle bus between ranks, and from reads to writes.")
          .required("RFC", &Timing::RFC, cycles, "Refresh of a rank.")
          .optional("RFCpb", &Timing::RFCpb, cycles, "Refresh of one bank; 0: not supported.")
          .required("REFI", &Timing::REFI, some, "Time between two refreshes of a rank.")
          .optional("REFIpb", &Timing::REFIpb, cycles,
                    "Refresh interval of single banks; 0: REFI / banks.")
          .optional("RREFD", &Timing::RREFD, cycles,
                    "Refresh of one bank to activate of another; 0: as RRDS.")
          .optional("PPD", &Timing::PPD, cycles, "Precharge to precharge.")
          .optional("CKE", &Timing::CKE, some, "Shortest power-down.")
          .optional("XP", &Timing::XP, some, "Leaving power-down to any command.")
          .optional("CKESR", &Timing::CKESR, some, "Shortest self-refresh.")
          .optional("XS", &Timing::XS, cycles, "Leaving self-refresh to any command; 0: RFC + 10.")
          .constraint("CCDL",
                      [](const Timing& t) {
                        return t.CCDL < t.CCDS ? std::string("CCDL is at least CCDS")
                                               : std::string();
                      })
          .constraint("RRDL",
                      [](const Timing& t) {
                        return t.RRDL < t.RRDS ? std::string("RRDL is at least RRDS")
                                               : std::string();
                      })
          .constraint("REFI", [](const Timing& t) {
            // Else refreshes alone fill the time, or close every row before it could be used.
            const std::int64_t row = std::max({t.RC, t.RAS, t.RCDRD, t.RCDWR});
            return t.RFC > 0 && t.REFI < 2 * (t.RFC + row)
                       ? "refreshes leave no time for requests: REFI must be at least " +
                             std::to_string(2 * (t.RFC + row)) +
                             ", twice RFC and the longest of RC, RAS and RCD"
                       : std::string();
          });
  return schema;
}

const Schema<ControllerConfig>& ControllerConfig::schema() {
  using C = ControllerConfig;
  static const auto schema =
      Schema<C>("Controller of each channel.")
          .optional("mapping", &C::mapping, "Address fields, most significant first.")
          .optional("xors", &C::xors, "XOR options, as bank^row or bankgroup^row[4:2].")
          .optional("scheduling", &C::scheduling,
                    "Row hits first, oldest ready first, or in order.")
          .optional("page_policy", &C::page_policy, "When a row is closed.")
          .optional("transaction_queue", &C::transaction_queue, range(1, 4096),
                    "Entries of the read queue, and of the write queue.")
          .optional("bank_queue", &C::bank_queue, range(0, 4096),
                    "Entries of each bank's queue; 0: no such queues.")
          .optional("row_hit_limit", &C::row_hit_limit, range(0, 1 << 20),
                    "Row hits while another row waits; 0: no limit.")
          .optional("write_high", &C::write_high, range(1, 4096),
                    "Queued writes from which on writes are served.")
          .optional("write_low", &C::write_low, range(0, 4095),
                    "Queued writes down to which they are, once reads wait.")
          .optional("separate_buses", &C::separate_buses,
                    "Row and column commands have a bus each (HBM).")
          .optional("latency", &C::latency, at_least(0),
                    "Controller, PHY and interconnect, there and back, as 88.9 ns.")
          .constraint("write_high",
                      [](const C& c) {
                        return c.write_high > c.transaction_queue
                                   ? "the write queue never holds so many: transaction_queue is " +
                                         std::to_string(c.transaction_queue)
                                   : std::string();
                      })
          .constraint("write_low", [](const C& c) {
            return c.write_low >= c.write_high ? std::string("write_low lies below write_high")
                                               : std::string();
          });
  return schema;
}

const Schema<RefreshConfig>& RefreshConfig::schema() {
  static const auto schema =
      Schema<RefreshConfig>("Refresh.")
          .optional("mode", &RefreshConfig::mode, "None, of whole ranks, or of single banks.")
          .optional("postpone", &RefreshConfig::postpone, range(0, 64),
                    "Refreshes that a rank may owe while requests wait.");
  return schema;
}

const Schema<PowerDownConfig>& PowerDownConfig::schema() {
  constexpr double longest = 1ull << 40;
  static const auto schema =
      Schema<PowerDownConfig>("Power-down of idle ranks.")
          .optional("after", &PowerDownConfig::after, range(0, longest),
                    "Cycles without a request until power-down; 0: never.")
          .optional("self_refresh", &PowerDownConfig::self_refresh, range(0, longest),
                    "Cycles without a request until self-refresh; 0: never.")
          .constraint("self_refresh", [](const PowerDownConfig& p) {
            return p.self_refresh > 0 && p.after > 0 && p.self_refresh <= p.after
                       ? std::string("self-refresh comes later than power-down")
                       : std::string();
          });
  return schema;
}

const Schema<Currents>& Currents::schema() {
  const auto mA = range(0, 1e5);
  static const auto schema =
      Schema<Currents>("Currents of one device in mA, under JEDEC names.")
          .required("IDD0", &Currents::IDD0, mA, "Activate and precharge, over and over.")
          .required("IDD2P", &Currents::IDD2P, mA, "Power-down, rows closed.")
          .required("IDD2N", &Currents::IDD2N, mA, "Standby, rows closed.")
          .required("IDD3P", &Currents::IDD3P, mA, "Power-down, a row open.")
          .required("IDD3N", &Currents::IDD3N, mA, "Standby, a row open.")
          .required("IDD4R", &Currents::IDD4R, mA, "Reading without a gap.")
          .required("IDD4W", &Currents::IDD4W, mA, "Writing without a gap.")
          .required("IDD5AB", &Currents::IDD5AB, mA, "Refreshing all banks without a gap.")
          .required("IDD6", &Currents::IDD6, mA, "Self-refresh.");
  return schema;
}

const Schema<EnergyConfig>& EnergyConfig::schema() {
  using E = EnergyConfig;
  static const auto schema =
      Schema<E>("Energy: currents of the core, or energies per bit; I/O comes on top.")
          .optional("vdd", &E::vdd, range(0.3, 3.6), "Supply of the core.")
          .optional("currents", &E::currents, "Currents of one device.")
          .optional("pj_per_bit", &E::pj_per_bit, range(0, 1e4), "Column access, per bit moved.")
          .optional("activate", &E::activate, at_least(0), "Activate and precharge of one row.")
          .optional("io_pj_per_bit", &E::io_pj_per_bit, range(0, 1e4),
                    "Drivers and receivers of the data bus, per bit moved.")
          .required("scope", &E::scope, "What the figures cover: core, I/O, PHY.")
          .required("source", &E::source, "Where they come from.")
          .optional("io_source", &E::io_source, "Where io_pj_per_bit comes from.")
          .constraint("currents",
                      [](const E& e) {
                        if (e.currents && !e.vdd) return std::string("currents need vdd");
                        if (!e.currents && !e.pj_per_bit)
                          return std::string("either currents with vdd, or pj_per_bit");
                        return e.currents && (e.pj_per_bit || e.activate)
                                   ? std::string("currents say what pj_per_bit and activate say")
                                   : std::string();
                      })
          .constraint("currents",
                      [](const E& e) {
                        // Else an action would give energy back.
                        const Currents i = e.currents.value_or(Currents{});
                        if (i.IDD4R < i.IDD3N || i.IDD4W < i.IDD3N || i.IDD5AB < i.IDD3N)
                          return std::string("IDD4R, IDD4W and IDD5AB are at least IDD3N");
                        return i.IDD0 < i.IDD3N || i.IDD0 < i.IDD2N
                                   ? std::string("IDD0 is at least IDD3N and IDD2N")
                                   : std::string();
                      })
          .constraint("io_pj_per_bit", [](const E& e) {
            return e.io_pj_per_bit && e.io_source.empty()
                       ? std::string("io_pj_per_bit needs io_source")
                       : std::string();
          });
  return schema;
}

const Schema<DramConfig>& DramConfig::schema() {
  using D = DramConfig;
  static const auto schema =
      Schema<D>("A DRAM: device, timing, controller, energy.")
          .required("kind", &D::kind, "dram: tells this file from others of its folder.")
          .required("name", &D::name, "Name in reports.")
          .optional("description", &D::description, "One line.")
          .required("standard", &D::standard, "HBM2, DDR4, ...")
          .required("clock", &D::clock, range(1, 1e11), "Command clock.")
          .required("organization", &D::organization, "Channels, ranks, banks, rows, columns.")
          .required("timing", &D::timing, "Timing parameters.")
          .optional("controller", &D::controller, "Controller of each channel.")
          .optional("refresh", &D::refresh, "Refresh.")
          .optional("power_down", &D::power_down, "Power-down of idle ranks.")
          .optional("energy", &D::energy, "Energy figures; none: energy is not reported.")
          .constraint("kind",
                      [](const D& d) {
                        return d.kind == "dram" ? std::string()
                                                : "this is of kind " + d.kind + ", not dram";
                      })
          .constraint("controller.mapping",
                      [](const D& d) {
                        return AddressMap::fault(d.organization, d.controller.mapping,
                                                 d.controller.xors);
                      })
          .constraint("refresh.mode", [](const D& d) {
            if (d.refresh.mode == RefreshMode::per_bank && d.timing.RFCpb == 0)
              return std::string("per-bank refresh needs timing.RFCpb");
            if (d.refresh.mode == RefreshMode::all_bank && d.timing.RFC == 0)
              return std::string("refresh needs timing.RFC");
            if (d.refresh.mode == RefreshMode::per_bank) {
              const auto banks = static_cast<std::int64_t>(d.organization.banks_per_rank());
              const std::int64_t interval =
                  d.timing.REFIpb > 0 ? d.timing.REFIpb : d.timing.REFI / banks;
              const std::int64_t busy = d.timing.RFCpb + d.timing.RP;
              if (interval <= busy)
                return "a bank must be refreshed every " + std::to_string(interval) +
                       " cycles, but that takes " + std::to_string(busy);
            }
            return std::string();
          });
  return schema;
}

double DramConfig::peak_bytes_per_second() const {
  return static_cast<double>(organization.channels) *
         static_cast<double>(organization.burst_bytes()) * static_cast<double>(clock.value) /
         static_cast<double>(timing.burst);
}

}  // namespace mantissa::memory::dram
