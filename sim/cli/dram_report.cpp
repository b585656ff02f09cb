// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/dram_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/config/quantity_text.h"
#include "memory/dram/constraints.h"
#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

using namespace memory::dram;
using Align = Table::Align;

constexpr std::size_t width = 100;

std::string share(double part, double whole) { return whole > 0 ? percent(part / whole) : "-"; }
std::string share(std::uint64_t part, std::uint64_t whole) {
  return share(static_cast<double>(part), static_cast<double>(whole));
}

std::string counted(std::int64_t count, const char* thing) {
  return fmt::format("{} {}{}", grouped(static_cast<std::uint64_t>(count)), thing,
                     count == 1 ? "" : "s");
}

template <class E>
const char* word(E value) {
  for (const auto& [each, text] : config::EnumNames<E>::names())
    if (each == value) return text;
  return "";
}

std::string head(const DramConfig& config, const std::string& title, const Console& console) {
  return console.paint(Colour::bold, title) +
         fmt::format("   {}, command clock {} (tCK {:.4g} ns)\n", config.standard,
                     si(static_cast<double>(config.clock.value), "Hz"),
                     1e9 / static_cast<double>(config.clock.value));
}

// What two runs must share before they are compared.
std::string set_up(const DramConfig& config, const Console& console) {
  const auto& o = config.organization;
  const auto& c = config.controller;
  Table table({}, {Align::left, Align::left});
  table.row(
      {"organisation",
       fmt::format("{} x {} x {} x {} x {} of {}; {}", counted(o.channels, "channel"),
                   counted(o.ranks, "rank"), counted(o.bank_groups, "bank group"),
                   counted(o.banks, "bank"), counted(o.rows, "row"),
                   binary_bytes(o.bursts_per_row() * o.burst_bytes()), binary_bytes(o.bytes()))});
  table.row({"data bus", fmt::format("{} bits a channel; burst of {} = {} in {}; peak {}", o.width,
                                     o.burst_length, binary_bytes(o.burst_bytes()),
                                     counted(config.timing.burst, "cycle"),
                                     si(config.peak_bytes_per_second(), "B/s"))});
  std::string mapping = c.mapping;
  for (const auto& fold : c.xors) mapping += " " + fold;
  table.row({"mapping", mapping + fmt::format(" (most significant first, above the {} of a burst)",
                                              binary_bytes(o.burst_bytes()))});
  table.row(
      {"queues",
       fmt::format("{} reads and {} writes a channel, {}", c.transaction_queue, c.transaction_queue,
                   c.bank_queue > 0 ? fmt::format("then {} for each bank", c.bank_queue)
                                    : "commands straight from them")});
  table.row(
      {"policy",
       fmt::format("{}, {} page, {}; writes from {} down to {}; {}", word(c.scheduling),
                   word(c.page_policy),
                   c.row_hit_limit == 0 ? std::string("row hits without limit")
                                        : fmt::format("at most {} row hits", c.row_hit_limit),
                   c.write_high, c.write_low,
                   c.separate_buses ? "row and column command bus apart" : "one command bus")});
  table.row(
      {"refresh",
       fmt::format(
           "{}, up to {} postponed; power-down {}", word(config.refresh.mode),
           config.refresh.postpone,
           config.power_down.after > 0 || config.power_down.self_refresh > 0 ? "on" : "off")});
  return console.paint(Colour::bold, "Memory") + "\n" + table.text();
}

std::string figures(const sim::DramRun& run) {
  const auto& r = run.result;
  Table table({}, {Align::left, Align::right, Align::left});
  table.row({"requests", grouped(r.requests),
             fmt::format("lines of {} B in {} format; {}", run.request_bytes, name(r.format),
                         counted(static_cast<std::int64_t>(r.bursts), "burst"))});
  table.row({"cycles", grouped(r.cycles), "command clock, from cycle 0 to the last data"});
  table.row({"time", si(r.seconds(), "s"), "cycles x tCK"});
  table.row({"bandwidth", si(r.bandwidth(), "B/s"),
             fmt::format("{} of {} peak; bytes over the data bus / time",
                         share(r.bandwidth(), r.peak_bandwidth), si(r.peak_bandwidth, "B/s"))});
  table.row({"bound by", name(r.bound_by()), meaning(r.bound_by())});
  return table.text();
}

