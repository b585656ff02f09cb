// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "sim/cli/format.h"
#include "sim/json/fields.h"
#include "sim/json/result_json.h"

namespace mantissa::cli {
namespace {

using Align = Table::Align;

constexpr std::size_t layers_shown = 10;

// "Waiting for a load." as the end of a table row.
std::string phrase(std::string sentence) {
  if (!sentence.empty()) sentence[0] = static_cast<char>(std::tolower(sentence[0]));
  if (!sentence.empty() && sentence.back() == '.') sentence.pop_back();
  return sentence;
}

std::string share(double part, double whole) { return whole > 0 ? percent(part / whole) : "-"; }

std::string head(const sim::Point& point, const arch::RunResult& result, const Console& console) {
  const std::size_t cores = result.per_core.size();
  return console.paint(Colour::bold, fmt::format("{} on {}", result.workload, result.arch)) +
         fmt::format("   {} fidelity, {} core{} at {}, configuration {}\n", result.fidelity, cores,
                     cores == 1 ? "" : "s", si(static_cast<double>(result.clock.value), "Hz"),
                     point.config_hash);
}

std::string figures(const arch::RunResult& result) {
  const double seconds = result.latency_s;
  Table table({}, {Align::left, Align::right, Align::left});
  table.row(
      {"cycles", grouped(result.cycles.value), "core clock, first command to last write-back"});
  table.row({"latency", si(seconds, "s"),
             fmt::format("cycles / {}", si(static_cast<double>(result.clock.value), "Hz"))});
  table.row({"work", si(static_cast<double>(result.macs), "MAC"),
             fmt::format("{} at 2 operations per MAC",
                         si(2 * static_cast<double>(result.macs) / seconds, "op/s"))});
  table.row(
      {"utilisation", percent(result.utilization),
       fmt::format("MACs / ({:.0f} peak MACs per cycle x cycles)", result.peak_macs_per_cycle)});
  return table.text();
}

std::string matrix_time(const arch::RunResult& result, const Console& console) {
  const std::size_t core = sim::busiest_core(result);
  const auto& time = result.per_core[core];
  const double cycles = static_cast<double>(result.cycles.value);
  std::string title = "Where the matrix unit's cycles went";
  if (result.per_core.size() > 1)
    title += fmt::format(" (core {}, the busiest of {})", core, result.per_core.size());
  Table table({}, {Align::left, Align::right, Align::right, Align::left});
  table.row({"busy", grouped(time.busy.value), share(static_cast<double>(time.busy.value), cycles),
             "operands stream through the array"});
  for (std::size_t i = 0; i < arch::stall_kinds; ++i) {
    const std::string name = arch::name(static_cast<arch::Stall>(i));
    const sim::ResultField* field = sim::find_field("stalls." + name);
    table.row({name, grouped(time.stalls[i].value),
               share(static_cast<double>(time.stalls[i].value), cycles),
               phrase(field ? field->doc : "")});
  }
  return console.paint(Colour::bold, title) + "\n" + table.text();
}

// Only of units that count more than products.
std::string activity(const arch::RunResult& result, const Console& console) {
  if (result.matrix_activity.empty()) return {};
  Table table({}, {Align::left, Align::right, Align::left});
  for (const auto& [what, count] : result.matrix_activity) {
    const sim::ResultField* field = sim::find_field("matrix_activity." + what);
    table.row({what, grouped(count), phrase(field ? field->doc : "")});
  }
  return console.paint(Colour::bold, "What the matrix unit counted") + "\n" + table.text() + "\n";
}

std::string memory(const arch::RunResult& result, const Console& console) {
  const auto& dram = result.dram;
  Table table({}, {Align::left, Align::right, Align::left});
  table.row({"read", binary_bytes(dram.read_bytes), grouped(dram.read_bytes) + " B"});
  table.row({"written", binary_bytes(dram.write_bytes), grouped(dram.write_bytes) + " B"});
  table.row({"achieved", si(dram.achieved_bytes_per_s, "B/s"),
             fmt::format("{} of {} peak, over the whole run",
                         share(dram.achieved_bytes_per_s, dram.peak_bytes_per_s),
                         si(dram.peak_bytes_per_s, "B/s"))});
  table.row({"while busy", si(dram.busy_bytes_per_s, "B/s"),
             fmt::format("{} of peak, while a transaction was open",
                         share(dram.busy_bytes_per_s, dram.peak_bytes_per_s))});
  table.row({"bound by", "", dram.bound_by});
  if (const auto& c = dram.commands) {
    const std::uint64_t columns = c->row_hits + c->row_misses + c->row_conflicts;
    table.row(
        {"row hits", share(static_cast<double>(c->row_hits), static_cast<double>(columns)),
         fmt::format("{} hits, {} misses, {} conflicts; {}, {}", grouped(c->row_hits),
                     grouped(c->row_misses), grouped(c->row_conflicts), c->standard, c->mapping)});
  }
  return console.paint(Colour::bold, "External memory") + "\n" + table.text();
}

std::string power(const sim::Point& point, const arch::RunResult& result, const Console& console) {
  const auto& estimate = result.power;
  Table table({"part", "energy", "", "area", ""},
              {Align::left, Align::right, Align::right, Align::right, Align::right});
  std::map<std::string, std::pair<double, double>> parts;
  for (const auto& [part, energy] : estimate.energy_by_part) parts[part].first = energy.value;
  for (const auto& [part, area] : estimate.area_by_part) parts[part].second = area.value;
  const double energy = estimate.total_energy.value, area = estimate.total_area.value;
  const auto square_millimetres = [](double um2) { return fmt::format("{:.3f} mm2", um2 * 1e-6); };
  for (const auto& [part, amounts] : parts)
    table.row({part, si(amounts.first * 1e-12, "J"), share(amounts.first, energy),
               amounts.second > 0 ? square_millimetres(amounts.second) : "-",
               amounts.second > 0 ? share(amounts.second, area) : ""});
  table.row({"total", si(energy * 1e-12, "J"), "", square_millimetres(area), ""});
  return console.paint(Colour::bold, "Energy and area") +
         fmt::format("  {} nm, {} V ({}); {} on average\n", point.technology.node().value,
                     point.technology.voltage().value, point.technology.name(),
                     si(energy * 1e-12 / result.latency_s, "W")) +
         table.text();
}

std::string layers(const arch::RunResult& result, const Console& console) {
  if (result.layers.empty()) return {};
  std::vector<const arch::LayerResult*> longest;
  for (const auto& layer : result.layers) longest.push_back(&layer);
  std::stable_sort(longest.begin(), longest.end(), [](const auto* a, const auto* b) {
    return a->end - a->start > b->end - b->start;
  });
  const std::size_t shown = std::min(layers_shown, longest.size());
  longest.resize(shown);
  Table table({"layer", "op", "engine", "cycles", "of run", "utilisation", "DRAM", "tiling"},
              {Align::left, Align::left, Align::left, Align::right, Align::right, Align::right,
               Align::right, Align::left});
  for (const auto* layer : longest) {
    const Cycles span = layer->end - layer->start;
    table.row({layer->name, layer->op, layer->engine, grouped(span.value),
               share(static_cast<double>(span.value), static_cast<double>(result.cycles.value)),
               layer->macs > 0 ? percent(layer->utilization) : "-",
               binary_bytes(layer->dram_read_bytes + layer->dram_write_bytes), layer->tiling});
  }
  return console.paint(Colour::bold,
                       fmt::format("Longest {} of {} layers", shown, result.layers.size())) +
         "  layers may overlap in time\n" + table.text();
}

// Only where something may fail.
std::string faults(const arch::RunResult& result, const Console& console) {
  if (result.faults.empty()) return {};
  Table table({"memory", "supply", "cells failing", "faulty bits", "corrected", "detected",
               "silent", "failed writes", "upsets"},
              {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right,
               Align::right, Align::right, Align::right});
  const auto count = [](double value) {  // expectations need not be whole
    return value < 1000 && value != static_cast<double>(static_cast<std::uint64_t>(value))
               ? fmt::format("{:.3g}", value)
               : grouped(static_cast<std::uint64_t>(value));
  };
  for (const auto& [memory, c] : result.faults)
    table.row({memory, fmt::format("{:.4g} Vmin", c.voltage_ratio),
               fmt::format("{:.4g} %", 100 * c.cell_error_rate), count(c.faulty_bits_read),
               count(c.corrected_words), count(c.detected_words), count(c.silent_words),
               count(c.failed_writes), count(c.upsets)});
  return "\n" + console.paint(Colour::bold, "Failing cells") +
         (result.fidelity == "data" ? "  what was read, and words of 64 bits\n"
                                    : "  expected over random contents; words of 64 bits\n") +
         table.text();
}

// Only where RTL ran.
std::string twins(const arch::RunResult& result, const Console& console) {
  if (result.twins.empty()) return {};
  Table table(
      {"unit", "implementation", "commands", "cycles", "values compared", "differing", "design"},
      {Align::left, Align::left, Align::right, Align::right, Align::right, Align::right,
       Align::left});
  for (const auto& [unit, t] : result.twins)
    table.row({unit, t.implementation, grouped(t.commands), grouped(t.cycles), grouped(t.compared),
               grouped(t.differing), t.design});
  std::string text = "\n" + console.paint(Colour::bold, "RTL") +
                     "  cycles clocked, every output checked\n" + table.text();
  for (const auto& [unit, t] : result.twins)
    if (t.timed + t.untimed > 0)
      text += fmt::format(
          "  {}: {} commands of {} cycles took the RTL as long as the model; {} of {} cycles hold "
          "operators without RTL\n",
          unit, grouped(t.timed), grouped(t.timed_cycles), grouped(t.untimed),
          grouped(t.untimed_cycles));
  return text;
}

std::string outputs(const arch::RunResult& result, const Console& console) {
  if (result.outputs.empty()) return {};
  Table table({}, {Align::left, Align::left, Align::left});
  for (const auto& output : result.outputs) {
    std::string shape;
    for (const auto extent : output.tensor.shape)
      shape += (shape.empty() ? "" : "x") + std::to_string(extent);
    table.row({output.tensor.name, trace::name(output.tensor.format), shape});
  }
  return "\n" + console.paint(Colour::bold, "Computed outputs") + "\n" + table.text();
}

}  // namespace

std::string summary(const sim::Point& point, const arch::RunResult& result,
                    const Console& console) {
  std::string text = head(point, result, console) + "\n" + figures(result) + "\n" +
                     matrix_time(result, console) + "\n" + activity(result, console) +
                     memory(result, console) + "\n" + power(point, result, console) + "\n" +
                     layers(result, console) + faults(result, console) + twins(result, console) +
                     outputs(result, console);
  return text;
}

}  // namespace mantissa::cli
