// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/synthesis.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "rtl/synthesis/flow.h"
#include "rtl/synthesis/gate_simulator.h"
#include "rtl/tool.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {
namespace {

struct Run {
  std::vector<Command> commands;
  unsigned stall = 0;
};

// The corners first, which only show that the design is right; energies are those of the random
// operands of the last run.
std::vector<Run> runs_of(const Bench& bench, const SynthesisRequest& request) {
  constexpr unsigned often =
      64;  // a quarter of all cycles: every handshake waits for its other side
  std::vector<Run> runs = {{bench.directed(), often}, {bench.directed(), 0}, {{}, 0}};
  for (std::size_t i = 0; i < request.vectors; ++i)
    runs.back().commands.push_back(bench.random(request.seed * 0x9e3779b97f4a7c15ull + i));
  return runs;
}

// Runs the bench to its end and returns the cycles; throws `different` when an output differs, or
// when the design stops answering.
std::uint64_t run_bench(Design& design, Bench& bench, const Run& run,
                        const SynthesisRequest& request, const ErrorKind& different) {
  std::uint64_t cycles = 0, patience = 10000;
  const auto where = [&] {
    return Error(different)
        .at(request.unit->name())
        .say(fmt::format("cycle {}, command {}, seed {}", cycles, bench.current(), request.seed));
  };
  for (const auto& command : run.commands) patience += 16 * (1 + bench.patience(command));
  bench.begin(run.commands, request.seed, run.stall);
  design.reset();
  Mismatch mismatch;
  while (!bench.done()) {
    bench.drive(design.pins());
    design.settle();
    if (!bench.check(design.pins(), mismatch))
      throw where()
          .read(mismatch.found)
          .expected(mismatch.expected + " at " + mismatch.port +
                    (mismatch.element.empty() ? "" : ", ") + mismatch.element);
    design.edge();
    if (++cycles > patience) throw where().expected("an end of the run");
  }
  return cycles;
}

Compared compare(Design& design, Bench& bench, const std::vector<Run>& runs,
                 const SynthesisRequest& request, const ErrorKind& different,
                 const std::function<void(double share)>& progress) {
  Compared all;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    progress(static_cast<double>(i) / static_cast<double>(runs.size()));
    all.cycles += run_bench(design, bench, runs[i], request, different);
    all.commands += runs[i].commands.size();
  }
  return all;
}

std::vector<double> as_real(const std::vector<std::uint64_t>& counts) {
  return {counts.begin(), counts.end()};
}

Energy per_action(const Energy& of_run, std::uint64_t actions) {
  const auto n = static_cast<double>(actions);
  return {of_run.switching / n, of_run.internal / n, of_run.clock / n, of_run.inputs / n};
}

// The random commands once more, operation by operation: operands are drawn as in the mean over
// all, so that only the operation differs.
void add_operations(Synthesis& result, GateSimulator& design, Bench& bench, const Netlist& netlist,
                    const SynthesisRequest& request) {
  const auto names = bench.operations();
  for (std::size_t operation = 0; operation < names.size(); ++operation) {
    Run run;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, request.vectors / names.size()); ++i)
      run.commands.push_back(
          bench.as_operation(bench.random(request.seed * 0x9e3779b97f4a7c15ull + i), operation));
    const auto cycles = run_bench(design, bench, run, request, netlist_differs);
    const std::uint64_t actions = bench.actions().value_or(cycles);
    if (actions == 0)
      throw Error(netlist_differs).at(request.unit->name()).say("no " + result.action);
    const Energy energy = energy_of(netlist, as_real(design.toggles()), static_cast<double>(cycles),
                                    result.voltage, result.energy);
    result.operations.push_back({names[operation], actions, per_action(energy, actions)});
  }
}

std::unique_ptr<VerilatedDesign> verilated(const SynthesisRequest& request,
                                           const std::function<void(const std::string&)>& say) {
  DesignRequest design;
  design.top = request.unit->name();
  for (const auto& source : request.unit->sources())
    design.sources.push_back(request.folder + "/" + source);
  design.parameters = request.parameters;
  design.ports = request.unit->ports(request.parameters);
  design.progress = [&](const std::string& step, double) { say(step); };
  return VerilatedDesign::build(design);
}

// Energy of the cells of each block: a netlist of those cells alone, under the loads of all.
void add_blocks(Synthesis& result, const Netlist& netlist, const std::vector<double>& toggles) {
  const auto load = netlist.loads(result.energy.wire);
  const double half_v2 = 0.5 * result.voltage * result.voltage;
  const Net clock = netlist.port("clk_i").bits[0];
  for (const auto& name : netlist.blocks) result.blocks.push_back({name, 0, 0, 0});
  for (const auto& gate : netlist.gates) {
    Block& block = result.blocks[gate.block];
    ++block.cells;
    block.area += gate.cell->area;
    for (std::size_t i = 0; i < gate.nets.size(); ++i) {
      const LibraryPin& pin = gate.cell->pins[i];
      const Net net = gate.nets[i];
      const bool output = pin.direction == Direction::output;
      const double changes = net == clock ? 2.0 * static_cast<double>(result.cycles) : toggles[net];
      if (output) block.energy += changes * half_v2 * load[net];
      if (net == clock) block.energy += changes * half_v2 * (pin.capacitance + result.energy.wire);
      double mean = 0;
      for (const auto& arc : pin.power)
        mean += arc.mean(output ? load[net] : 0, result.energy.slew);
      if (!pin.power.empty())
        block.energy += changes * mean / static_cast<double>(pin.power.size());
    }
  }
  for (auto& block : result.blocks) block.energy /= static_cast<double>(result.actions);
}

