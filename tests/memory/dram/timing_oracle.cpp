// SPDX-License-Identifier: Apache-2.0
#include "tests/memory/dram/timing_oracle.h"

#include <algorithm>

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;

// True when `cycles` have passed since `last`.
bool passed(const Command& now, std::int64_t last, std::int64_t cycles) {
  return static_cast<std::int64_t>(now.cycle) >= last + cycles;
}

}  // namespace

TimingOracle::TimingOracle(const Organization& o, const Timing& t)
    : ranks_(static_cast<std::size_t>(o.ranks)),
      banks_(o.banks_per_rank()),
      banks_per_group_(static_cast<std::size_t>(o.banks)),
      t_(t),
      last_(ranks_ * banks_ * command_kinds, never),
      activates_(ranks_) {}

void TimingOracle::record(const Command& c) {
  last_[(c.rank * banks_ + c.bank) * command_kinds + static_cast<std::size_t>(c.kind)] =
      static_cast<Time>(c.cycle);
  if (c.kind == K::activate) activates_[c.rank].push_back(static_cast<Time>(c.cycle));
}

TimingOracle::Time TimingOracle::of_bank(K kind, std::size_t rank, std::size_t bank) const {
  return last_[(rank * banks_ + bank) * command_kinds + static_cast<std::size_t>(kind)];
}

TimingOracle::Time TimingOracle::of_group(K kind, std::size_t rank, std::size_t bank) const {
  const std::size_t first = bank / banks_per_group_ * banks_per_group_;
  Time last = never;
  for (std::size_t b = first; b < first + banks_per_group_; ++b)
    last = std::max(last, of_bank(kind, rank, b));
  return last;
}

TimingOracle::Time TimingOracle::of_rank(K kind, std::size_t rank) const {
  Time last = never;
  for (std::size_t b = 0; b < banks_; ++b) last = std::max(last, of_bank(kind, rank, b));
  return last;
}

TimingOracle::Time TimingOracle::of_other_ranks(K kind, std::size_t rank) const {
  Time last = never;
  for (std::size_t r = 0; r < ranks_; ++r)
    if (r != rank) last = std::max(last, of_rank(kind, r));
  return last;
}

TimingOracle::Time TimingOracle::fourth_last_activate(std::size_t rank) const {
  const auto& all = activates_[rank];
  return all.size() < 4 ? never : all[all.size() - 4];
}

bool TimingOracle::legal(const Command& c) const {
  switch (c.kind) {
    case K::activate:
      return activate(c);
    case K::precharge:
      return precharge(c);
    case K::precharge_all:
      return precharge_all(c);
    case K::read:
    case K::read_a:
      return read(c);
    case K::write:
    case K::write_a:
      return write(c);
    case K::refresh:
      return refresh(c);
    case K::refresh_bank:
      return refresh_bank(c);
    case K::power_down_enter:
      return power_down_enter(c);
    case K::power_down_exit:
      return passed(c, of_rank(K::power_down_enter, c.rank), t_.CKE);
    case K::self_refresh_enter:
      return self_refresh_enter(c);
    case K::self_refresh_exit:
      return passed(c, of_rank(K::self_refresh_enter, c.rank), t_.CKESR);
  }
  return false;
}

bool TimingOracle::activate(const Command& c) const {
  const auto r = c.rank, b = c.bank;
  return passed(c, of_bank(K::activate, r, b), t_.RC) &&
         passed(c, of_group(K::activate, r, b), t_.RRDL) &&
         passed(c, of_rank(K::activate, r), t_.RRDS) &&
         passed(c, fourth_last_activate(r), t_.FAW) &&
         passed(c, of_bank(K::precharge, r, b), t_.RP) &&
         passed(c, of_rank(K::precharge_all, r), std::max(t_.RP, t_.RPab)) &&
         passed(c, of_bank(K::read_a, r, b), t_.RTP + t_.RP) &&
         passed(c, of_bank(K::write_a, r, b), t_.CWL + t_.burst + t_.WR + t_.RP) &&
         passed(c, of_rank(K::refresh, r), t_.RFC) &&
         passed(c, of_bank(K::refresh_bank, r, b), t_.RFCpb) &&
         passed(c, of_rank(K::refresh_bank, r), t_.RREFD > 0 ? t_.RREFD : t_.RRDS) && awake(c);
}

bool TimingOracle::precharge(const Command& c) const {
  const auto r = c.rank, b = c.bank;
  return passed(c, of_bank(K::activate, r, b), t_.RAS) &&
         passed(c, of_bank(K::read, r, b), t_.RTP) &&
         passed(c, of_bank(K::write, r, b), t_.CWL + t_.burst + t_.WR) &&
         passed(c, of_rank(K::precharge, r), t_.PPD) &&
         passed(c, of_rank(K::precharge_all, r), t_.PPD) && awake(c);
}

// As a precharge of every bank of the rank, also of those that close by themselves or refresh.
bool TimingOracle::precharge_all(const Command& c) const {
  for (std::size_t b = 0; b < banks_; ++b) {
    Command one = c;
    one.bank = static_cast<std::uint8_t>(b);
    if (!precharge(one) || !passed(c, of_bank(K::read_a, c.rank, b), t_.RTP) ||
        !passed(c, of_bank(K::write_a, c.rank, b), t_.CWL + t_.burst + t_.WR) ||
        !passed(c, of_bank(K::refresh_bank, c.rank, b), t_.RFCpb))
      return false;
  }
  return true;
}

