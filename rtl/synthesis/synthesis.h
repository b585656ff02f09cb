// SPDX-License-Identifier: Apache-2.0
// From a unit's SystemVerilog to area, timing and energy per action in a cell library.
//
// 1. yosys and ABC map the unit to cells, block by block: hierarchy is kept, so that area and
//    energy are known per block.
// 2. The netlist and the verilated RTL run the same commands on the unit's bench. Both must equal
//    the model, and so each other, in every output and cycle; only then are figures given.
// 3. That run's toggles give the energy per action (energy.h), a run without inputs the idle one,
//    and runs of one operation each (Bench::operations) its energy.
// 4. OpenSTA gives the critical path and, at one activity of all nets, a power to compare ours
//    with.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rtl/synthesis/energy.h"
#include "rtl/unit.h"

namespace mantissa::rtl {

inline const ErrorKind synthesis_refused{
    "synth.refused", ExitCode::bad_input,
    "yosys or OpenSTA refuses the sources or the library, or warns about them."};
inline const ErrorKind netlist_differs{
    "synth.netlist-differs", ExitCode::check_failed,
    "The netlist does not do what the unit's model does: a synthesis tool misread the sources."};
inline const ErrorKind rtl_differs{"synth.rtl-differs", ExitCode::check_failed,
                                   "The netlist does what the unit's model does and the verilated "
                                   "RTL does not: the tools read the sources differently."};
inline const ErrorKind clock_not_met{"synth.clock-not-met", ExitCode::check_failed,
                                     "The critical path is longer than the clock period given."};

struct SynthesisRequest {
  const Unit* unit = nullptr;
  Parameters parameters;
  std::string folder;  // of the sources: rtl/
  std::string liberty = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
  double node = 180;           // nm, of the library: Liberty files do not say
  double clock = 0;            // ns; 0: the shortest that closes
  std::size_t vectors = 2000;  // random commands behind the directed ones
  std::uint64_t seed = 1;
  double activity = 0.1;  // of all nets, for the comparison with OpenSTA: changes per cycle
  EnergyOptions energy;
  std::function<void(double share, const std::string& step)> progress;  // share from 0 to 1
};

// A design beside the model.
struct Compared {
  std::uint64_t commands = 0, cycles = 0;  // without a difference
};

struct Block {
  std::string name;  // "" is the unit itself, without the blocks in it
  std::uint64_t cells = 0;
  double area = 0;    // um2
  double energy = 0;  // pJ per action: switching and internal of the block's own cells
};

struct Power {  // W
  double internal = 0, switching = 0, leakage = 0;
  double total() const { return internal + switching + leakage; }
};

struct OperationEnergy {
  std::string name;
  std::uint64_t actions = 0;  // of the run
  Energy per_action;          // pJ
};

struct Synthesis {
  std::string unit, action;
  Parameters parameters;
  std::string library, library_hash, sources_hash;
  double node = 0, voltage = 0, celsius = 0;  // nm, V
  std::string tools;
  double area = 0;  // um2
  std::vector<Block> blocks;
  std::vector<std::pair<std::string, std::uint64_t>> cells;  // by type
  double critical_path = 0;                                  // ns: the shortest period that closes
  std::string start, end;
  double clock = 0;                       // ns, at which powers are given
  Compared netlist, rtl;                  // over all runs
  std::uint64_t cycles = 0, actions = 0;  // of the run of random commands
  Energy per_action;                      // pJ, over that run
  std::vector<OperationEnergy> operations;
  double idle = 0;     // pJ per cycle without inputs
  double leakage = 0;  // W
  double activity = 0;
  Power ours, sta;  // at `clock` and `activity`
  EnergyOptions energy;
  std::string command;  // regenerates it
};

Synthesis synthesise(const SynthesisRequest& request);

nlohmann::ordered_json to_json(const Synthesis& synthesis);
Synthesis from_json(const nlohmann::ordered_json& json);  // what to_json wrote
std::string to_yaml(const Synthesis& synthesis);
// Of the unit's sources and parameters: what a stored result must have been made from.
std::string sources_hash(const Unit& unit, const Parameters& parameters, const std::string& folder);

}  // namespace mantissa::rtl
