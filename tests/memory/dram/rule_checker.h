// SPDX-License-Identifier: Apache-2.0
// Listens to the commands of a channel and holds each against the rules of the device: timing
// (JEDEC parameters, from their definitions and not from the controller's rule table), the states
// of banks and ranks, the command and data buses, and the debt of refreshes. Cheap enough to listen
// to long runs: some twenty comparisons a command.
//
//   RuleChecker checker(config);
//   controller.set_sink(&checker);
//   ...
//   checker.finish(controller.now());           // refreshes that are still missing
//   EXPECT_EQ(checker.report(), "");
//
// A refresh is late when it comes more than (postpone + 1) intervals after it fell due: `postpone`
// intervals that the controller may owe it, and one for closing rows and for the refresh before it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "memory/dram/command.h"
#include "memory/dram/config.h"

namespace mantissa::memory::dram {

enum class Rule : std::uint8_t {
  // Rows of a bank.
  rcd_read,
  rcd_write,
  ras,
  rc,
  rp,
  rp_all,
  ppd,
  read_to_precharge,
  write_to_precharge,
  read_a_to_activate,
  write_a_to_activate,
  // Activates of a rank.
  rrd_long,
  rrd_short,
  faw,
  // Columns.
  ccd_long,
  ccd_short,
  wtr_long,
  wtr_short,
  read_to_write,
  bus_overlap,
  bus_turnaround,
  // Refresh of a rank, and of a bank.
  refresh_after_activate,
  refresh_after_precharge,
  refresh_after_read_a,
  refresh_after_write_a,
  rfc,
  refresh_bank_after_activate,
  refresh_bank_after_precharge,
  refresh_bank_after_read_a,
  refresh_bank_after_write_a,
  refresh_bank_after_other_activate,
  rfc_bank,
  rrefd,
  refresh_late,
  // Power-down and self-refresh.
  power_down_after_read,
  power_down_after_write,
  cke,
  xp,
  self_refresh_after_read,
  self_refresh_after_precharge,
  self_refresh_after_read_a,
  self_refresh_after_write_a,
  ckesr,
  xs,
  // States.
  activate_of_open_bank,
  column_of_closed_bank,
  precharge_in_refresh,
  refresh_with_open_row,
  refresh_bank_with_open_row,
  self_refresh_with_open_row,
  rank_down,
  rank_in_self_refresh,
  exit_without_entry,
  // The command bus.
  command_bus,
  order_of_cycles,
  no_such_bank,
};
constexpr std::size_t rule_count = static_cast<std::size_t>(Rule::no_such_bank) + 1;
const char* name(Rule rule);  // "tRCD(rd)", "data bus: bursts overlap", ...

struct Violation {
  Rule rule{};
  Command command;
  Command
      earlier;  // that it came too soon after; without row and column, `command` if there is none
};
std::string text(const Violation& violation);

class RuleChecker : public CommandSink {
 public:
  static constexpr std::size_t kept = 40;

  explicit RuleChecker(const DramConfig& config);
  void command(const Command& command) override;
  void finish(Cycle end);

  const std::vector<Violation>& violations() const { return violations_; }  // the first `kept`
  std::uint64_t count(Rule rule) const { return counts_[static_cast<std::size_t>(rule)]; }
  std::uint64_t count() const;  // of all rules
  std::uint64_t commands() const { return commands_; }
  std::string report() const;  // a line for each violation kept; empty if there is none

 private:
  using Time = std::int64_t;
  static constexpr Time never = -(Time{1} << 60);

  // When something was sent last, and to whom.
  struct Past {
    Time at = never;
    CommandKind kind{};
    std::uint8_t rank = 0, bank = 0;
  };
  struct Bank {
    bool open = false;
    Past activate, precharge, read, write, read_a, write_a, refresh;
  };
  struct Group {
    Past activate, read, write;  // columns with and without auto-precharge
  };
  struct Rank {
    Past activate, fourth_last[4], precharge, precharge_all, read, write, read_a, write_a, refresh,
        refresh_bank, down, up, asleep, awake;
    std::size_t activates = 0;
    std::uint32_t open_banks = 0;
    bool is_down = false, is_asleep = false;
    Time refresh_deadline = 0;
  };

  void activate(const Command& c, Rank& rank, Group& group, Bank& bank);
  void precharge(const Command& c, Rank& rank, Bank& bank);
  void precharge_all(const Command& c, Rank& rank, Bank* banks);
  void read(const Command& c, Rank& rank, Group& group, Bank& bank);
  void write(const Command& c, Rank& rank, Group& group, Bank& bank);
  void refresh(const Command& c, Rank& rank);
  void refresh_bank(const Command& c, Rank& rank, Bank& bank);
  void power(const Command& c, Rank& rank);

  void command_bus(const Command& c);
  void data_bus(const Command& c, Time latency);
  void rank_state(const Command& c, const Rank& rank);
  void refresh_debt(const Command& c, Rank& rank);

  void after(Rule rule, const Past& earlier, Time cycles) {
    if (now_.at - earlier.at < cycles) violate(rule, earlier);
  }
  void violate(Rule rule, const Past& earlier);
  void violate(Rule rule) { violate(rule, now_); }

  const Timing t_;
  const bool separate_buses_;
  Time written_ = 0, recovered_ = 0, read_to_write_ = 0;
  Time rp_all_ = 0, refresh_gap_ = 0, awake_ = 0;
  Time refresh_interval_ = 0, refresh_patience_ = 0;  // 0: no refreshes are demanded
  std::size_t banks_per_rank_, banks_per_group_;

  Past now_;
  Command current_;
  Past last_row_, last_column_;
  Past last_burst_;  // the command behind it
  Time bus_free_ = never;
  std::vector<Bank> banks_;
  std::vector<Group> groups_;
  std::vector<Rank> ranks_;

  std::uint64_t commands_ = 0;
  std::array<std::uint64_t, rule_count> counts_{};
  std::vector<Violation> violations_;
};

}  // namespace mantissa::memory::dram
