// SPDX-License-Identifier: Apache-2.0
#include "tests/memory/dram/rule_checker.h"

#include <algorithm>
#include <numeric>
#include <sstream>

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;

constexpr std::array<const char*, rule_count> rule_names = {
    "tRCD(rd)",
    "tRCD(wr)",
    "tRAS",
    "tRC",
    "tRP",
    "tRP(ab)",
    "tPPD",
    "tRTP",
    "tWR",
    "tRTP + tRP after RDA",
    "tWR + tRP after WRA",
    "tRRD_L",
    "tRRD_S",
    "tFAW",
    "tCCD_L",
    "tCCD_S",
    "tWTR_L",
    "tWTR_S",
    "read to write",
    "data bus: bursts overlap",
    "data bus: no gap between ranks",
    "REF: tRC",
    "REF: tRP",
    "REF: tRTP + tRP after RDA",
    "REF: tWR + tRP after WRA",
    "tRFC",
    "REFPB: tRC",
    "REFPB: tRP",
    "REFPB: tRTP + tRP after RDA",
    "REFPB: tWR + tRP after WRA",
    "REFPB: tRRD_S",
    "tRFCpb",
    "tRREFD",
    "refresh is late",
    "PDE: read data move",
    "PDE: written data settle",
    "tCKE",
    "tXP",
    "SRE: read data move",
    "SRE: tRP",
    "SRE: tRTP + tRP after RDA",
    "SRE: tWR + tRP after WRA",
    "tCKESR",
    "tXS",
    "ACT: the bank is open",
    "RD, WR: the bank is closed",
    "PRE: the bank is in refresh",
    "REF: a row is open",
    "REFPB: the bank is open",
    "SRE: a row is open",
    "the rank is in power-down",
    "the rank is in self-refresh",
    "PDX, SRX: the rank is awake",
    "command bus: one at a time",
    "command bus: back in time",
    "no such bank",
};

}  // namespace

const char* name(Rule rule) { return rule_names[static_cast<std::size_t>(rule)]; }

std::string text(const Violation& v) {
  const auto put = [](std::ostream& out, const Command& c) {
    out << name(c.kind) << " in " << c.cycle << " to rank " << int{c.rank} << " bank "
        << int{c.bank};
  };
  std::ostringstream out;
  out << name(v.rule) << ": ";
  put(out, v.command);
  if (v.earlier.cycle != v.command.cycle || v.earlier.kind != v.command.kind) {
    out << " after ";
    put(out, v.earlier);
  }
  return out.str();
}

RuleChecker::RuleChecker(const DramConfig& config)
    : t_(config.timing),
      separate_buses_(config.controller.separate_buses),
      banks_per_rank_(config.organization.banks_per_rank()),
      banks_per_group_(static_cast<std::size_t>(config.organization.banks)),
      banks_(config.organization.banks_per_channel()),
      groups_(banks_.size() / banks_per_group_),
      ranks_(static_cast<std::size_t>(config.organization.ranks)) {
  written_ = t_.CWL + t_.burst;
  recovered_ = written_ + t_.WR;
  read_to_write_ = t_.RTW > 0 ? t_.RTW : std::max(t_.burst, t_.CL + t_.burst + t_.RTRS - t_.CWL);
  rp_all_ = std::max(t_.RP, t_.RPab);
  refresh_gap_ = t_.RREFD > 0 ? t_.RREFD : t_.RRDS;
  awake_ = t_.XS > 0 ? t_.XS : t_.RFC + 10;

  if (config.refresh.mode == RefreshMode::all_bank) refresh_interval_ = t_.REFI;
  if (config.refresh.mode == RefreshMode::per_bank)
    refresh_interval_ = t_.REFIpb > 0 ? t_.REFIpb : t_.REFI / static_cast<Time>(banks_per_rank_);
  refresh_patience_ = refresh_interval_ * (config.refresh.postpone + 1);
  for (std::size_t r = 0; r < ranks_.size(); ++r)
    ranks_[r].refresh_deadline =
        refresh_interval_ * static_cast<Time>(r + 1) / static_cast<Time>(ranks_.size()) +
        refresh_patience_;
}

