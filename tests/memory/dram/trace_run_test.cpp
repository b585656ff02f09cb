// SPDX-License-Identifier: Apache-2.0
// Traces on whole memories: nothing is lost, chunks do not show, time adds up, and the report names
// what bounds a trace that was made to be bound by it.
#include "memory/dram/trace_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"
#include "memory/dram/errors.h"
#include "tests/memory/dram/presets.h"
#include "tests/memory/dram/trace_files.h"

namespace mantissa::memory::dram {
namespace {

const TraceFiles& all_traces() {
  static const TraceFiles all;
  return all;
}

std::string hex(std::uint64_t address) {
  std::ostringstream text;
  text << std::hex << address;
  return text.str();
}

struct Line {
  std::uint64_t address;
  bool write;
  Cycle cycle;
};

std::string trace_of(const std::vector<Line>& lines) {
  std::string text;
  for (const auto& l : lines)
    text += hex(l.address) + (l.write ? " WRITE " : " READ ") + std::to_string(l.cycle) + "\n";
  return all_traces().write(text);
}

TraceResult run(const DramConfig& config, const std::vector<Line>& lines,
                const TraceOptions& options = {}) {
  TraceReader reader(trace_of(lines));
  return run_trace(config, reader, options);
}

// splitmix64: the same addresses everywhere.
std::vector<Line> random_lines(std::size_t count, Cycle gap = 0, int writes_in = 0) {
  std::vector<Line> lines;
  std::uint64_t state = 7;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t z = state += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    z ^= z >> 31;
    lines.push_back({z % (256ull << 20) / 64 * 64, writes_in > 0 && i % writes_in == 0, i * gap});
  }
  return lines;
}

std::vector<Line> stream_lines(std::size_t count, std::uint64_t step) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < count; ++i) lines.push_back({i * step, false, 0});
  return lines;
}

TEST(TraceRun, honours_the_cycle_of_a_request) {
  const DramConfig config = preset("hbm2_8gb_x128");
  const Timing& t = config.timing;
  const auto closed = static_cast<Cycle>(t.RCDRD + t.CL + t.burst);
  EXPECT_EQ(run(config, {{0, false, 1000}}).cycles, 1000 + closed);
  EXPECT_EQ(run(config, {{0, false, 1001}}).cycles, 1001 + closed);
}