// Every net at the same activity, the clock at its own, as OpenSTA has it; of what input ports
// drive, OpenSTA counts nothing.
Power at_activity(const Netlist& netlist, const Synthesis& result) {
  const std::vector<double> toggles(netlist.nets, result.activity);
  const Energy energy = energy_of(netlist, toggles, 1, result.voltage, result.energy);
  const Net clock = netlist.port("clk_i").bits[0];
  const double clock_net =
      result.voltage * result.voltage * netlist.loads(result.energy.wire)[clock];
  const double hertz = 1e9 / result.clock;
  return {(energy.internal + energy.clock - clock_net) * 1e-12 * hertz,
          energy.switching * 1e-12 * hertz, result.leakage};
}

std::string command_of(const SynthesisRequest& request) {
  std::string command = "mantissa synth " + request.unit->name();
  for (const auto& [name, value] : request.parameters)
    command += fmt::format(" --set {}={}", name, value);
  if (request.clock > 0) command += fmt::format(" --clock {}", request.clock);
  return command;
}

}  // namespace

std::string sources_hash(const Unit& unit, const Parameters& parameters,
                         const std::string& folder) {
  std::string all;
  for (const auto& source : unit.sources()) all += source + "\n" + read_text(folder + "/" + source);
  for (const auto& [name, value] : parameters) all += fmt::format("{}={}\n", name, value);
  return content_hash(all);
}

Synthesis synthesise(const SynthesisRequest& request) {
  const auto say = [&](double share, const std::string& step) {
    if (request.progress) request.progress(share, step);
  };
  const Unit& unit = *request.unit;
  const Library library = Library::read(request.liberty);
  Synthesis result;
  result.unit = unit.name();
  result.action = unit.action();
  result.parameters = request.parameters;
  result.library = library.name();
  result.library_hash = library.hash();
  result.sources_hash = sources_hash(unit, request.parameters, request.folder);
  result.node = request.node;
  result.voltage = library.voltage();
  result.celsius = library.celsius();
  result.tools = synthesis_tools();
  result.activity = request.activity;
  result.energy = request.energy;
  result.command = command_of(request);

  say(0, "mapping to cells");
  const ScratchFolder scratch;
  map_to_cells(request, scratch.path());
  const auto ports = unit.ports(request.parameters);
  const Netlist netlist =
      read_netlist(read_text(scratch.file("netlist.json")), unit.name(), library, ports);
  result.area = netlist.area();
  result.leakage = netlist.leakage();
  std::map<std::string, std::uint64_t> cells;
  for (const auto& gate : netlist.gates) ++cells[gate.cell->name];
  result.cells.assign(cells.begin(), cells.end());

  GateSimulator design(netlist, ports);
  const auto bench = unit.bench(request.parameters);
  const auto runs = runs_of(*bench, request);
  result.netlist = compare(design, *bench, runs, request, netlist_differs, [&](double share) {
    say(0.35 + 0.2 * share, "simulating the netlist");
  });
  result.cycles = design.cycles();
  result.actions = bench->actions().value_or(result.cycles);
  if (result.actions == 0)
    throw Error(netlist_differs).at(unit.name()).say("the run did no " + unit.action());
  const auto toggles = as_real(design.toggles());
  const Energy energy = energy_of(netlist, toggles, static_cast<double>(result.cycles),
                                  result.voltage, result.energy);
  result.per_action = per_action(energy, result.actions);
  add_blocks(result, netlist, toggles);
  add_operations(result, design, *bench, netlist, request);

  constexpr int idle_cycles = 64;
  design.reset();
  for (int i = 0; i < idle_cycles; ++i) {
    design.settle();
    design.edge();
  }
  result.idle =
      energy_of(netlist, as_real(design.toggles()), idle_cycles, result.voltage, result.energy)
          .total() /
      idle_cycles;

  const auto rtl =
      verilated(request, [&](const std::string& step) { say(0.55, "the RTL: " + step); });
  result.rtl = compare(*rtl, *unit.bench(request.parameters), runs, request, rtl_differs,
                       [&](double share) { say(0.75 + 0.1 * share, "simulating the RTL"); });
  if (result.rtl.cycles != result.netlist.cycles)
    throw Error(rtl_differs)
        .at(unit.name())
        .read(fmt::format("{} cycles", result.rtl.cycles))
        .expected(fmt::format("{} cycles, as the netlist took", result.netlist.cycles));

  say(0.85, "analysing timing");
  const Timing timing = analyse_timing(request, scratch.path());
  result.critical_path = timing.period;
  result.start = timing.start;
  result.end = timing.end;
  if (request.clock > 0 && request.clock < timing.period)
    throw Error(clock_not_met)
        .at("--clock")
        .read(fmt::format("{} ns", request.clock))
        .expected(fmt::format("at least {} ns, from {} to {}, in {}", timing.period, timing.start,
                              timing.end, library.name()));
  result.clock = request.clock > 0 ? request.clock : timing.period;
  result.sta = timing.power;
  result.ours = at_activity(netlist, result);
  return result;
}

}  // namespace mantissa::rtl