void RuleChecker::command(const Command& c) {
  ++commands_;
  current_ = c;
  now_ = {static_cast<Time>(c.cycle), c.kind, c.rank, c.bank};
  command_bus(c);
  if (c.rank >= ranks_.size() || c.bank >= banks_per_rank_) return violate(Rule::no_such_bank);

  Rank& rank = ranks_[c.rank];
  Bank* const banks = &banks_[c.rank * banks_per_rank_];
  Bank& bank = banks[c.bank];
  Group& group = groups_[(c.rank * banks_per_rank_ + c.bank) / banks_per_group_];
  rank_state(c, rank);
  if (refresh_interval_ > 0) refresh_debt(c, rank);
  switch (c.kind) {
    case K::activate:
      return activate(c, rank, group, bank);
    case K::precharge:
      return precharge(c, rank, bank);
    case K::precharge_all:
      return precharge_all(c, rank, banks);
    case K::read:
    case K::read_a:
      return read(c, rank, group, bank);
    case K::write:
    case K::write_a:
      return write(c, rank, group, bank);
    case K::refresh:
      return refresh(c, rank);
    case K::refresh_bank:
      return refresh_bank(c, rank, bank);
    case K::power_down_enter:
    case K::power_down_exit:
    case K::self_refresh_enter:
    case K::self_refresh_exit:
      return power(c, rank);
  }
}

// ---- rows -------------------------------------------------------------------------------------

void RuleChecker::activate(const Command&, Rank& rank, Group& group, Bank& bank) {
  if (bank.open) violate(Rule::activate_of_open_bank, bank.activate);
  after(Rule::rc, bank.activate, t_.RC);
  after(Rule::rp, bank.precharge, t_.RP);
  after(Rule::rp_all, rank.precharge_all, rp_all_);
  after(Rule::read_a_to_activate, bank.read_a, t_.RTP + t_.RP);
  after(Rule::write_a_to_activate, bank.write_a, recovered_ + t_.RP);
  after(Rule::rrd_long, group.activate, t_.RRDL);
  after(Rule::rrd_short, rank.activate, t_.RRDS);
  after(Rule::faw, rank.fourth_last[rank.activates % 4], t_.FAW);
  after(Rule::rfc, rank.refresh, t_.RFC);
  after(Rule::rfc_bank, bank.refresh, t_.RFCpb);
  after(Rule::rrefd, rank.refresh_bank, refresh_gap_);
  rank.open_banks += bank.open ? 0 : 1;
  bank.open = true;
  bank.activate = group.activate = rank.activate = now_;
  rank.fourth_last[rank.activates++ % 4] = now_;
}

void RuleChecker::precharge(const Command&, Rank& rank, Bank& bank) {
  after(Rule::ras, bank.activate, t_.RAS);
  after(Rule::read_to_precharge, bank.read, t_.RTP);
  after(Rule::write_to_precharge, bank.write, recovered_);
  after(Rule::ppd, rank.precharge, t_.PPD);
  after(Rule::ppd, rank.precharge_all, t_.PPD);
  after(Rule::precharge_in_refresh, rank.refresh, t_.RFC);
  after(Rule::precharge_in_refresh, bank.refresh, t_.RFCpb);
  rank.open_banks -= bank.open ? 1 : 0;
  bank.open = false;
  bank.precharge = rank.precharge = now_;
}

// A bank that closes by itself may be told so again, when it has done so.
void RuleChecker::precharge_all(const Command&, Rank& rank, Bank* banks) {
  for (std::size_t b = 0; b < banks_per_rank_; ++b) {
    after(Rule::ras, banks[b].activate, t_.RAS);
    after(Rule::read_to_precharge, banks[b].read, t_.RTP);
    after(Rule::read_to_precharge, banks[b].read_a, t_.RTP);
    after(Rule::write_to_precharge, banks[b].write, recovered_);
    after(Rule::write_to_precharge, banks[b].write_a, recovered_);
    after(Rule::precharge_in_refresh, banks[b].refresh, t_.RFCpb);
    banks[b].open = false;
  }
  after(Rule::ppd, rank.precharge, t_.PPD);
  after(Rule::ppd, rank.precharge_all, t_.PPD);
  after(Rule::precharge_in_refresh, rank.refresh, t_.RFC);
  rank.open_banks = 0;
  rank.precharge_all = now_;
}

// ---- columns ----------------------------------------------------------------------------------

