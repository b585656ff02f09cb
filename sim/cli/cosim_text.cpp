// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/cosim_text.h"

#include <fmt/format.h>

#include <filesystem>

#include "sim/cli/format.h"

namespace mantissa::cli {
namespace {

using Align = Table::Align;

std::string parameters_text(const rtl::Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  return text;
}

std::string plural(std::uint64_t count, const std::string& noun) {
  return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string what_differs(const rtl::Outcome& outcome) {
  switch (outcome.kind) {
    case rtl::Outcome::Kind::mismatch: {
      const auto& m = outcome.mismatch;
      return fmt::format("{}{}: expected {}, found {}", m.port,
                         m.element.empty() ? "" : ", " + m.element, m.expected, m.found);
    }
    case rtl::Outcome::Kind::silent:
      return "the design never answers; this was its last command";
    default:
      return outcome.message;
  }
}

std::string failure_text(const sim::CosimReport& report, const Console& console) {
  const rtl::Failure& failure = *report.result.failure;
  const auto& outcome = failure.outcome;
  const auto fields = report.request.unit->bench(report.request.parameters)->fields();
  std::string command;
  for (std::size_t i = 0; i < fields.size(); ++i)
    command += fmt::format("{}{} {}", i ? ", " : "", fields[i].name,
                           failure.run.commands.at(outcome.command).at(i));
  std::string text = fmt::format(
      "\n{}\n", console.paint(Colour::red, fmt::format("{}: {}", rtl::name(outcome.kind),
                                                       what_differs(outcome))));
  Table table({}, {Align::left, Align::left});
  table.row({"command", fmt::format("{} of {}: {}", outcome.command + 1,
                                    failure.run.commands.size(), command)});
  table.row({"cycle", fmt::format("{} after reset; first seen in cycle {} of all",
                                  grouped(outcome.cycles), grouped(failure.cycle))});
  table.row({"run", fmt::format("seed {}, stalls in {} of 256 cycles",
                                static_cast<std::int64_t>(failure.run.seed), failure.run.stall)});
  if (failure.tried > 0)
    table.row({"shrunk", fmt::format("from {} in {}", plural(failure.commands, "command"),
                                     plural(failure.tried, "run"))});
  if (!report.commands_file.empty()) table.row({"commands", report.commands_file});
  if (!report.waves_file.empty()) table.row({"waves", report.waves_file});
  table.row({"again", report.again});
  return text + table.text();
}

std::string coverage_text(const rtl::CosimResult& result, const Console& console) {
  std::size_t unseen = 0;
  Table cases({"case", "seen"}, {Align::left, Align::right});
  for (std::size_t i = 0; i < result.cases.size(); ++i) {
    const bool seen = result.covered[i] > 0;
    unseen += seen ? 0 : 1;
    cases.row({result.cases[i],
               seen ? grouped(result.covered[i]) : console.paint(Colour::yellow, "never")});
  }
  std::string text = cases.text();
  if (unseen > 0)
    text += fmt::format("  {} of {} cases were never seen: more --vectors may reach them\n", unseen,
                        result.cases.size());
  return text;
}

}  // namespace

std::string cosim_text(const sim::CosimReport& report, const Console& console) {
  const auto& result = report.result;
  const auto design = rtl::design_request(report.request);
  std::string text =
      fmt::format("{} ({})\n", console.paint(Colour::bold, report.request.unit->name()),
                  parameters_text(report.request.parameters));
  Table table({}, {Align::left, Align::left});
  table.row({"RTL", fmt::format("module {} in {}, {}", design.top,
                                std::filesystem::path(design.sources.back()).parent_path().string(),
                                plural(design.sources.size(), "file"))});
  table.row({"compared", fmt::format("every output in {} of {}", plural(result.cycles, "cycle"),
                                     plural(result.runs, "run"))});
  table.row({"commands", fmt::format("{}, {} of them directed", grouped(result.commands),
                                     grouped(result.directed))});
  table.row({"mismatches", result.failure ? "1, where it ended" : "none"});
  if (result.seconds > 0)
    table.row({"speed", si(static_cast<double>(result.cycles) / result.seconds, "cycles/s")});
  text += table.text();

  // What a run that ended early, or one of given commands, has not seen says nothing.
  if (!result.failure && !report.request.replay) text += "\n" + coverage_text(result, console);
  if (result.failure) text += failure_text(report, console);
  return text;
}

std::string contract_text(const rtl::Unit& unit, const rtl::Parameters& parameters,
                          const Console& console) {
  std::string text =
      fmt::format("{}: {}\n\n", console.paint(Colour::bold, unit.name()), unit.summary());
  Table table({"parameter", "value", "legal", ""},
              {Align::left, Align::right, Align::left, Align::left});
  for (const auto& p : unit.parameters())
    table.row({p.name, std::to_string(parameters.at(p.name)),
               fmt::format("{} to {}", p.low, p.high), p.doc});
  if (!table.empty()) text += table.text() + "\n";
  Table ports({"port", "direction", "bits", ""},
              {Align::left, Align::left, Align::right, Align::left});
  for (const auto& port : rtl::all_ports(unit, parameters))
    ports.row({port.name, port.direction == rtl::Direction::input ? "input" : "output",
               std::to_string(port.width), port.doc});
  return text + ports.text() +
         "\n  Ports are flat vectors: element i of width W is [i*W +: W]. A module with these "
         "ports is run\n  beside the model by 'mantissa cosim " +
         unit.name() + " --rtl DIR'.\n";
}

}  // namespace mantissa::cli