std::string bus(const TraceResult& result, const Console& console) {
  Table table({}, {Align::left, Align::right, Align::right, Align::left});
  const BusTime& b = result.bus;
  table.row({"busy", grouped(b.busy), share(b.busy, b.whole), "moving bytes"});
  for (std::size_t i = 0; i < waits; ++i)
    if (b.idle[i] > 0)
      table.row({name(static_cast<Wait>(i)), grouped(b.idle[i]), share(b.idle[i], b.whole),
                 meaning(static_cast<Wait>(i))});
  table.row({"total", grouped(b.whole), share(b.whole, b.whole), "channels x cycles"});
  return console.paint(Colour::bold, "Where the data bus's time went") +
         "  cycles; idle time by what the next burst had waited for\n" + table.text();
}

std::string rows(const TraceResult& result, const Console& console) {
  const auto& s = result.total;
  const std::uint64_t all = s.row_hits + s.row_misses + s.row_conflicts;
  Table table({}, {Align::left, Align::right, Align::right, Align::left});
  table.row({"hits", grouped(s.row_hits), share(s.row_hits, all), "found its row open"});
  table.row({"misses", grouped(s.row_misses), share(s.row_misses, all),
             "found its bank closed: activate first"});
  table.row({"conflicts", grouped(s.row_conflicts), share(s.row_conflicts, all),
             "found another row open: precharge and activate first"});
  if (s.forwarded > 0)
    table.row({"forwarded", grouped(s.forwarded), "", "reads answered from the write queue"});
  if (s.merged > 0)
    table.row({"merged", grouped(s.merged), "", "writes that replaced a queued one"});
  std::string sent;
  for (std::size_t k = 0; k < command_kinds; ++k)
    if (s.commands[k] > 0)
      sent += fmt::format("{}{} {}", sent.empty() ? "" : ", ", name(static_cast<CommandKind>(k)),
                          grouped(s.commands[k]));
  return console.paint(Colour::bold, "Rows") + "  by burst\n" + table.text() + "  commands  " +
         wrap(sent, width - 12, 12) + "\n";
}

std::string latency_figure(const TraceResult& result, double cycles) {
  return fmt::format("{:.1f} ns", result.latency_ns(cycles));
}

std::string latencies(const TraceResult& result, const Console& console) {
  std::vector<std::string> head = {"", "bursts", "mean", "min"};
  std::vector<Align> align = {Align::left, Align::right, Align::right, Align::right};
  for (const auto& percentile : sim::percentiles()) {
    head.push_back(fmt::format("{} %", percentile.share * 100));
    align.push_back(Align::right);
  }
  head.emplace_back("max");
  align.push_back(Align::right);
  Table table(head, align);
  const auto add = [&](const char* what, const LatencyHistogram& h) {
    if (h.count() == 0) return;
    const auto at = [&](Cycle cycles) {
      return latency_figure(result, static_cast<double>(cycles));
    };
    std::vector<std::string> cells = {what, grouped(h.count()), latency_figure(result, h.mean()),
                                      at(h.least())};
    for (const auto& percentile : sim::percentiles())
      cells.push_back(at(h.percentile(percentile.share)));
    cells.push_back(at(h.most()));
    table.row(cells);
  };
  add("read", result.total.read_latency);
  add("write", result.total.write_latency);
  return console.paint(Colour::bold, "Latency") +
         "  from acceptance into the queue to the last data" +
         (result.controller_latency_ns > 0
              ? fmt::format(", plus {:.4g} ns of controller and PHY", result.controller_latency_ns)
              : "") +
         "\n" + table.text() +
         fmt::format("  before acceptance a burst waited {:.1f} ns on average\n",
                     result.ns(result.mean_wait_before_acceptance()));
}

std::string histogram(const TraceResult& result, const Console& console) {
  constexpr double longest = 40;  // characters
  const auto& reads = result.total.read_latency;
  const bool of_reads = reads.count() > 0;
  const auto& h = of_reads ? reads : result.total.write_latency;
  std::uint64_t most = 1;
  const auto bins = sim::latency_bins(h);
  for (const auto& bin : bins) most = std::max(most, bin.count);
  Table table({}, {Align::right, Align::right, Align::right, Align::left});
  for (const auto& bin : bins)
    table.row(
        {"<= " + latency_figure(result, static_cast<double>(bin.up_to)), grouped(bin.count),
         share(bin.count, h.count()),
         std::string(static_cast<std::size_t>(std::ceil(longest * static_cast<double>(bin.count) /
                                                        static_cast<double>(most))),
                     '#')});
  return console.paint(Colour::bold, of_reads ? "Read latencies" : "Write latencies") +
         "  in powers of two of cycles\n" + table.text();
}