void RuleChecker::read(const Command& c, Rank& rank, Group& group, Bank& bank) {
  if (!bank.open) violate(Rule::column_of_closed_bank);
  after(Rule::rcd_read, bank.activate, t_.RCDRD);
  after(Rule::ccd_long, group.read, t_.CCDL);
  after(Rule::ccd_short, rank.read, t_.CCDS);
  after(Rule::wtr_long, group.write, written_ + t_.WTRL);
  after(Rule::wtr_short, rank.write, written_ + t_.WTRS);
  data_bus(c, t_.CL);
  group.read = rank.read = now_;
  if (c.kind == K::read) {
    bank.read = now_;
  } else {
    bank.read_a = rank.read_a = now_;
    rank.open_banks -= bank.open ? 1 : 0;
    bank.open = false;
  }
}

void RuleChecker::write(const Command& c, Rank& rank, Group& group, Bank& bank) {
  if (!bank.open) violate(Rule::column_of_closed_bank);
  after(Rule::rcd_write, bank.activate, t_.RCDWR);
  after(Rule::ccd_long, group.write, t_.CCDL);
  after(Rule::ccd_short, rank.write, t_.CCDS);
  for (const Rank& any : ranks_) after(Rule::read_to_write, any.read, read_to_write_);
  data_bus(c, t_.CWL);
  group.write = rank.write = now_;
  if (c.kind == K::write) {
    bank.write = now_;
  } else {
    bank.write_a = rank.write_a = now_;
    rank.open_banks -= bank.open ? 1 : 0;
    bank.open = false;
  }
}

// Bursts move in the order of their commands; another rank drives the bus after a gap.
void RuleChecker::data_bus(const Command& c, Time latency) {
  const Time start = now_.at + latency;
  if (start < bus_free_)
    violate(Rule::bus_overlap, last_burst_);
  else if (c.rank != last_burst_.rank && start < bus_free_ + t_.RTRS)
    violate(Rule::bus_turnaround, last_burst_);
  bus_free_ = std::max(bus_free_, start + t_.burst);
  last_burst_ = now_;
}

// ---- refresh ----------------------------------------------------------------------------------

void RuleChecker::refresh(const Command&, Rank& rank) {
  if (rank.open_banks > 0) violate(Rule::refresh_with_open_row);
  after(Rule::refresh_after_activate, rank.activate, t_.RC);
  after(Rule::refresh_after_precharge, rank.precharge, t_.RP);
  after(Rule::refresh_after_precharge, rank.precharge_all, rp_all_);
  after(Rule::refresh_after_read_a, rank.read_a, t_.RTP + t_.RP);
  after(Rule::refresh_after_write_a, rank.write_a, recovered_ + t_.RP);
  after(Rule::rfc, rank.refresh, t_.RFC);
  after(Rule::rfc_bank, rank.refresh_bank, t_.RFCpb);
  rank.refresh = now_;
  rank.refresh_deadline += refresh_interval_;
}

void RuleChecker::refresh_bank(const Command&, Rank& rank, Bank& bank) {
  if (bank.open) violate(Rule::refresh_bank_with_open_row, bank.activate);
  after(Rule::refresh_bank_after_activate, bank.activate, t_.RC);
  after(Rule::refresh_bank_after_precharge, bank.precharge, t_.RP);
  after(Rule::refresh_bank_after_precharge, rank.precharge_all, rp_all_);
  after(Rule::refresh_bank_after_read_a, bank.read_a, t_.RTP + t_.RP);
  after(Rule::refresh_bank_after_write_a, bank.write_a, recovered_ + t_.RP);
  after(Rule::refresh_bank_after_other_activate, rank.activate, t_.RRDS);
  after(Rule::rfc, rank.refresh, t_.RFC);
  after(Rule::rfc_bank, rank.refresh_bank, t_.RFCpb);
  bank.refresh = rank.refresh_bank = now_;
  rank.refresh_deadline += refresh_interval_;
}

// A rank that sleeps refreshes itself, and counts anew from its waking.
void RuleChecker::refresh_debt(const Command& c, Rank& rank) {
  if (rank.is_asleep) {
    if (c.kind == K::self_refresh_exit)
      rank.refresh_deadline = now_.at + refresh_interval_ + refresh_patience_;
    return;
  }
  while (now_.at > rank.refresh_deadline) {
    violate(Rule::refresh_late, refresh_interval_ == t_.REFI ? rank.refresh : rank.refresh_bank);
    rank.refresh_deadline += refresh_interval_;
  }
}

