// SPDX-License-Identifier: Apache-2.0
#include "sim/store/rtl_rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace mantissa::store {
namespace {

std::string text(const rtl::Parameters& parameters) {
  std::string out;
  for (const auto& [name, value] : parameters)
    out += fmt::format("{}{}={}", out.empty() ? "" : " ", name, value);
  return out;
}

}  // namespace

RtlSynthesisRow row_of(const rtl::Synthesis& s) {
  return {s.unit,
          text(s.parameters),
          fmt::format("{} at {} V, {} C", s.library, s.voltage, s.celsius),
          s.area,
          s.critical_path,
          s.clock,
          s.action,
          s.per_action.total(),
          s.idle,
          s.leakage,
          s.netlist.commands,
          s.netlist.cycles,
          s.tools,
          s.command,
          s.sources_hash};
}

RtlProofRow row_of(const std::string& unit, const rtl::ProofResult& result,
                   const std::string& tools) {
  const rtl::Proof& proof = result.proof;
  return {unit,
          text(proof.parameters),
          proof.name,
          proof.claim,
          rtl::name(result.verdict),
          rtl::name(proof.method),
          proof.depth,
          proof.mutation.what,
          result.verdict == rtl::Verdict::proved,
          tools,
          result.seconds,
          result.mutant_seconds};
}

RtlCosimRow row_of(const rtl::CosimRequest& request, const rtl::CosimResult& result,
                   const std::string& design) {
  RtlCosimRow row{request.unit->name(), text(request.parameters), design, "equal", {}};
  row.commands = result.commands;
  row.cycles = result.cycles;
  row.seed = request.replay ? request.replay->seed : request.seed;
  row.cases = result.cases.size();
  row.cases_seen = static_cast<std::uint64_t>(std::count_if(
      result.covered.begin(), result.covered.end(), [](std::uint64_t n) { return n > 0; }));
  if (!result.failure) return row;
  const rtl::Outcome& outcome = result.failure->outcome;
  row.verdict = rtl::name(outcome.kind);
  row.detail = outcome.kind == rtl::Outcome::Kind::mismatch
                   ? fmt::format("{} is {}, expected {}", outcome.mismatch.port,
                                 outcome.mismatch.found, outcome.mismatch.expected)
                   : outcome.message;
  return row;
}

}  // namespace mantissa::store
