// SPDX-License-Identifier: Apache-2.0
// Co-simulation: a design beside the model of its unit, cycle by cycle, until they differ.
//
// First the directed commands without, with some and with many stalls of the other side, then
// constrained-random ones in batches, each from a reset, with stalls that vary from batch to batch.
// The first difference ends it and is shrunk: the fewest commands, the smallest fields, the fewest
// stalls that still show one. Equal seeds give equal runs, whatever the machine.
//
//   CosimRequest request;
//   request.unit = find_unit("requantize");
//   request.parameters = request.unit->defaults();
//   const CosimResult result = cosimulate(request);
//   if (result.failure) ...
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "rtl/cosim/run.h"
#include "rtl/unit.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {

inline const ErrorKind unknown_waves{"rtl.waves-format", ExitCode::usage,
                                     "A file for waveforms whose name ends in neither .vcd nor "
                                     ".fst."};

struct Failure {
  Outcome outcome;           // of `run`
  Stimulus run;              // shrunk
  std::uint64_t cycle = 0;   // of the whole co-simulation, in which it was found
  std::size_t commands = 0;  // in the run that was shrunk
  std::uint64_t tried = 0;   // runs that shrinking took
};

struct CosimRequest {
  const Unit* unit = nullptr;
  Parameters parameters;
  std::vector<std::string> sources;  // none: the unit's own
  std::string top;                   // none: the name of the unit
  std::uint64_t vectors = 10'000;    // random commands, after the directed ones
  std::uint64_t seed = 1;
  std::optional<Stimulus> replay;  // instead of directed and random commands
  bool shrink = true;
  // Of the building and of the run: a share from 0 to 1, and words.
  std::function<void(double share, const std::string& step)> progress;
};

struct CosimResult {
  std::uint64_t commands = 0, directed = 0, runs = 0;
  std::uint64_t cycles = 0;  // compared
  double seconds = 0;        // of comparing alone
  std::vector<std::string> cases;
  std::vector<std::uint64_t> covered;
  std::optional<Failure> failure;
};

CosimResult cosimulate(const CosimRequest& request);

// Runs once more with waveforms from reset on; the ending of the path, .vcd or .fst, is the format.
// `run` is `request.replay`, a failure's, or the directed commands without stalls.
// Before a run that would be lost: throws unknown_waves, unreadable_file.
void check_waves_path(const std::string& path);
void write_waves(const CosimRequest& request, const Stimulus& run, const std::string& path);

// For VerilatedDesign::build, without `progress`.
DesignRequest design_request(const CosimRequest& request, Waves waves = Waves::none);
// The run of all directed commands.
Stimulus directed_run(const CosimRequest& request, unsigned stall = 0);

}  // namespace mantissa::rtl