void RuleChecker::finish(Cycle end) {
  if (refresh_interval_ == 0) return;
  for (Rank& rank : ranks_) {
    current_ = {};
    current_.cycle = end;
    current_.rank = static_cast<std::uint8_t>(&rank - ranks_.data());
    current_.kind = K::refresh;
    now_ = {static_cast<Time>(end), K::refresh, current_.rank, 0};
    refresh_debt(current_, rank);
  }
}

// ---- power ------------------------------------------------------------------------------------

void RuleChecker::rank_state(const Command& c, const Rank& rank) {
  if (rank.is_down && c.kind != K::power_down_exit) violate(Rule::rank_down, rank.down);
  if (rank.is_asleep && c.kind != K::self_refresh_exit)
    violate(Rule::rank_in_self_refresh, rank.asleep);
  if ((c.kind == K::power_down_exit && !rank.is_down) ||
      (c.kind == K::self_refresh_exit && !rank.is_asleep))
    violate(Rule::exit_without_entry);
  if (c.kind == K::power_down_exit || c.kind == K::self_refresh_exit) return;
  after(Rule::xp, rank.up, t_.XP);
  after(Rule::xs, rank.awake, awake_);
}

void RuleChecker::power(const Command& c, Rank& rank) {
  switch (c.kind) {
    case K::power_down_enter:
      after(Rule::power_down_after_read, rank.read, t_.CL + t_.burst + 1);
      after(Rule::power_down_after_write, rank.write, recovered_ + 1);
      rank.is_down = true;
      rank.down = now_;
      break;
    case K::power_down_exit:
      after(Rule::cke, rank.down, t_.CKE);
      rank.is_down = false;
      rank.up = now_;
      break;
    case K::self_refresh_enter:
      if (rank.open_banks > 0) violate(Rule::self_refresh_with_open_row);
      // Written data have settled before a row can be closed.
      after(Rule::self_refresh_after_read, rank.read, t_.CL + t_.burst + 1);
      after(Rule::self_refresh_after_precharge, rank.precharge, t_.RP);
      after(Rule::self_refresh_after_precharge, rank.precharge_all, rp_all_);
      after(Rule::self_refresh_after_read_a, rank.read_a, t_.RTP + t_.RP);
      after(Rule::self_refresh_after_write_a, rank.write_a, recovered_ + t_.RP);
      after(Rule::rfc, rank.refresh, t_.RFC);
      after(Rule::rfc_bank, rank.refresh_bank, t_.RFCpb);
      rank.is_asleep = true;
      rank.asleep = now_;
      break;
    default:
      after(Rule::ckesr, rank.asleep, t_.CKESR);
      rank.is_asleep = false;
      rank.awake = now_;
      break;
  }
}

// ---- the command bus, and the books -----------------------------------------------------------

void RuleChecker::command_bus(const Command& c) {
  const Past& last = last_row_.at > last_column_.at ? last_row_ : last_column_;
  if (now_.at < last.at) violate(Rule::order_of_cycles, last);
  Past& same_bus = is_column(c.kind) ? last_column_ : last_row_;
  const Past& taken = separate_buses_ ? same_bus : last;
  if (now_.at == taken.at) violate(Rule::command_bus, taken);
  same_bus = now_;
}

void RuleChecker::violate(Rule rule, const Past& earlier) {
  ++counts_[static_cast<std::size_t>(rule)];
  if (violations_.size() == kept) return;
  Violation v;
  v.rule = rule;
  v.command = current_;
  v.earlier = current_;
  if (earlier.at != never) {
    v.earlier = {};
    v.earlier.cycle = static_cast<Cycle>(earlier.at);
    v.earlier.kind = earlier.kind;
    v.earlier.rank = earlier.rank;
    v.earlier.bank = earlier.bank;
  }
  violations_.push_back(v);
}

std::uint64_t RuleChecker::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::string RuleChecker::report() const {
  std::string lines;
  for (const Violation& v : violations_) lines += text(v) + '\n';
  return lines;
}

}  // namespace mantissa::memory::dram
