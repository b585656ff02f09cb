// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/constraints.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;
using Kinds = std::initializer_list<CommandKind>;

struct WaitText {
  const char *name, *meaning;
};
constexpr std::array<WaitText, waits> wait_texts = {{
    {"none", "nothing held the command back"},
    {"demand", "nobody asked for more"},
    {"queue", "requests waited outside a full queue, where they cannot be reordered"},
    {"row", "row conflicts: precharge, activate and write recovery of single banks"},
    {"activate", "tRRD: the time between activates of one rank"},
    {"window", "tFAW: the activation window, four activates of one rank"},
    {"column", "tCCD_L: column commands to one bank group"},
    {"turnaround", "the data bus turning between reads and writes or between ranks"},
    {"refresh", "refresh"},
    {"power_down", "leaving power-down or self-refresh"},
    {"command_bus", "another command on the command bus"},
    {"bus", "the data bus"},
}};

}  // namespace

const char* name(Wait wait) { return wait_texts[static_cast<std::size_t>(wait)].name; }
const char* meaning(Wait wait) { return wait_texts[static_cast<std::size_t>(wait)].meaning; }

std::vector<Constraint> constraints(const Organization& o, const Timing& t) {
  std::vector<Constraint> table;
  const auto rule = [&](Kinds before, Kinds after, Level level, std::int64_t cycles, Wait wait,
                        const char* text, std::uint32_t window = 1) {
    for (const K b : before)
      for (const K a : after) table.push_back({b, a, level, cycles, window, wait, text});
  };
  const Kinds reads = {K::read, K::read_a}, writes = {K::write, K::write_a};
  const Kinds precharges = {K::precharge, K::precharge_all};
  // What a rank can be told first after it was idle or asleep.
  const Kinds any = {K::activate,
                     K::precharge,
                     K::precharge_all,
                     K::read,
                     K::read_a,
                     K::write,
                     K::write_a,
                     K::refresh,
                     K::refresh_bank,
                     K::power_down_enter,
                     K::self_refresh_enter};
  const std::int64_t rp_all = std::max(t.RP, t.RPab);
  const std::int64_t to_write_end = t.CWL + t.burst;

  // Rows of one bank.
  rule({K::activate}, reads, Level::bank, t.RCDRD, Wait::row, "tRCD(rd)");
  rule({K::activate}, writes, Level::bank, t.RCDWR, Wait::row, "tRCD(wr)");
  rule({K::activate}, precharges, Level::bank, t.RAS, Wait::row, "tRAS");
  rule({K::activate}, {K::activate}, Level::bank, t.RC, Wait::row, "tRC");
  rule({K::precharge}, {K::activate}, Level::bank, t.RP, Wait::row, "tRP");
  rule({K::precharge_all}, {K::activate}, Level::rank, rp_all, Wait::row, "tRP(ab)");
  rule({K::precharge, K::precharge_all}, precharges, Level::rank, t.PPD, Wait::row, "tPPD");
  rule({K::read}, precharges, Level::bank, t.RTP, Wait::row, "tRTP");
  rule({K::write}, precharges, Level::bank, to_write_end + t.WR, Wait::row, "CWL + burst + tWR");
  rule({K::read_a}, {K::precharge_all}, Level::bank, t.RTP, Wait::row, "tRTP");
  rule({K::write_a}, {K::precharge_all}, Level::bank, to_write_end + t.WR, Wait::row,
       "CWL + burst + tWR");
  rule({K::read_a}, {K::activate}, Level::bank, t.RTP + t.RP, Wait::row, "tRTP + tRP");
  rule({K::write_a}, {K::activate}, Level::bank, to_write_end + t.WR + t.RP, Wait::row,
       "CWL + burst + tWR + tRP");

  // Activates of one rank.
  rule({K::activate}, {K::activate}, Level::bank_group, t.RRDL, Wait::activate, "tRRD_L");
  rule({K::activate}, {K::activate}, Level::rank, t.RRDS, Wait::activate, "tRRD_S");
  rule({K::activate}, {K::activate}, Level::rank, t.FAW, Wait::window, "tFAW", 4);

  // Columns, and the data bus behind them.
  const std::int64_t ccd_s = std::max(t.CCDS, t.burst), ccd_l = std::max(t.CCDL, ccd_s);
  const Wait long_gap = t.CCDL > t.burst ? Wait::column : Wait::bus;
  const std::int64_t read_to_write =
      t.RTW > 0 ? t.RTW : std::max<std::int64_t>(t.CL + t.burst + t.RTRS - t.CWL, t.burst);
  for (const Kinds& same : {reads, writes}) {
    rule(same, same, Level::bank_group, ccd_l, long_gap, "max(tCCD_L, burst)");
    rule(same, same, Level::rank, ccd_s, Wait::bus, "max(tCCD_S, burst)");
    rule(same, same, Level::other_ranks, t.burst + t.RTRS, Wait::turnaround, "burst + tRTRS");
  }
  rule(reads, writes, Level::rank, read_to_write, Wait::turnaround, "CL + burst + tRTRS - CWL");
  rule(reads, writes, Level::other_ranks,
       std::max({read_to_write, t.CL + t.burst + t.RTRS - t.CWL, t.burst}), Wait::turnaround,
       "CL + burst + tRTRS - CWL");
  rule(writes, reads, Level::bank_group, to_write_end + t.WTRL, Wait::turnaround,
       "CWL + burst + tWTR_L");
  rule(writes, reads, Level::rank, to_write_end + t.WTRS, Wait::turnaround, "CWL + burst + tWTR_S");
  rule(writes, reads, Level::other_ranks,
       std::max<std::int64_t>(to_write_end + t.RTRS - t.CL, t.burst), Wait::turnaround,
       "CWL + burst + tRTRS - CL");

  // Refresh of a rank: every row closed before, nothing until it is over.
  if (t.RFC > 0) {
    rule({K::precharge}, {K::refresh}, Level::rank, t.RP, Wait::row, "tRP");
    rule({K::precharge_all}, {K::refresh}, Level::rank, rp_all, Wait::row, "tRP(ab)");
    rule({K::activate}, {K::refresh}, Level::rank, t.RC, Wait::row, "tRC");
    rule({K::read_a}, {K::refresh}, Level::rank, t.RTP + t.RP, Wait::row, "tRTP + tRP");
    rule({K::write_a}, {K::refresh}, Level::rank, to_write_end + t.WR + t.RP, Wait::row,
         "CWL + burst + tWR + tRP");
    rule({K::refresh}, {K::activate, K::refresh, K::refresh_bank, K::self_refresh_enter},
         Level::rank, t.RFC, Wait::refresh, "tRFC");
  }
  // Refresh of one bank, beside which the others work on.
  if (t.RFCpb > 0) {
    const std::int64_t refresh_gap = t.RREFD > 0 ? t.RREFD : t.RRDS;
    rule({K::precharge}, {K::refresh_bank}, Level::bank, t.RP, Wait::row, "tRP");
    rule({K::precharge_all}, {K::refresh_bank}, Level::rank, rp_all, Wait::row, "tRP(ab)");
    rule({K::activate}, {K::refresh_bank}, Level::bank, t.RC, Wait::row, "tRC");
    rule({K::read_a}, {K::refresh_bank}, Level::bank, t.RTP + t.RP, Wait::row, "tRTP + tRP");
    rule({K::write_a}, {K::refresh_bank}, Level::bank, to_write_end + t.WR + t.RP, Wait::row,
         "CWL + burst + tWR + tRP");
    rule({K::activate}, {K::refresh_bank}, Level::rank, t.RRDS, Wait::activate, "tRRD_S");
    rule({K::refresh_bank}, {K::activate}, Level::bank, t.RFCpb, Wait::refresh, "tRFCpb");
    rule({K::refresh_bank}, {K::activate}, Level::rank, refresh_gap, Wait::refresh, "tRREFD");
    rule({K::refresh_bank}, {K::precharge_all}, Level::bank, t.RFCpb, Wait::refresh, "tRFCpb");
    // One bank at a time: a second may not begin before the first has ended.
    rule({K::refresh_bank}, {K::refresh, K::refresh_bank, K::self_refresh_enter}, Level::rank,
         t.RFCpb, Wait::refresh, "tRFCpb");
  }

  // Power-down and self-refresh of a rank, after the data on the bus have moved.
  rule(reads, {K::power_down_enter, K::self_refresh_enter}, Level::rank, t.CL + t.burst + 1,
       Wait::power_down, "CL + burst + 1");
  rule(writes, {K::power_down_enter, K::self_refresh_enter}, Level::rank, to_write_end + t.WR + 1,
       Wait::power_down, "CWL + burst + tWR + 1");
  rule({K::activate, K::precharge, K::precharge_all, K::refresh, K::refresh_bank},
       {K::power_down_enter}, Level::rank, 1, Wait::power_down, "1");
  rule({K::power_down_enter}, {K::power_down_exit}, Level::rank, t.CKE, Wait::power_down, "tCKE");
  rule({K::power_down_exit}, any, Level::rank, t.XP, Wait::power_down, "tXP");
  rule({K::precharge}, {K::self_refresh_enter}, Level::rank, t.RP, Wait::power_down, "tRP");
  rule({K::precharge_all}, {K::self_refresh_enter}, Level::rank, rp_all, Wait::power_down,
       "tRP(ab)");
  rule({K::read_a}, {K::self_refresh_enter}, Level::rank, t.RTP + t.RP, Wait::power_down,
       "tRTP + tRP");
  rule({K::write_a}, {K::self_refresh_enter}, Level::rank, to_write_end + t.WR + t.RP,
       Wait::power_down, "CWL + burst + tWR + tRP");
  rule({K::self_refresh_enter}, {K::self_refresh_exit}, Level::rank, t.CKESR, Wait::power_down,
       "tCKESR");
  rule({K::self_refresh_exit}, any, Level::rank, t.XS > 0 ? t.XS : t.RFC + 10, Wait::power_down,
       "tXS");

  // Rules that cannot bind, and those between ranks where there is one, need not be looked at.
  table.erase(std::remove_if(table.begin(), table.end(),
                             [&](const Constraint& c) {
                               return c.cycles <= 0 ||
                                      (c.level == Level::other_ranks && o.ranks == 1);
                             }),
              table.end());
  return table;
}

}  // namespace mantissa::memory::dram
