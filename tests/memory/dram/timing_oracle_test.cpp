// SPDX-License-Identifier: Apache-2.0
// Two statements of the same timing, written apart from each other: the rule table of the
// controller and the plain conditions of the oracle. They must allow every command in the same
// cycles, whatever was sent before.
#include "tests/memory/dram/timing_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "memory/dram/constraints.h"
#include "tests/memory/dram/small_configs.h"

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;

// The table looked up literally: all commands so far, all rules, one by one.
class TableLookUp {
 public:
  explicit TableLookUp(const DramConfig& config)
      : organization_(config.organization),
        table_(constraints(config.organization, config.timing)) {}
  void record(const Command& c) { past_.push_back(c); }

  // The first cycle in which all rules allow it; 1 if none binds.
  Cycle earliest(const Command& c) const {
    Cycle earliest = 1;
    for (const Constraint& rule : table_) {
      if (rule.after != c.kind) continue;
      std::uint32_t nth = 0;
      for (auto p = past_.rbegin(); p != past_.rend() && nth < rule.window; ++p)
        if (p->kind == rule.before && at_level(*p, c, rule.level) && ++nth == rule.window)
          earliest = std::max(earliest, p->cycle + static_cast<Cycle>(rule.cycles));
    }
    return earliest;
  }

 private:
  // A command to all banks of a rank meets those to any of its banks.
  bool at_level(const Command& before, const Command& after, Level level) const {
    const auto group = [&](const Command& c) {
      return static_cast<std::int64_t>(c.bank) / organization_.banks;
    };
    if (level == Level::other_ranks) return before.rank != after.rank;
    if (before.rank != after.rank) return false;
    if (level == Level::rank || after.kind == K::precharge_all) return true;
    if (level == Level::bank_group) return group(before) == group(after);
    return before.bank == after.bank;
  }

  Organization organization_;
  std::vector<Constraint> table_;
  std::vector<Command> past_;
};

bool of_bank(K kind) {
  return is_column(kind) || kind == K::activate || kind == K::precharge || kind == K::refresh_bank;
}

Command thrown(Dice& dice, const Organization& o) {
  Command c;
  c.kind = static_cast<K>(dice.below(command_kinds));
  c.rank = static_cast<std::uint8_t>(dice.below(static_cast<std::uint64_t>(o.ranks)));
  if (of_bank(c.kind)) c.bank = static_cast<std::uint8_t>(dice.below(o.banks_per_rank()));
  return c;
}

// The commands are thrown and make no sense together; only their times do.
TEST(TimingOracle, allows_what_the_rule_table_allows_and_from_the_same_cycle_on) {
  std::array<std::uint64_t, command_kinds> had_to_wait{};
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const DramConfig config = mixed_config(seed);
    TimingOracle oracle(config.organization, config.timing);
    TableLookUp table(config);
    Dice dice(seed);
    Cycle now = 100;
    for (int i = 0; i < 100; ++i) {
      Command c = thrown(dice, config.organization);
      now += dice.below(8);
      const Cycle earliest = table.earliest(c);
      for (const Cycle cycle : {now, earliest, earliest - 1, earliest + 1}) {
        if (cycle < now) continue;  // the oracle knows the past only
        c.cycle = cycle;
        ASSERT_EQ(oracle.legal(c), cycle >= earliest)
            << config.name << ": " << name(c.kind) << " in " << cycle << ", by the table from "
            << earliest << " on";
      }
      if (earliest > now) ++had_to_wait[static_cast<std::size_t>(c.kind)];
      if (dice.percent(50)) now = std::max(now, earliest);
      c.cycle = now;
      oracle.record(c);
      table.record(c);
    }
  }
  for (std::size_t k = 0; k < command_kinds; ++k)
    EXPECT_GT(had_to_wait[k], 100u) << name(static_cast<K>(k));
}

}  // namespace
}  // namespace mantissa::memory::dram