bool TimingOracle::read(const Command& c) const {
  const auto r = c.rank, b = c.bank;
  const Time long_gap = std::max({t_.CCDL, t_.CCDS, t_.burst});
  const Time short_gap = std::max(t_.CCDS, t_.burst);
  const Time written = t_.CWL + t_.burst;
  for (const K other : {K::read, K::read_a})
    if (!passed(c, of_group(other, r, b), long_gap) || !passed(c, of_rank(other, r), short_gap) ||
        !passed(c, of_other_ranks(other, r), t_.burst + t_.RTRS))
      return false;
  for (const K other : {K::write, K::write_a})
    if (!passed(c, of_group(other, r, b), written + t_.WTRL) ||
        !passed(c, of_rank(other, r), written + t_.WTRS) ||
        !passed(c, of_other_ranks(other, r), std::max(written + t_.RTRS - t_.CL, t_.burst)))
      return false;
  return passed(c, of_bank(K::activate, r, b), t_.RCDRD) && awake(c);
}

bool TimingOracle::write(const Command& c) const {
  const auto r = c.rank, b = c.bank;
  const Time long_gap = std::max({t_.CCDL, t_.CCDS, t_.burst});
  const Time short_gap = std::max(t_.CCDS, t_.burst);
  const Time after_read =
      t_.RTW > 0 ? t_.RTW : std::max(t_.CL + t_.burst + t_.RTRS - t_.CWL, t_.burst);
  for (const K other : {K::write, K::write_a})
    if (!passed(c, of_group(other, r, b), long_gap) || !passed(c, of_rank(other, r), short_gap) ||
        !passed(c, of_other_ranks(other, r), t_.burst + t_.RTRS))
      return false;
  for (const K other : {K::read, K::read_a})
    if (!passed(c, of_rank(other, r), after_read) ||
        !passed(c, of_other_ranks(other, r),
                std::max({after_read, t_.CL + t_.burst + t_.RTRS - t_.CWL, t_.burst})))
      return false;
  return passed(c, of_bank(K::activate, r, b), t_.RCDWR) && awake(c);
}

bool TimingOracle::refresh(const Command& c) const {
  const auto r = c.rank;
  return passed(c, of_rank(K::activate, r), t_.RC) && passed(c, of_rank(K::precharge, r), t_.RP) &&
         passed(c, of_rank(K::precharge_all, r), std::max(t_.RP, t_.RPab)) &&
         passed(c, of_rank(K::read_a, r), t_.RTP + t_.RP) &&
         passed(c, of_rank(K::write_a, r), t_.CWL + t_.burst + t_.WR + t_.RP) &&
         passed(c, of_rank(K::refresh, r), t_.RFC) &&
         passed(c, of_rank(K::refresh_bank, r), t_.RFCpb) && awake(c);
}

bool TimingOracle::refresh_bank(const Command& c) const {
  const auto r = c.rank, b = c.bank;
  return passed(c, of_bank(K::activate, r, b), t_.RC) &&
         passed(c, of_rank(K::activate, r), t_.RRDS) &&
         passed(c, of_bank(K::precharge, r, b), t_.RP) &&
         passed(c, of_rank(K::precharge_all, r), std::max(t_.RP, t_.RPab)) &&
         passed(c, of_bank(K::read_a, r, b), t_.RTP + t_.RP) &&
         passed(c, of_bank(K::write_a, r, b), t_.CWL + t_.burst + t_.WR + t_.RP) &&
         passed(c, of_rank(K::refresh, r), t_.RFC) &&
         passed(c, of_rank(K::refresh_bank, r), t_.RFCpb) && awake(c);
}

bool TimingOracle::power_down_enter(const Command& c) const {
  for (const K other : {K::activate, K::precharge, K::precharge_all, K::refresh, K::refresh_bank})
    if (!passed(c, of_rank(other, c.rank), 1)) return false;
  return data_moved(c) && awake(c);
}

bool TimingOracle::self_refresh_enter(const Command& c) const {
  const auto r = c.rank;
  return passed(c, of_rank(K::precharge, r), t_.RP) &&
         passed(c, of_rank(K::precharge_all, r), std::max(t_.RP, t_.RPab)) &&
         passed(c, of_rank(K::read_a, r), t_.RTP + t_.RP) &&
         passed(c, of_rank(K::write_a, r), t_.CWL + t_.burst + t_.WR + t_.RP) &&
         passed(c, of_rank(K::refresh, r), t_.RFC) &&
         passed(c, of_rank(K::refresh_bank, r), t_.RFCpb) && data_moved(c) && awake(c);
}

bool TimingOracle::awake(const Command& c) const {
  return passed(c, of_rank(K::power_down_exit, c.rank), t_.XP) &&
         passed(c, of_rank(K::self_refresh_exit, c.rank), t_.XS > 0 ? t_.XS : t_.RFC + 10);
}

bool TimingOracle::data_moved(const Command& c) const {
  for (const K other : {K::read, K::read_a})
    if (!passed(c, of_rank(other, c.rank), t_.CL + t_.burst + 1)) return false;
  for (const K other : {K::write, K::write_a})
    if (!passed(c, of_rank(other, c.rank), t_.CWL + t_.burst + t_.WR + 1)) return false;
  return true;
}

}  // namespace mantissa::memory::dram
