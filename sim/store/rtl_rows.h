// SPDX-License-Identifier: Apache-2.0
// What synthesis, proofs and co-simulation of a unit in SystemVerilog found, flat: the rows in
// which it lies in the store and reaches the report.
//
// A row replaces an earlier one about the same thing: the unit at these parameters, in this
// library, of this proof, of this design. Everything but seconds is the same on every machine.
#pragma once

#include <cstdint>
#include <string>

#include "rtl/cosim/cosim.h"
#include "rtl/proof/prover.h"
#include "rtl/synthesis/synthesis.h"

namespace mantissa::store {

struct RtlSynthesisRow {
  std::string unit, parameters;  // "Depth=2 Width=8"
  std::string library;           // "osu018_stdcells at 1.8 V, 25 C"
  double area_um2 = 0, critical_path_ns = 0, clock_ns = 0;
  std::string action;                                // "word"
  double energy_pj = 0, idle_pj = 0, leakage_w = 0;  // per action; per cycle without inputs
  std::uint64_t commands = 0, cycles = 0;            // that netlist and RTL equalled the model over
  std::string tools, command, sources_hash;
};

struct RtlProofRow {
  std::string unit, parameters, proof, claim, verdict, method;
  std::uint64_t depth = 0;
  std::string mutant;  // the mistake in words
  bool mutant_refuted = false;
  std::string tools;
  double seconds = 0, mutant_seconds = 0;
};

struct RtlCosimRow {
  std::string unit, parameters, design;  // top module and its folder; the unit's own: "built in"
  std::string verdict;                   // of rtl/cosim/run.h: equal, mismatch, silent, stopped
  std::string detail;                    // where they differ
  std::uint64_t commands = 0, cycles = 0, seed = 0;
  std::uint64_t cases_seen = 0, cases = 0;
};

RtlSynthesisRow row_of(const rtl::Synthesis& synthesis);
RtlProofRow row_of(const std::string& unit, const rtl::ProofResult& result,
                   const std::string& tools);
// `design`: as above.
RtlCosimRow row_of(const rtl::CosimRequest& request, const rtl::CosimResult& result,
                   const std::string& design);

}  // namespace mantissa::store
