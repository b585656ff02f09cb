// SPDX-License-Identifier: Apache-2.0
// Proves claims about designs, and shows that each proof can fail.
//
// yosys turns the sources into SMT-LIB, yosys-smtbmc has z3 search for a violation. The same is
// done once more with the proof's mutation in the sources; a mutant that is not refuted makes the
// proof worthless, and its verdict says so.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "rtl/proof/proof.h"

namespace mantissa::rtl {

inline const ErrorKind bad_proof{
    "proof.bad-sources", ExitCode::bad_input,
    "A proof whose sources yosys refuses, or whose mutation is not found exactly once."};

enum class Verdict {
  proved,     // and the mutant refuted
  refuted,    // an assertion fails: see the counterexample
  unproved,   // induction does not close at this depth; no violation from reset was found
  toothless,  // holds, and holds for the mutant, too
  undecided,  // the solver ran out of time
};
const char* name(Verdict verdict);

// One row per cycle, one column per input of the top module, in hexadecimal as Verilog writes it.
struct Counterexample {
  std::string assertion;  // file:line
  std::vector<std::string> inputs;
  std::vector<std::vector<std::string>> cycles;
};

struct ProofResult {
  Proof proof;
  Verdict verdict = Verdict::undecided;
  double seconds = 0;  // of the proof itself
  double mutant_seconds = 0;
  Counterexample counterexample;  // of `refuted`, and of `unproved` from a state never reached
  Counterexample mutant;          // how the mutant was refuted
};

struct ProverOptions {
  std::string folder;  // holds the sources of proofs
  double limit = 600;  // seconds for each run of the solver
  std::function<void(const std::string& step)> progress;
};

ProofResult prove(const Proof& proof, const ProverOptions& options);
// "yosys 0.23, z3 4.8.12".
std::string prover_version();

// The values of `inputs` (all variables when empty) in each cycle of a value change dump as
// yosys-smtbmc writes it: cycle n at time 10 n.
Counterexample read_trace(const std::string& vcd, const std::vector<std::string>& inputs);

}  // namespace mantissa::rtl
