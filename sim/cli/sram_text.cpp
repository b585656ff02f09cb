// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/sram_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

using Align = Table::Align;
using power::part;
using power::total;

std::string plural(std::uint64_t n, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(n), noun, n == 1 ? "" : "s");
}

std::string number(double value) { return value == 0 ? "0" : fmt::format("{:.4g}", value); }
std::string share(double fraction) {
  return fraction == 0 ? "0 %" : fmt::format("{:.4g} %", fraction * 100);
}

std::string head(const sim::LoadedSram& sram, const sim::SramTable& table, const Console& console) {
  const auto& g = table.bank.geometry;
  const std::uint64_t check = g.stored_bits - table.bank.config.word_bits;
  return console.paint(Colour::bold, sram.spec.name) +
         fmt::format(
             "   {}, {} of {} of {} bits{}, {} at {} V\n", binary_bytes(sram.spec.capacity.value),
             plural(static_cast<std::uint64_t>(sram.spec.banks), "bank"), plural(g.words, "word"),
             table.bank.config.word_bits, check > 0 ? fmt::format(" and {} check bits", check) : "",
             sram.technology.name(), sram.technology.voltage().value);
}

// One row per part, in the order of the first list that has it.
std::string bank(const sim::LoadedSram& sram, const sim::SramTable& table, const Console& console) {
  const power::Macro& m = table.bank;
  const auto& g = m.geometry;
  std::string text = console.paint(Colour::bold, "One bank") +
                     fmt::format("   {} of {} rows x {} columns, {} to a row; {:.0f} x {:.0f} um\n",
                                 plural(g.subarrays, "subarray"), g.rows, g.columns,
                                 plural(g.mux, "word"), g.width, g.height);
  Table rows({"", "read", "write", "access", "area", "leakage"},
             {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right});
  const auto cell = [](double value, const char* unit) {
    return value == 0 ? std::string() : fmt::format("{:.4g} {}", value, unit);
  };
  std::vector<std::string> names;
  for (const auto* parts : {&m.read, &m.access, &m.area, &m.leakage})
    for (const auto& p : *parts)
      if (p.value != 0 && std::find(names.begin(), names.end(), p.name) == names.end())
        names.push_back(p.name);
  for (const auto& name : names)
    rows.row({name, cell(part(m.read, name), "pJ"), cell(part(m.write, name), "pJ"),
              cell(part(m.access, name), "ps"), cell(part(m.area, name), "um2"),
              part(m.leakage, name) > 0 ? si(part(m.leakage, name), "W") : ""});
  rows.row({"total", cell(total(m.read), "pJ"), cell(total(m.write), "pJ"),
            cell(total(m.access), "ps"), cell(total(m.area), "um2"), si(total(m.leakage), "W")});
  text += rows.text();
  text += fmt::format("  cycle {} ps, cells {} of the area, at {} C\n", number(m.cycle),
                      percent(m.efficiency()), m.config.celsius);
  if (table.scrubbing)
    text += fmt::format("  scrubbing: {} per pass and bank, {} for all banks\n",
                        si(m.scrub() * 1e-12, "J"), si(table.scrubbing->value, "W"));
  text += fmt::format(
      "  the technology's printed figures say {} pJ per 64 bits (--published compares)\n",
      number(sram.technology.sram_access(m.config.capacity).value));
  return text;
}

std::string voltages(const sim::LoadedSram& sram, const sim::SramTable& table,
                     const Console& console) {
  std::string text = console.paint(Colour::bold, "Below Vmin") + "   " +
                     plural(table.cells, "cell") + ", chip " + std::to_string(sram.spec.chip_seed) +
                     "\n";
  Table rows({"V / Vmin", "supply", "cells that fail", "expected", "counted", "read", "saving",
              "access", "leakage"},
             {Align::right, Align::right, Align::right, Align::right, Align::right, Align::right,
              Align::right, Align::right, Align::right});
  for (const auto& row : table.rows)
    rows.row({fmt::format("{:.5g}", row.ratio), fmt::format("{:.4g} V", row.supply.value),
              share(row.error_rate),
              row.expected_faults ? fmt::format("{:.1f}", *row.expected_faults) : "-",
              row.counted_faults ? grouped(*row.counted_faults) : "-",
              number(total(row.bank.read)) + " pJ", percent(1 - row.energy_ratio),
              fmt::format("{:.0f} ps", total(row.bank.access)),
              si(total(row.bank.leakage) * static_cast<double>(sram.spec.banks), "W")});
  text += rows.text();
  if (!sram.spec.vmin)
    text += fmt::format("  vmin is not given: the technology's {} V stands for it\n",
                        sram.technology.voltage().value);
  return text;
}

std::string outcomes(const sim::SramTable& table, const Console& console) {
  std::string text = console.paint(Colour::bold, "What becomes of a word of 64 bits") + "\n";
  Table rows({"V / Vmin", "bare: silent", "parity: detected", "silent", "SECDED: corrected",
              "detected", "silent", "2+ errors in 64", "in 72"},
             {Align::right, Align::right, Align::right, Align::right, Align::right, Align::right,
              Align::right, Align::right, Align::right});
  for (const auto& row : table.rows) {
    const auto& [none, parity, secded] = row.fates;
    rows.row({fmt::format("{:.5g}", row.ratio), share(none.silent), share(parity.detected),
              share(parity.silent), share(secded.corrected), share(secded.detected),
              share(secded.silent), share(row.several_in_64), share(row.several_in_72)});
  }
  return text + rows.text() +
         "  cells fail independently here; bad columns put several errors into one word more "
         "often\n"
         "  under SECDED, three or more errors are silent where they pass for none or one\n";
}

}  // namespace

std::string sram_text(const sim::LoadedSram& sram, const sim::SramTable& table,
                      const Console& console) {
  return head(sram, table, console) + "\n" + bank(sram, table, console) + "\n" +
         voltages(sram, table, console) + "\n" + outcomes(table, console);
}

std::string published_text(const std::vector<power::PublishedRow>& rows, const Console& console) {
  Table table({"", "node", "published", "model", "model / published", "source"},
              {Align::left, Align::right, Align::right, Align::right, Align::right, Align::left});
  for (const auto& row : rows) {
    const std::string unit = row.unit == "1" ? "" : " " + row.unit;
    table.row({row.what, fmt::format("{} nm", row.node.value), number(row.published) + unit,
               number(row.model) + unit, fmt::format("{:.3f}", row.ratio()),
               fmt::format("{}; {}", power::name(row.method), row.source)});
  }
  return console.paint(Colour::bold, "The model beside published figures") +
         "   nothing in it is tuned to them\n" + table.text();
}

}  // namespace mantissa::cli