std::string energies(const sim::DramRun& run, const Console& console) {
  const auto& energy = run.energy;
  std::string missing;
  for (const auto& what : energy.missing) missing += (missing.empty() ? "" : "; ") + what;
  const std::string absent = "  not known, and not in it: " + wrap(missing, width - 28, 28) + "\n";
  if (!energy.known()) return console.paint(Colour::bold, "Energy") + "  not known\n" + absent;

  const double total = energy.total.value, bits = 8 * static_cast<double>(run.result.bytes_moved());
  std::vector<std::string> notes;
  Table table({"part", "energy", "", "", "how"},
              {Align::left, Align::right, Align::right, Align::left, Align::left});
  for (const auto& part : energy.parts) {
    const std::string note = part.scope + ". Source: " + part.source;
    auto at = std::find(notes.begin(), notes.end(), note);
    if (at == notes.end()) at = notes.insert(notes.end(), note);
    table.row({part.name, si(part.energy.value * 1e-12, "J"), share(part.energy.value, total),
               fmt::format("[{}]", at - notes.begin() + 1), part.formula});
  }
  table.row({"total", si(total * 1e-12, "J"), share(total, total), "",
             fmt::format("{:.2f} pJ per bit moved; {} on average", total / bits,
                         si(total * 1e-12 / run.result.seconds(), "W"))});
  std::string text = console.paint(Colour::bold, "Energy") + "\n" + table.text();
  for (std::size_t i = 0; i < notes.size(); ++i)
    text += fmt::format("  [{}] ", i + 1) + wrap("Scope: " + notes[i], width - 6, 6) + "\n";
  return text + absent;
}

struct RuleGroup {
  Constraint rule;
  std::string before, after;
};

// Rules that differ only in their commands, in one row each: "RD RDA" -> "PRE PREA". First those
// with the same `before` are joined, then those whose `after` are the same.
std::vector<RuleGroup> grouped_rules(const DramConfig& config) {
  const auto alike = [](const Constraint& a, const Constraint& b) {
    return a.level == b.level && a.cycles == b.cycles && a.window == b.window && a.wait == b.wait &&
           std::string_view(a.rule) == b.rule;
  };
  std::vector<RuleGroup> by_before, groups;
  for (const auto& c : constraints(config.organization, config.timing)) {
    const auto known = std::find_if(by_before.begin(), by_before.end(), [&](const RuleGroup& g) {
      return alike(g.rule, c) && g.rule.before == c.before;
    });
    if (known == by_before.end())
      by_before.push_back({c, name(c.before), name(c.after)});
    else
      known->after += std::string(" ") + name(c.after);
  }
  for (const auto& each : by_before) {
    const auto known = std::find_if(groups.begin(), groups.end(), [&](const RuleGroup& g) {
      return alike(g.rule, each.rule) && g.after == each.after;
    });
    if (known == groups.end())
      groups.push_back(each);
    else
      known->before += " " + each.before;
  }
  return groups;
}

}  // namespace

std::string dram_summary(const sim::DramRun& run, const Console& console) {
  const std::string title = fmt::format("{} on {}", run.trace, run.config.name);
  return head(run.config, title, console) + fmt::format("configuration {}\n\n", run.config_hash) +
         set_up(run.config, console) + "\n" + figures(run) + "\n" + bus(run.result, console) +
         "\n" + rows(run.result, console) + "\n" + latencies(run.result, console) + "\n" +
         histogram(run.result, console) + "\n" + energies(run, console);
}

std::string timing_table(const DramConfig& config, const Console& console) {
  Table table({"before", "after", "both to one", "cycles", "ns", "rule", "bus idle for"},
              {Align::left, Align::left, Align::left, Align::right, Align::right, Align::left,
               Align::left});
  for (const auto& [c, before, after] : grouped_rules(config)) {
    const double ns = static_cast<double>(c.cycles) * 1e9 / static_cast<double>(config.clock.value);
    table.row({c.window > 1 ? fmt::format("{} ({}th last)", before, c.window) : before, after,
               name(c.level), grouped(static_cast<std::uint64_t>(c.cycles)),
               fmt::format("{:.2f}", ns), c.rule, name(c.wait)});
  }
  return head(config, "Timing rules of " + config.name, console) +
         "From `before` to `after`, at least so long; of several rules the latest decides.\n\n" +
         table.text();
}

}  // namespace mantissa::cli
