// SPDX-License-Identifier: Apache-2.0
// Units in SystemVerilog: area, clock and energy with their source, proofs, co-simulation.
#include <fmt/format.h>

#include "sim/report/html.h"
#include "sim/report/sections.h"

namespace mantissa::report {
namespace {

Cell number(double value, const char* unit) {
  return Cell::number(value, fmt::format("{:.4g} {}", value, unit));
}
std::string titled(const char* title, const Table& table) {
  return table.empty() ? "" : element("h3", title) + table.html();
}

std::string synthesis_table(const ReportData& data) {
  Table table({"Unit", "Parameters", "Area", "Shortest clock", "Clock", "Energy", "per",
               "Idle cycle", "Leakage", "Equal over", "Source", "Again by"});
  for (const auto& r : data.rtl_synthesis)
    table.row({Cell::text(r.unit), Cell::text(r.parameters, "text"), number(r.area_um2, "um2"),
               number(r.critical_path_ns, "ns"), number(r.clock_ns, "ns"),
               number(r.energy_pj, "pJ"), Cell::text(r.action), number(r.idle_pj, "pJ"),
               number(r.leakage_w * 1e6, "uW"), count(r.cycles),
               Cell::text(r.library + "; " + r.tools, "text"), Cell::text(r.command, "text")});
  return titled("Synthesis", table);
}

std::string proof_table(const ReportData& data) {
  Table table({"Unit", "Proof", "Claim", "At", "Verdict", "Method", "Depth", "Time",
               "Mutant refuted", "Mutant", "Tools"});
  for (const auto& r : data.rtl_proofs)
    table.row({Cell::text(r.unit), Cell::text(r.proof), Cell::text(r.claim, "text"),
               Cell::text(r.parameters, "text"), Cell::text(r.verdict), Cell::text(r.method),
               count(r.depth), number(r.seconds, "s"),
               r.mutant_refuted ? number(r.mutant_seconds, "s") : Cell::text("–"),
               Cell::text(r.mutant, "text"), Cell::text(r.tools)});
  return titled("Proofs", table);
}

std::string cosim_table(const ReportData& data) {
  Table table({"Unit", "Parameters", "Design", "Verdict", "Where", "Commands", "Cycles compared",
               "Cases seen", "Seed"});
  for (const auto& r : data.rtl_cosim)
    table.row({Cell::text(r.unit), Cell::text(r.parameters, "text"), Cell::text(r.design, "text"),
               Cell::text(r.verdict), Cell::text(r.detail, "text"), count(r.commands),
               count(r.cycles), Cell::text(fmt::format("{} of {}", r.cases_seen, r.cases)),
               Cell::text(std::to_string(r.seed))});
  return titled("Co-simulation", table);
}

}  // namespace

std::string rtl_tables(const ReportData& data) {
  return synthesis_table(data) + proof_table(data) + cosim_table(data);
}

}  // namespace mantissa::report
