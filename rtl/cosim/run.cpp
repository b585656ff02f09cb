// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/run.h"

#include <algorithm>

#include "rtl/verilate/errors.h"

namespace mantissa::rtl {

const char* name(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::equal:
      return "equal";
    case Outcome::Kind::mismatch:
      return "mismatch";
    case Outcome::Kind::silent:
      return "silent";
    case Outcome::Kind::stopped:
      return "stopped";
  }
  return "";
}

std::uint64_t longest_wait(const Bench& bench, const Command& command, unsigned stall) {
  // Of the pipeline in front of the command, and of handshakes that both sides hold back: a wait of
  // eight times what the stalls make likely does not happen by chance.
  const std::uint64_t cycles = bench.patience(command) + 16;
  return stall == 0 ? cycles : cycles * 8 * 256 / (256 - std::min(stall, 255u));
}

Outcome run_beside(Design& design, Bench& bench, const Stimulus& run, bool fresh) {
  Outcome outcome;
  const auto current = [&] {
    return run.commands.empty() ? 0 : std::min(bench.current(), run.commands.size() - 1);
  };
  try {
    if (!fresh) design.reset();
    bench.carry(run.operands);
    bench.begin(run.commands, run.seed, run.stall);
    std::size_t waits_for = run.commands.size();
    std::uint64_t waited = 0, limit = 0, quiet = 0;
    while (quiet <= quiet_cycles) {
      // 1. Inputs, and what follows from them at once.
      bench.drive(design.pins());
      design.settle();
      // 2. Outputs.
      ++outcome.cycles;
      if (!bench.check(design.pins(), outcome.mismatch)) {
        outcome.kind = Outcome::Kind::mismatch;
        outcome.command = outcome.mismatch.command;
        return outcome;
      }
      // 3. The clock.
      design.edge();
      // 4. Progress, or the lack of it.
      if (bench.done()) {
        ++quiet;
        continue;
      }
      if (const std::size_t now = bench.current(); now != waits_for) {
        waits_for = now;
        waited = 0;
        limit = longest_wait(bench, run.commands[current()], run.stall);
      } else if (++waited > limit) {
        outcome.kind = Outcome::Kind::silent;
        outcome.command = current();
        return outcome;
      }
    }
  } catch (const Error& error) {
    if (&error.kind() != &design_stopped) throw;
    outcome.kind = Outcome::Kind::stopped;
    outcome.command = current();
    outcome.message = error.message();
  }
  return outcome;
}

}  // namespace mantissa::rtl
