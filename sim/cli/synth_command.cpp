// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "power/technology_scaling.h"
#include "rtl/folders.h"
#include "rtl/synthesis/stored.h"
#include "rtl/tool.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/rtl_results.h"
#include "sim/cli/unit_options.h"

namespace mantissa::cli::synth_command {
namespace {

using Align = Table::Align;
using Json = nlohmann::ordered_json;

struct Options {
  std::string unit, output;
  std::vector<std::string> overrides;
  rtl::SynthesisRequest request;
  double node = 0, voltage = 0;
  bool json = false, fresh = false;
};

// Factors from the library's node to another.
struct Scaling {
  double area, energy, delay;
};
Scaling scaling(const Options& o, const rtl::Synthesis& s) {
  const Nanometres from(s.node), to(o.node);
  const Volts here(s.voltage), there(o.voltage);
  return {power::area_ratio(from, to).value, power::energy_ratio(from, here, to, there).value,
          power::delay_ratio(from, here, to, there).value};
}
const char* scaling_source =
    "Stillmaker and Baas, Integration 58 (2017); area, energy and delay of inverter chains";

std::string watts(double value) { return si(value, "W"); }

std::string text(const Options& options, const rtl::Synthesis& s, bool stored,
                 const Console& console) {
  std::string out = console.paint(Colour::bold, s.unit);
  for (const auto& [name, value] : s.parameters) out += fmt::format("  {}={}", name, value);
  out += fmt::format("   {} at {} V, {} C; {}\n", s.library, s.voltage, s.celsius, s.tools);
  out += fmt::format(
      "  netlist equal to the model over {} commands, {} cycles, the RTL over {} commands, {} "
      "cycles{}\n\n",
      grouped(s.netlist.commands), grouped(s.netlist.cycles), grouped(s.rtl.commands),
      grouped(s.rtl.cycles), stored ? "; stored result, --fresh for another" : "");
  Table blocks({"block", "cells", "area", "share", "energy per " + s.action},
               {Align::left, Align::right, Align::right, Align::right, Align::right});
  std::uint64_t count = 0;
  for (const auto& b : s.blocks) {
    count += b.cells;
    blocks.row({b.name.empty() ? s.unit : b.name, grouped(b.cells),
                fmt::format("{:.0f} um2", b.area), percent(b.area / s.area),
                fmt::format("{:.4g} pJ", b.energy)});
  }
  blocks.row({"total", grouped(count), fmt::format("{:.0f} um2", s.area), "", ""});
  out += blocks.text() + "\n";
  Table cells({"cell", "number"}, {Align::left, Align::right});
  for (const auto& [type, n] : s.cells) cells.row({type, grouped(n)});
  out += cells.text();
  out += fmt::format("\n  critical path {} ns ({:.1f} MHz) from {} to {}; powers at {} ns\n\n",
                     s.critical_path, 1e3 / s.critical_path, s.start, s.end, s.clock);
  Table energy({"energy per " + s.action, "pJ"}, {Align::left, Align::right});
  const auto row = [&](const char* what, double v) {
    energy.row({what, fmt::format("{:.4g}", v)});
  };
  row("nets", s.per_action.switching);
  row("inside cells", s.per_action.internal);
  row("clock", s.per_action.clock);
  row("nets of inputs", s.per_action.inputs);
  row("total", s.per_action.total());
  for (const auto& o : s.operations) row(("of " + o.name).c_str(), o.per_action.total());
  row("idle cycle", s.idle);
  out += energy.text();
  out += fmt::format(
      "  {} in {} cycles; slew {} ns, wires {} pF per reader, no glitches; leakage {}\n\n",
      grouped(s.actions), grouped(s.cycles), s.energy.slew, s.energy.wire, watts(s.leakage));
  Table check(
      {fmt::format("power at activity {}", s.activity), "here", "OpenSTA", "here / OpenSTA"},
      {Align::left, Align::right, Align::right, Align::right});
  const auto compare = [&](const char* what, double a, double b) {
    check.row({what, watts(a), watts(b), b == 0 ? "-" : fmt::format("{:.3f}", a / b)});
  };
  compare("internal", s.ours.internal, s.sta.internal);
  compare("switching", s.ours.switching, s.sta.switching);
  compare("leakage", s.ours.leakage, s.sta.leakage);
  compare("total", s.ours.total(), s.sta.total());
  out += check.text();
  out +=
      "  OpenSTA 2.0 takes the rise and the fall energy for every transition of a pin, twice what\n"
      "  the tables mean; nets that inputs drive are in neither column\n";
  if (options.node > 0) {
    const Scaling k = scaling(options, s);
    out += fmt::format(
        "\n  at {} nm, {} V: {:.4g} um2, {:.4g} pJ per {}, {:.4g} ns\n  (x {:.4g}, {:.4g}, {:.4g} "
        "from {} nm; {})\n",
        options.node, options.voltage, s.area * k.area, s.per_action.total() * k.energy, s.action,
        s.critical_path * k.delay, k.area, k.energy, k.delay, s.node, scaling_source);
  }
  return out;
}

ExitCode run(Options& options, Console& console) {
  const rtl::Unit& unit = unit_named(options.unit);
  options.request.unit = &unit;
  options.request.parameters = parameters_of(unit, options.overrides);
  options.request.folder = rtl::rtl_folder();
  const RtlResults store(options.output);
  rtl::Stored stored;
  {
    Progress progress(console, unit.name());
    options.request.progress = [&](double share, const std::string& step) {
      progress.update(share, step);
    };
    stored = rtl::stored_synthesis(options.request, options.fresh);
  }
  const rtl::Synthesis& result = stored.synthesis;
  if (store) {
    rtl::write_text(options.output + "/synthesis.yaml", rtl::to_yaml(result));
    store.add(store::row_of(result));
  }
  if (options.json) {
    Json json = rtl::to_json(result);
    if (options.node > 0) {
      const Scaling k = scaling(options, result);
      json["scaled"] = {{"node_nm", options.node},
                        {"voltage_v", options.voltage},
                        {"from_nm", result.node},
                        {"area_um2", result.area * k.area},
                        {"energy_pj_per_action", result.per_action.total() * k.energy},
                        {"critical_path_ns", result.critical_path * k.delay},
                        {"source", scaling_source}};
    }
    console.out() << json.dump(2) << '\n';
  } else {
    console.out() << text(options, result, stored.found, console);
  }
  return ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("UNIT", options->unit, "A unit that exists in SystemVerilog.")->required();
  app.add_option("--set", options->overrides, "A parameter of the unit: Width=4.")
      ->type_name("PARAMETER=VALUE")
      ->allow_extra_args(false);
  app.add_option("--liberty", options->request.liberty, "The cell library.")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--clock", options->request.clock,
                 "Clock period in ns; without it, the shortest that closes.")
      ->check(CLI::PositiveNumber);
  app.add_option("--vectors", options->request.vectors, "Random commands.")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options->request.seed, "Of the random commands.")->capture_default_str();
  auto* node = app.add_option("--node", options->node, "Also give figures scaled to this node, nm.")
                   ->check(CLI::PositiveNumber);
  auto* voltage = app.add_option("--voltage", options->voltage, "Supply at that node, V.")
                      ->check(CLI::PositiveNumber);
  node->needs(voltage);
  voltage->needs(node);
  app.add_option("--library-node", options->request.node, "Node of the cell library, nm.")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("-o,--output", options->output,
                 "Folder for synthesis.yaml and results.sqlite ('mantissa report DIR').")
      ->type_name("DIR");
  app.add_flag("--fresh", options->fresh, "Synthesise again what has been synthesised before.");
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) { return run(*options, console); };
}

const Command synth_command{"synth", Group::inspect,
                            "Area, timing and energy of RTL from synthesis",
                            "  mantissa synth fifo\n"
                            "  mantissa synth fifo --set Depth=4 --clock 5\n"
                            "  mantissa synth fifo --node 28 --voltage 0.9\n"
                            "  mantissa synth fifo --json | jq .energy_pj_per_action.total\n",
                            declare};

}  // namespace
}  // namespace mantissa::cli::synth_command
