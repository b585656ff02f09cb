// SPDX-License-Identifier: Apache-2.0
// Synthesis results as `mantissa synth -o` writes them: FOLDER/<unit>/synthesis.yaml, and in
// folders below where a unit has them for several parameters. Of what stands there, as much as
// prices need.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace mantissa::power {

inline const ErrorKind bad_synthesis{
    "power.bad-synthesis", ExitCode::bad_input,
    "A folder without synthesis results, or a result that lacks a figure or its source."};

struct SynthesisBlock {
  std::string name;
  double area = 0;  // um2
};

struct SynthesisResult {
  std::string file;  // as it is named in sources
  std::string unit;
  std::map<std::string, std::int64_t> parameters;
  std::string library, tools;
  Nanometres node{};
  Volts voltage{};
  double area = 0;                           // um2 of cells, not placed
  std::string action;                        // "mac", "element"
  double energy = 0;                         // pJ per action
  std::map<std::string, double> operations;  // pJ per action of one operation; may be none
  // What results of older programs may lack: empty, or 0.
  std::vector<SynthesisBlock> blocks;
  double critical_path = 0;        // ns
  double actions = 0, cycles = 0;  // of the run that the energy is of
  double activity = 0;             // toggles per net and cycle, all alike,
  double power = 0;                // W at that activity and a period of critical_path
  double idle = 0;                 // pJ per cycle without inputs
};

// One file; `shown` is what sources call it. Throws bad_synthesis and the errors of base/config.
SynthesisResult read_synthesis_result(const std::string& path, const std::string& shown);
// All of a folder, or of its sub-folders `units`, in the order of their paths: a unit's own before
// those in folders below it. There must be one.
std::vector<SynthesisResult> read_synthesis_results(const std::string& folder,
                                                    const std::string& shown,
                                                    const std::vector<std::string>& units = {});

}  // namespace mantissa::power
