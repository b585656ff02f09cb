// SPDX-License-Identifier: Apache-2.0
// Every rule of the checker is shown to fire, alone, on a trace that is wrong by one cycle or one
// command, and to be silent on the trace that is right.
#include "tests/memory/dram/rule_checker.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/memory/dram/cycle_reference.h"
#include "tests/memory/dram/random_traffic.h"
#include "tests/memory/dram/small_configs.h"

namespace mantissa::memory::dram {
namespace {

using K = CommandKind;
using Commands = std::vector<Command>;
using Change = std::function<void(DramConfig&)>;

Command at(Cycle cycle, K kind, int bank = 0, int rank = 0) {
  Command c;
  c.cycle = cycle;
  c.kind = kind;
  c.rank = static_cast<std::uint8_t>(rank);
  c.bank = static_cast<std::uint8_t>(bank);
  return c;
}
Command act(Cycle cycle, int bank = 0, int rank = 0) { return at(cycle, K::activate, bank, rank); }
Command pre(Cycle cycle, int bank = 0) { return at(cycle, K::precharge, bank); }
Command rd(Cycle cycle, int bank = 0, int rank = 0) { return at(cycle, K::read, bank, rank); }
Command wr(Cycle cycle, int bank = 0, int rank = 0) { return at(cycle, K::write, bank, rank); }
Command rda(Cycle cycle, int bank = 0) { return at(cycle, K::read_a, bank); }
Command wra(Cycle cycle, int bank = 0) { return at(cycle, K::write_a, bank); }
Command prea(Cycle cycle) { return at(cycle, K::precharge_all); }
Command ref(Cycle cycle, int rank = 0) { return at(cycle, K::refresh, 0, rank); }
Command refpb(Cycle cycle, int bank = 0) { return at(cycle, K::refresh_bank, bank); }
Command pde(Cycle cycle) { return at(cycle, K::power_down_enter); }
Command pdx(Cycle cycle) { return at(cycle, K::power_down_exit); }
Command sre(Cycle cycle) { return at(cycle, K::self_refresh_enter); }
Command srx(Cycle cycle) { return at(cycle, K::self_refresh_exit); }

// Two ranks of two bank groups {0, 1}, {2, 3}, with the timing of small_timing().
DramConfig config_of(const Change& change = {}) {
  DramConfig c = small_config("checked", small_organization(2, 2, 2));
  if (change) change(c);
  return c;
}

RuleChecker checked(const DramConfig& config, const Commands& commands) {
  RuleChecker checker(config);
  for (const Command& c : commands) checker.command(c);
  return checker;
}

// Empty if this rule fired once and no other did.
std::string fires_alone(const RuleChecker& checker, Rule rule) {
  return checker.count(rule) == 1 && checker.count() == 1
             ? ""
             : "expected only [" + std::string(name(rule)) + "], got:\n" + checker.report();
}

// Legal as it stands; with its last command a cycle earlier it breaks this rule and no other.
struct Boundary {
  Rule rule;
  Commands commands;
  Change change = {};
};

const std::vector<Boundary>& boundaries() {
  const auto five_in_a_window = [](DramConfig& c) { c.timing.FAW = 30; };
  const auto short_burst = [](DramConfig& c) { c.timing.burst = 1; };
  const auto long_burst = [](DramConfig& c) {
    c.timing.burst = 4;
    c.timing.CCDL = 2;
  };
  const auto slow_read = [](DramConfig& c) { c.timing.RTP = 8; };
  static const std::vector<Boundary> all = {
      {Rule::rcd_read, {act(10), rd(15)}},
      {Rule::rcd_read, {act(10), rda(15)}},
      {Rule::rcd_write, {act(10), wr(13)}},
      {Rule::rcd_write, {act(10), wra(13)}},
      {Rule::ras, {act(10), pre(21)}},
      {Rule::ras, {act(10, 3), prea(21)}},
      {Rule::rc, {act(10), pre(21), act(26)}},
      {Rule::rp, {act(10), pre(30), act(34)}},
      {Rule::rp_all, {act(10), prea(30), act(36, 2)}},
      {Rule::ppd, {act(10), act(20, 2), pre(40), pre(42, 2)}},
      {Rule::ppd, {act(10), act(20, 2), pre(40), prea(42)}},
      {Rule::read_to_precharge, {act(10), rd(30), pre(33)}},
      {Rule::read_to_precharge, {act(10), rd(30), prea(33)}},
      {Rule::write_to_precharge, {act(10), wr(30), pre(43)}},
      {Rule::write_to_precharge, {act(10), wr(30), prea(43)}},
      {Rule::read_a_to_activate, {act(10), rda(30), act(37)}},
      {Rule::write_a_to_activate, {act(10), wra(30), act(47)}},
      {Rule::rrd_long, {act(10, 0), act(13, 1)}},
      {Rule::rrd_short, {act(10, 0), act(12, 2)}},
      {Rule::faw,
       {act(10, 0), act(14, 2), act(18, 1), pre(21, 0), act(22, 3), act(40, 0)},
       five_in_a_window},

      {Rule::ccd_long, {act(10, 0), act(20, 1), rd(40, 0), rd(44, 1)}},
      {Rule::ccd_long, {act(10, 0), act(20, 1), wr(40, 0), wra(44, 1)}},
      {Rule::ccd_short, {act(10, 0), act(20, 2), rd(40, 0), rda(42, 2)}, short_burst},
      {Rule::ccd_short, {act(10, 0), act(20, 2), wr(40, 0), wr(42, 2)}, short_burst},
      {Rule::wtr_long, {act(10, 0), act(20, 1), wr(40, 0), rd(51, 1)}},
      {Rule::wtr_short, {act(10, 0), act(20, 2), wr(40, 0), rd(48, 2)}},
      {Rule::read_to_write, {act(10), rd(40), wr(45)}},
      {Rule::read_to_write,
       {act(10), act(11, 0, 1), rd(40), wr(49, 0, 1)},
       [](DramConfig& c) { c.timing.RTW = 9; }},
      {Rule::bus_overlap, {act(10, 0), act(20, 2), rd(40, 0), rd(44, 2)}, long_burst},
      {Rule::bus_overlap, {act(10, 0), act(20, 2), wr(40, 0), wr(44, 2)}, long_burst},
      {Rule::bus_turnaround, {act(10), act(11, 0, 1), rd(40), rd(43, 0, 1)}},
      {Rule::bus_turnaround, {act(10), act(11, 0, 1), wr(40), wr(43, 0, 1)}},
      {Rule::bus_turnaround,
       {act(10), act(11, 0, 1), wr(40), rd(47, 0, 1)},
       [](DramConfig& c) { c.timing.RTRS = 7; }},

      {Rule::refresh_after_activate, {act(10), pre(21), ref(26)}},
      {Rule::refresh_after_precharge, {act(10), pre(30), ref(34)}},
      {Rule::refresh_after_precharge, {act(10), prea(30), ref(36)}},
      {Rule::refresh_after_read_a, {act(10), rda(30), ref(37)}},
      {Rule::refresh_after_write_a, {act(10), wra(30), ref(47)}},
      {Rule::rfc, {ref(10), act(33)}},
      {Rule::rfc, {ref(10), ref(33)}},
      {Rule::rfc, {ref(10), refpb(33)}},
      {Rule::rfc, {ref(10), sre(33)}},
      {Rule::refresh_bank_after_activate, {act(10), pre(21), refpb(26)}},
      {Rule::refresh_bank_after_precharge, {act(10), pre(30), refpb(34)}},
      {Rule::refresh_bank_after_precharge, {act(10, 2), prea(30), refpb(36)}},
      {Rule::refresh_bank_after_read_a, {act(10), rda(30), refpb(37)}},
      {Rule::refresh_bank_after_write_a, {act(10), wra(30), refpb(47)}},
      {Rule::refresh_bank_after_other_activate, {act(10, 1), refpb(12, 2)}},
      {Rule::rfc_bank, {refpb(10), act(24)}},
      {Rule::rfc_bank, {refpb(10), refpb(24, 1)}},
      {Rule::rfc_bank, {refpb(10), ref(24)}},
      {Rule::rfc_bank, {refpb(10, 3), sre(24)}},
      {Rule::rrefd, {refpb(10), act(14, 2)}},
      {Rule::rrefd, {refpb(10), act(12, 2)}, [](DramConfig& c) { c.timing.RREFD = 0; }},

      {Rule::power_down_after_read, {act(10), rd(30), pde(39)}},
      {Rule::power_down_after_write, {act(10), wra(30), pde(44)}},
      {Rule::cke, {pde(10), pdx(15)}},
      {Rule::xp, {pde(10), pdx(20), act(23)}},
      {Rule::xp, {pde(10), pdx(20), pde(23)}},
      {Rule::xp, {act(2), pde(10), pdx(20), rd(23)}},
      {Rule::self_refresh_after_read, {act(10), rda(30), sre(39)}},
      {Rule::self_refresh_after_precharge, {act(10), pre(40), sre(44)}},
      {Rule::self_refresh_after_precharge, {act(10), prea(40), sre(46)}},
      {Rule::self_refresh_after_read_a, {act(10), rda(30), sre(42)}, slow_read},
      {Rule::self_refresh_after_write_a, {act(10), wra(30), sre(47)}},
      {Rule::ckesr, {sre(10), srx(18)}},
      {Rule::xs, {sre(10), srx(30), act(58)}},
      {Rule::xs, {sre(10), srx(30), ref(63)}, [](DramConfig& c) { c.timing.XS = 0; }},

      {Rule::precharge_in_refresh, {ref(10), pre(33)}},
      {Rule::precharge_in_refresh, {ref(10), prea(33)}},
      {Rule::precharge_in_refresh, {refpb(10, 1), pre(24, 1)}},
      {Rule::command_bus, {act(10), act(11, 0, 1)}},
      {Rule::command_bus, {act(10), act(40, 0, 1), rd(41)}},
      {Rule::command_bus,
       {act(10), act(11, 0, 1)},
       [](DramConfig& c) { c.controller.separate_buses = true; }},
  };
  return all;
}

// Breaks this rule and no other with its last command.
struct Breach {
  Rule rule;
  Commands commands;
};

const std::vector<Breach>& breaches() {
  static const std::vector<Breach> all = {
      {Rule::activate_of_open_bank, {act(10), act(40)}},
      {Rule::activate_of_open_bank, {act(10), rd(20), act(40)}},
      {Rule::column_of_closed_bank, {rd(10)}},
      {Rule::column_of_closed_bank, {act(10), pre(30), wr(50)}},
      {Rule::column_of_closed_bank, {act(10), act(20, 2), prea(40), wr(50, 2)}},
      {Rule::column_of_closed_bank, {act(10), rda(20), rd(40)}},
      {Rule::column_of_closed_bank, {act(10), wra(20), wr(40)}},
      {Rule::column_of_closed_bank, {act(10), rd(40, 1)}},
      {Rule::column_of_closed_bank, {act(10), rd(40, 0, 1)}},
      {Rule::refresh_with_open_row, {act(10), ref(40)}},
      {Rule::refresh_with_open_row, {act(10), act(20, 2), pre(40), ref(60)}},
      {Rule::refresh_bank_with_open_row, {act(10, 1), refpb(40, 1)}},
      {Rule::self_refresh_with_open_row, {act(10, 2), sre(40)}},
      {Rule::rank_down, {pde(10), act(40)}},
      {Rule::rank_down, {act(2), pde(10), rd(40)}},
      {Rule::rank_down, {pde(10), pde(40)}},
      {Rule::rank_down, {pde(10), ref(40)}},
      {Rule::rank_in_self_refresh, {sre(10), act(40)}},
      {Rule::rank_in_self_refresh, {sre(10), ref(40)}},
      {Rule::exit_without_entry, {pdx(10)}},
      {Rule::exit_without_entry, {srx(10)}},
      {Rule::exit_without_entry, {pde(10), pdx(20), pdx(30)}},
      {Rule::order_of_cycles, {act(10), act(9, 0, 1)}},
      {Rule::no_such_bank, {act(10, 4)}},
      {Rule::no_such_bank, {act(10, 0, 2)}},
  };
  return all;
}

TEST(RuleChecker, allows_a_command_in_its_first_legal_cycle_and_not_in_the_one_before) {
  for (const Boundary& b : boundaries()) {
    const DramConfig config = config_of(b.change);
    SCOPED_TRACE(std::string(name(b.rule)) + ": " + name(b.commands.back().kind) + " in " +
                 std::to_string(b.commands.back().cycle));
    EXPECT_EQ(checked(config, b.commands).report(), "");
    Commands early = b.commands;
    --early.back().cycle;
    EXPECT_EQ(fires_alone(checked(config, early), b.rule), "");
  }
}

TEST(RuleChecker, objects_to_a_command_that_the_state_forbids_and_to_none_before_it) {
  for (const Breach& b : breaches()) {
    SCOPED_TRACE(std::string(name(b.rule)) + ": " + name(b.commands.back().kind));
    EXPECT_EQ(fires_alone(checked(config_of(), b.commands), b.rule), "");
    const Commands before(b.commands.begin(), b.commands.end() - 1);
    EXPECT_EQ(checked(config_of(), before).report(), "");
  }
}

TEST(RuleChecker, has_no_rule_that_was_not_shown_to_fire) {
  std::array<bool, rule_count> shown{};
  for (const Boundary& b : boundaries()) shown[static_cast<std::size_t>(b.rule)] = true;
  for (const Breach& b : breaches()) shown[static_cast<std::size_t>(b.rule)] = true;
  shown[static_cast<std::size_t>(Rule::refresh_late)] = true;  // below
  for (std::size_t i = 0; i < rule_count; ++i) EXPECT_TRUE(shown[i]) << name(static_cast<Rule>(i));
}

TEST(RuleChecker, gives_every_rule_a_name_of_its_own) {
  for (std::size_t i = 0; i < rule_count; ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_STRNE(name(static_cast<Rule>(i)), name(static_cast<Rule>(j)));
}

// ---- refresh debt: rank 0 of two first owes one in cycle 95, and then every 190 ---------------

DramConfig refreshed(std::int64_t postpone) {
  return config_of([&](DramConfig& c) {
    c.refresh.mode = RefreshMode::all_bank;
    c.refresh.postpone = postpone;
  });
}

TEST(RuleCheckerRefresh, is_late_from_the_cycle_after_postpone_and_one_intervals) {
  for (const std::int64_t postpone : {0, 2}) {
    const Cycle last = 95 + 190 * static_cast<Cycle>(postpone + 1);
    const DramConfig config = refreshed(postpone);
    EXPECT_EQ(checked(config, {ref(last), ref(last + 190)}).report(), "");
    EXPECT_EQ(fires_alone(checked(config, {ref(last + 1)}), Rule::refresh_late), "");
    EXPECT_EQ(fires_alone(checked(config, {ref(last), ref(last + 191)}), Rule::refresh_late), "");
    EXPECT_EQ(fires_alone(checked(config, {act(last + 1)}), Rule::refresh_late), "");
  }
}

TEST(RuleCheckerRefresh, is_missed_when_the_books_are_closed) {
  RuleChecker checker(refreshed(0));
  checker.finish(285);
  EXPECT_EQ(checker.report(), "");
  checker.finish(286);  // rank 0; rank 1 has until 380
  EXPECT_EQ(fires_alone(checker, Rule::refresh_late), "");
  checker.finish(380);
  EXPECT_EQ(checker.count(), 1u);
  checker.finish(381);
  EXPECT_EQ(checker.count(Rule::refresh_late), 2u);
}

TEST(RuleCheckerRefresh, owes_nothing_in_self_refresh_and_counts_from_its_end) {
  RuleChecker checker = checked(refreshed(0), {sre(50), ref(190, 1), ref(380, 1), ref(570, 1)});
  checker.finish(760);
  EXPECT_EQ(checker.report(), "");
  checker.command(srx(761));
  checker.command(ref(940, 1));
  checker.command(ref(761 + 380));
  EXPECT_EQ(checker.report(), "");
  EXPECT_EQ(
      fires_alone(checked(refreshed(0), {sre(50), srx(761), ref(761 + 381)}), Rule::refresh_late),
      "");
}

TEST(RuleCheckerRefresh, of_single_banks_is_owed_at_its_own_rate) {
  const DramConfig config = config_of([](DramConfig& c) {
    c.refresh.mode = RefreshMode::per_bank;
    c.timing.REFIpb = 0;  // 190 / 4 banks = 47
  });
  EXPECT_EQ(checked(config, {refpb(23 + 47, 0), refpb(23 + 94, 1)}).report(), "");
  EXPECT_EQ(fires_alone(checked(config, {refpb(24 + 47)}), Rule::refresh_late), "");
}

// ---- whole traces -----------------------------------------------------------------------------

TEST(RuleChecker, is_silent_on_what_may_overlap) {
  const Change separate = [](DramConfig& c) { c.controller.separate_buses = true; };
  const std::vector<std::pair<Commands, Change>> traces = {
      // A row and a column command in one cycle.
      {{act(10), rd(15), act(15, 2), pre(21), wr(21, 2)}, separate},
      // What one rank does is nothing to the rows, the refresh and the sleep of another.
      {{act(10), act(11, 0, 1), rd(16, 0, 1), pre(21), ref(26), rd(27, 0, 1)}, {}},
      {{ref(10), act(11, 0, 1), wr(14, 0, 1), ref(33)}, {}},
      {{pde(10), act(11, 0, 1), rd(16, 0, 1), pdx(17), act(20)}, {}},
      {{sre(10), act(11, 0, 1), rd(16, 0, 1), srx(18), act(46)}, {}},
      // A bank is refreshed, the others work; a rank goes down in its refresh, and twice in it.
      {{act(2, 2), refpb(10), act(14, 3), rd(19, 2), pre(25, 2), refpb(39, 2)}, {}},
      {{ref(10), pde(11), pdx(16), pde(19), pdx(24), act(33)}, {}},
      // Down with a row open.
      {{act(10), pde(11), pdx(16), rd(19), pde(28)}, {}},
  };
  for (const auto& [commands, change] : traces)
    EXPECT_EQ(checked(config_of(change), commands).report(), "");
}

Commands by_reference(const DramConfig& config, const Traffic& traffic, Cycle& end) {
  CycleReference reference(config);
  for (const Request& r : traffic.requests) reference.push(r);
  EXPECT_TRUE(reference.run_until_idle(1'000'000));
  reference.run(reference.now() + 500);
  end = reference.now();
  return reference.commands();
}

TEST(RuleChecker, is_silent_on_the_commands_of_the_reference) {
  std::vector<DramConfig> configs = small_configs();
  for (std::uint64_t seed = 0; seed < 150; ++seed) configs.push_back(mixed_config(seed));
  std::uint64_t seed = 0;
  for (const DramConfig& config : configs) {
    const auto traffic = every_traffic(config.organization, 150, ++seed);
    for (std::size_t i = 0; i < 2; ++i) {
      Cycle end = 0;
      RuleChecker checker(config);
      for (const Command& c : by_reference(config, traffic[(seed + i * 4) % traffic.size()], end))
        checker.command(c);
      checker.finish(end);
      EXPECT_EQ(checker.report(), "") << config.name;
    }
  }
}

// The reference sends as soon as it may: with a cycle more in any parameter its trace is illegal.
TEST(RuleChecker, finds_a_trace_of_slightly_faster_timing_illegal_whatever_the_parameter) {
  DramConfig config = config_of();
  config.organization = small_organization(2, 4, 2);
  config.refresh.mode = RefreshMode::all_bank;
  config.timing.RAS = 9;  // so that tRC alone can bind, and tRAS, too
  config.power_down.after = 12;
  config.power_down.self_refresh = 120;
  DramConfig per_bank = config;
  per_bank.refresh.mode = RefreshMode::per_bank;
  per_bank.timing.REFIpb = 50;
  using P = std::int64_t Timing::*;
  for (const P parameter :
       {&Timing::burst, &Timing::RCDRD, &Timing::RCDWR, &Timing::RP,    &Timing::RPab,
        &Timing::RAS,   &Timing::RC,    &Timing::RRDS,  &Timing::RRDL,  &Timing::FAW,
        &Timing::CCDS,  &Timing::CCDL,  &Timing::WR,    &Timing::RTP,   &Timing::WTRS,
        &Timing::WTRL,  &Timing::RTRS,  &Timing::RFC,   &Timing::RFCpb, &Timing::RREFD,
        &Timing::PPD,   &Timing::CKE,   &Timing::XP,    &Timing::CKESR, &Timing::XS}) {
    std::uint64_t violations = 0;
    for (const DramConfig& c : {config, per_bank})
      for (const PagePolicy page : {PagePolicy::open, PagePolicy::closed}) {
        DramConfig sent = c, strict = c;
        sent.controller.page_policy = page;
        if (parameter == &Timing::CCDS) sent.timing.burst = strict.timing.burst = 1;
        strict.timing.*parameter += 1;
        for (const Traffic& traffic : every_traffic(c.organization, 300, 99)) {
          Cycle end = 0;
          violations += checked(strict, by_reference(sent, traffic, end)).count();
        }
      }
    EXPECT_GT(violations, 0u) << "parameter " << &(config.timing.*parameter) - &config.timing.burst;
  }
}

}  // namespace
}  // namespace mantissa::memory::dram