TEST(TraceRun, adds_up_on_every_preset) {
  const auto lines = random_lines(20'000, 1, 3);
  for (const auto& name : preset_names()) {
    const DramConfig config = preset(name);
    const TraceResult r = run(config, lines);  // conservation is checked inside
    EXPECT_EQ(r.total.reads + r.total.writes, lines.size()) << name;
    EXPECT_EQ(r.channels.size(), static_cast<std::size_t>(config.organization.channels));
    EXPECT_EQ(r.total.row_hits + r.total.row_misses + r.total.row_conflicts + r.total.forwarded +
                  r.total.merged,
              lines.size());
    EXPECT_EQ(r.total.read_latency.count(), r.total.reads);
    EXPECT_EQ(r.total.write_latency.count(), r.total.writes);
    const double busy = static_cast<double>(r.bus.busy) / static_cast<double>(r.bus.whole);
    EXPECT_NEAR(r.bandwidth(), busy * r.peak_bandwidth, 1e-9 * r.peak_bandwidth) << name;
    EXPECT_LE(r.bandwidth(), r.peak_bandwidth);
    Cycle ranks = 0;
    for (const Cycle cycles : r.total.rank_time) ranks += cycles;
    EXPECT_GE(ranks, r.cycles * static_cast<Cycle>(config.organization.ranks *
                                                   config.organization.channels));
  }
}

// The runner hands requests on in chunks; a controller that is given all of them at once agrees.
TEST(TraceRun, gives_the_same_whether_a_channel_knows_its_future_or_not) {
  for (const Cycle gap : {0, 3, 40}) {
    const auto lines = random_lines(10'000, gap, 4);
    const DramConfig config =
        preset("ddr4_2400", {"power_down.after=50", "power_down.self_refresh=5000"});
    const TraceResult chunked = run(config, lines);
    const AddressMap map(config.organization, config.controller.mapping, {});
    Controller channel(config);
    for (const auto& l : lines) {
      const Location at = map.locate(l.address);
      channel.push(
          {l.cycle, at.row, at.column,
           static_cast<std::uint8_t>(at.rank * config.organization.banks_per_rank() + at.bank),
           l.write, 0});
    }
    channel.run(forever);
    channel.settle(channel.statistics().last_data);
    EXPECT_EQ(chunked.cycles, channel.statistics().last_data);
    EXPECT_EQ(chunked.total.commands, channel.statistics().commands);
    EXPECT_EQ(chunked.total.bus_idle, channel.statistics().bus_idle);
    EXPECT_EQ(chunked.total.rank_time, channel.statistics().rank_time);
    EXPECT_EQ(chunked.total.read_latency.counts(), channel.statistics().read_latency.counts());
  }
}

TEST(TraceRun, keeps_channels_apart) {
  const DramConfig two = preset("ddr3_2133");
  std::vector<Line> both = random_lines(4'000, 2), even, odd;
  const AddressMap map(two.organization, two.controller.mapping, {});
  for (const auto& line : both)
    (map.locate(line.address).channel == 0 ? even : odd).push_back(line);
  const TraceResult r = run(two, both);
  for (const auto& [index, lines] : {std::pair{0u, even}, std::pair{1u, odd}}) {
    const TraceResult alone = run(two, lines);
    EXPECT_EQ(r.channels[index].last_data, alone.cycles);
    EXPECT_EQ(r.channels[index].read_latency.counts(), alone.total.read_latency.counts());
  }
}

TEST(TraceRun, reads_both_formats_to_the_same_end) {
  const DramConfig config = preset("lpddr4_3200");
  std::string loads;
  for (const auto& l : random_lines(3'000)) loads += "LD " + std::to_string(l.address) + "\n";
  TraceReader reader(all_traces().write(loads, "loads.trc"));
  const TraceResult ramulator = run_trace(config, reader);
  const TraceResult dramsim3 = run(config, random_lines(3'000));
  EXPECT_EQ(ramulator.format, TraceFormat::ramulator);
  EXPECT_EQ(dramsim3.format, TraceFormat::dramsim3);
  EXPECT_EQ(ramulator.cycles, dramsim3.cycles);
}

TEST(TraceRun, cuts_requests_into_the_bursts_that_they_touch) {
  const DramConfig config = preset("hbm2_2000_pc");  // bursts of 32 B
  const auto bursts = [&](std::uint64_t address, std::uint64_t bytes) {
    return run(config, {{address, false, 0}}, {bytes}).bursts;
  };
  EXPECT_EQ(bursts(0, 0), 1u);
  EXPECT_EQ(bursts(0, 32), 1u);
  EXPECT_EQ(bursts(0, 33), 2u);
  EXPECT_EQ(bursts(0, 64), 2u);
  EXPECT_EQ(bursts(8, 64), 3u);
  EXPECT_EQ(bursts(31, 1), 1u);
  const TraceResult r = run(config, stream_lines(1'000, 64), {64});
  EXPECT_EQ(r.requests, 1'000u);
  EXPECT_EQ(r.bytes_requested(), 64'000u);
  EXPECT_EQ(r.bytes_moved(), 64'000u);
}

TEST(TraceRun, counts_requests_beyond_the_capacity) {
  const DramConfig config = preset("hbm2_8gb_x128");
  const std::uint64_t capacity = config.organization.bytes();
  EXPECT_EQ(run(config, {{capacity - 64, false, 0}}).wrapped, 0u);
  EXPECT_EQ(run(config, {{capacity, false, 0}}).wrapped, 1u);
  // Cut to the capacity it is the same burst, whose row is open.
  EXPECT_EQ(run(config, {{0, false, 0}, {capacity, false, 50}}).total.row_hits, 1u);
}

TEST(TraceRun, adds_the_controllers_latency_to_times_and_not_to_cycles) {
  const TraceResult r = run(preset("u280_hbm"), {{0, false, 0}});
  EXPECT_EQ(r.cycles, 14u + 13 + 2);
  EXPECT_NEAR(r.latency_ns(static_cast<double>(r.total.read_latency.most())), 29 / .9 + 90, 1e-9);
  const TraceResult cycles =
      run(preset("u280_hbm", {"controller.latency=81 cycles"}), {{0, false, 0}});
  EXPECT_NEAR(cycles.controller_latency_ns, 90, 1e-9);
}

// ---- what bounds a trace ----------------------------------------------------------------------

Wait bound(const DramConfig& config, const std::vector<Line>& lines) {
  return run(config, lines).bound_by();
}

TEST(BoundBy, is_the_bus_for_a_stream_without_refresh) {
  EXPECT_EQ(bound(preset("hbm2_8gb_x128", {"refresh.mode=none"}), stream_lines(20'000, 64)),
            Wait::bus);
}
TEST(BoundBy, is_refresh_for_a_stream_with_it) {
  EXPECT_EQ(bound(preset("hbm2_8gb_x128"), stream_lines(20'000, 64)), Wait::refresh);
}
TEST(BoundBy, is_the_activation_window_for_random_reads_of_hbm2) {
  EXPECT_EQ(bound(preset("hbm2_8gb_x128"), random_lines(20'000)), Wait::window);
}
TEST(BoundBy, is_tCCD_L_for_a_stream_within_a_bank_group) {
  EXPECT_EQ(bound(preset("ddr4_2400"), stream_lines(20'000, 64)), Wait::column);
}
TEST(BoundBy, is_row_conflicts_for_one_bank) {
  const DramConfig config = preset("hbm2_8gb_x128");
  const std::uint64_t row = 16 * 1024;  // bytes of one row of all 16 banks
  EXPECT_EQ(bound(config, stream_lines(2'000, row)), Wait::row);
}
TEST(BoundBy, is_demand_for_requests_far_apart) {
  EXPECT_EQ(bound(preset("hbm2_8gb_x128"), random_lines(2'000, 100)), Wait::demand);
}
TEST(BoundBy, is_the_turnaround_for_reads_and_writes_in_turn) {
  std::vector<Line> lines;
  for (std::uint64_t i = 0; i < 20'000; ++i) lines.push_back({i * 64, i % 2 == 1, i * 2});
  EXPECT_EQ(bound(preset("hbm2_8gb_x128", {"refresh.mode=none", "controller.write_high=2"}), lines),
            Wait::turnaround);
}

// ---- commands as text -------------------------------------------------------------------------

TEST(CommandTrace, holds_every_command_in_the_order_of_each_channel) {
  const DramConfig config = preset("ddr3_2133");
  TraceReader reader(trace_of(random_lines(5'000, 1, 3)));
  const std::string path = all_traces().path("commands.txt");
  CommandTrace commands(path, config.organization);
  const TraceResult r = run_trace(config, reader, {}, &commands);
  commands.close();

  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "# cycle channel rank bankgroup bank command row column");
  std::array<std::uint64_t, command_kinds> counted{};
  std::map<unsigned, Cycle> last;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    Cycle cycle = 0;
    unsigned channel = 9, rank = 9;
    std::string group, bank, kind, row, column, more;
    words >> cycle >> channel >> rank >> group >> bank >> kind >> row >> column;
    ASSERT_TRUE(words && !(words >> more)) << line;
    ASSERT_LT(channel, 2u);
    ASSERT_GE(cycle, last[channel]);
    last[channel] = cycle;
    std::size_t k = 0;
    while (k < command_kinds && kind != name(static_cast<CommandKind>(k))) ++k;
    ASSERT_LT(k, command_kinds) << line;
    ++counted[k];
    const bool of_rank = kind == "REF" || kind == "PREA";
    EXPECT_EQ(bank == "-", of_rank) << line;
    EXPECT_EQ(column == "-", kind != "RD" && kind != "WR") << line;
    EXPECT_EQ(row == "-", of_rank || kind == "PRE") << line;
  }
  EXPECT_EQ(counted, r.total.commands);
}

TEST(CommandTrace, says_of_the_first_request_what_the_timing_says) {
  const DramConfig config = preset("hbm2_8gb_x128");
  const std::string path = all_traces().path("first.txt");
  TraceReader reader(trace_of({{0x100000 + 64, false, 5}}));
  CommandTrace commands(path, config.organization);
  run_trace(config, reader, {}, &commands);
  commands.close();
  std::ifstream in(path);
  std::string head, activate, read;
  std::getline(in, head);
  std::getline(in, activate);
  std::getline(in, read);
  EXPECT_EQ(activate, "5 0 0 0 0 ACT 64 -");
  EXPECT_EQ(read, "19 0 0 0 0 RD 64 1");
}

TEST(CommandTrace, tells_of_a_disk_that_takes_nothing) {
  EXPECT_THROW(CommandTrace("/no/such/folder/x", preset("ddr4_2400").organization), Error);
  CommandTrace full("/dev/full", preset("ddr4_2400").organization);
  EXPECT_THROW(full.close(), Error);
}

}  // namespace
}  // namespace mantissa::memory::dram
