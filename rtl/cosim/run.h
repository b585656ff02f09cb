// SPDX-License-Identifier: Apache-2.0
// One run of a design beside its model, from reset until all commands are answered or the first
// difference.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtl/design.h"

namespace mantissa::rtl {

// The commands of a run, and all else that it depends on, beside the unit and its parameters.
struct Stimulus {
  std::vector<Command> commands;
  std::uint64_t seed = 1;                        // of stalls and whatever else the bench draws
  unsigned stall = 0;                            // in 1/256 of the cycles
  std::vector<std::vector<std::byte>> operands;  // Bench::carry
};

struct Outcome {
  enum class Kind {
    equal,
    mismatch,  // an output differs
    silent,    // the design has not answered within Bench::patience
    stopped,   // an assertion of the design failed, or it ended the simulation
  };
  Kind kind = Kind::equal;
  std::uint64_t cycles = 0;  // compared
  std::size_t command = 0;   // that failed, index into the run's
  Mismatch mismatch;         // of that kind
  std::string message;       // stopped: what the design said, and where

  bool failed() const { return kind != Kind::equal; }
};

const char* name(Outcome::Kind kind);

// Cycles that are compared after the last answer: nothing else may come.
constexpr std::uint64_t quiet_cycles = 8;

// `reset` first, unless `fresh`: the design has just been reset.
Outcome run_beside(Design& design, Bench& bench, const Stimulus& run, bool fresh = false);

// Cycles without progress after which a design is taken to never answer.
std::uint64_t longest_wait(const Bench& bench, const Command& command, unsigned stall);

}  // namespace mantissa::rtl
