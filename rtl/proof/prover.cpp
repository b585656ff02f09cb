// SPDX-License-Identifier: Apache-2.0
#include "rtl/proof/prover.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <regex>

#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

namespace fs = std::filesystem;

enum class Outcome { holds, fails, expired };

struct Attempt {
  Outcome outcome = Outcome::expired;
  Counterexample counterexample;
};

std::string mutated(const Proof& proof, const std::string& text) {
  const Mutation& m = proof.mutation;
  const auto at = text.find(m.original);
  if (m.original.empty() || at == std::string::npos ||
      text.find(m.original, at + 1) != std::string::npos)
    throw Error(bad_proof)
        .at(m.source)
        .say("the mutation of proof '" + proof.name + "' has no single place")
        .read(m.original)
        .expected("a text that stands there exactly once");
  return std::string(text).replace(at, m.original.size(), m.changed);
}

// The sources under their own names in `scratch`: yosys and its messages see no other path.
std::vector<std::string> copy_sources(const Proof& proof, const std::string& folder,
                                      const std::string& scratch, bool mutant) {
  std::vector<std::string> names;
  bool changed = false;
  for (const auto& source : proof.sources) {
    std::string text = read_text((fs::path(folder) / source).string());
    if (mutant && source == proof.mutation.source) {
      text = mutated(proof, text);
      changed = true;
    }
    const fs::path copy = fs::path(scratch) / source;
    fs::create_directories(copy.parent_path());
    write_text(copy.string(), text);
    names.push_back(source);
  }
  if (mutant && !changed)
    throw Error(bad_proof)
        .say("the mutation of proof '" + proof.name + "' is in a file that it does not read")
        .read(proof.mutation.source)
        .nearest(nearest_name(proof.mutation.source, proof.sources));
  return names;
}

std::string first_line_with(const std::string& text, const std::string& word) {
  const auto at = text.find(word);
  return at == std::string::npos ? std::string() : text.substr(at, text.find('\n', at) - at);
}

// Returns the names of the top module's inputs.
std::vector<std::string> write_model(const Proof& proof, const std::vector<std::string>& sources,
                                     const ScratchFolder& scratch) {
  std::string script = "read_verilog -sv -formal";
  for (const auto& source : sources) script += " " + source;
  script += "\n";
  for (const auto& [parameter, value] : proof.parameters)
    script += fmt::format("chparam -set {} {} {}\n", parameter, value, proof.top);
  script +=
      fmt::format("hierarchy -check -top {}\nproc\nflatten\nopt_clean\nmemory -nomap\n", proof.top);
  // Flip-flops with an asynchronous reset become such with a multiplexer; dffunmap comes last,
  // since `opt` would find enables and synchronous resets again.
  script += "async2sync\nopt -fast\ndffunmap\nopt_clean\nwrite_smt2 -wires model.smt2\n";
  script += "write_json model.json\n";
  write_text(scratch.file("model.ys"), script);
  const ToolRun run = run_tool({"yosys", "-q", "model.ys"}, scratch.path());
  std::string refusal = first_line_with(run.output, "ERROR:");
  if (refusal.empty()) refusal = first_line_with(run.output, "Warning:");
  if (run.code != 0 || !refusal.empty())
    throw Error(bad_proof)
        .at(proof.sources.empty() ? proof.top : proof.sources.back())
        .say("yosys refuses the sources of proof '" + proof.name + "'")
        .read(refusal.empty() ? run.output : refusal);
  const auto json = nlohmann::ordered_json::parse(read_text(scratch.file("model.json")));
  std::vector<std::string> inputs;
  for (const auto& [module, content] : json.at("modules").items()) {
    if (!content.at("attributes").contains("top")) continue;
    for (const auto& [port, description] : content.at("ports").items())
      if (description.at("direction") == "input" && port != "clk_i") inputs.push_back(port);
  }
  return inputs;
}

Attempt solve(const ScratchFolder& scratch, const std::vector<std::string>& inputs, double limit,
              const std::vector<std::string>& how) {
  // Without --unroll, z3 expands the nested definitions of a model anew at every use.
  std::vector<std::string> command = {"yosys-smtbmc", "-s",         "z3",       "--unroll",
                                      "--noprogress", "--dump-vcd", "trace.vcd"};
  command.insert(command.end(), how.begin(), how.end());
  command.emplace_back("model.smt2");
  fs::remove(scratch.file("trace.vcd"));
  const ToolRun run = run_tool(command, scratch.path(), limit);
  Attempt attempt;
  if (run.expired) return attempt;
  if (run.output.find("Status: PASSED") != std::string::npos) {
    attempt.outcome = Outcome::holds;
    return attempt;
  }
  if (run.output.find("Status: FAILED") == std::string::npos)
    throw Error(missing_tool).say("yosys-smtbmc ended without a verdict").read(run.output);
  attempt.outcome = Outcome::fails;
  if (fs::exists(scratch.file("trace.vcd")))
    attempt.counterexample = read_trace(read_text(scratch.file("trace.vcd")), inputs);
  static const std::regex failed(R"(Assert failed in [^:]*: ([^ :]+:[0-9]+))");
  std::smatch match;
  if (std::regex_search(run.output, match, failed)) attempt.counterexample.assertion = match[1];
  return attempt;
}

// Steps from reset that are searched for a violation.
unsigned steps(const Proof& proof) {
  return proof.method == ProofMethod::combinational ? 1 : proof.depth + 1;
}

Attempt from_reset(const ScratchFolder& scratch, const std::vector<std::string>& inputs,
                   const Proof& proof, double limit) {
  return solve(scratch, inputs, limit, {"-t", std::to_string(steps(proof))});
}

}  // namespace

const char* name(ProofMethod method) {
  switch (method) {
    case ProofMethod::combinational:
      return "combinational";
    case ProofMethod::induction:
      return "induction";
    case ProofMethod::bounded:
      return "bounded";
  }
  return "";
}

const char* name(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "proved";
    case Verdict::refuted:
      return "refuted";
    case Verdict::unproved:
      return "unproved";
    case Verdict::toothless:
      return "toothless";
    case Verdict::undecided:
      return "undecided";
  }
  return "";
}

ProofResult prove(const Proof& proof, const ProverOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point t) {
    return std::chrono::duration<double>(Clock::now() - t).count();
  };
  const auto say = [&](const std::string& step) {
    if (options.progress) options.progress(proof.name + ": " + step);
  };
  ProofResult result;
  result.proof = proof;

  // 1. The claim.
  auto start = Clock::now();
  {
    say("proving");
    const ScratchFolder scratch;
    const auto inputs =
        write_model(proof, copy_sources(proof, options.folder, scratch.path(), false), scratch);
    Attempt attempt = from_reset(scratch, inputs, proof, options.limit);
    Verdict failure = Verdict::refuted;
    if (attempt.outcome == Outcome::holds && proof.method == ProofMethod::induction) {
      attempt = solve(scratch, inputs, options.limit, {"-i", "-t", std::to_string(proof.depth)});
      failure = Verdict::unproved;
    }
    result.seconds = since(start);
    result.counterexample = attempt.counterexample;
    if (attempt.outcome != Outcome::holds) {
      result.verdict = attempt.outcome == Outcome::fails ? failure : Verdict::undecided;
      return result;
    }
  }

  // 2. The mutant, which must violate it from reset, within reach of every register it has to fill.
  start = Clock::now();
  say("refuting the mutant");
  const ScratchFolder scratch;
  const auto inputs =
      write_model(proof, copy_sources(proof, options.folder, scratch.path(), true), scratch);
  Proof reach = proof;
  if (proof.method == ProofMethod::induction) reach.depth = proof.depth + 20;
  const Attempt attempt = from_reset(scratch, inputs, reach, options.limit);
  result.mutant_seconds = since(start);
  result.mutant = attempt.counterexample;
  result.verdict = attempt.outcome == Outcome::fails   ? Verdict::proved
                   : attempt.outcome == Outcome::holds ? Verdict::toothless
                                                       : Verdict::undecided;
  return result;
}

std::string prover_version() {
  std::smatch yosys, z3;
  const std::string a = run_tool({"yosys", "-V"}, "/").output;
  const std::string b = run_tool({"z3", "--version"}, "/").output;
  static const std::regex first(R"(Yosys ([0-9.+]+))"), second(R"(version ([0-9.]+))");
  std::regex_search(a, yosys, first);
  std::regex_search(b, z3, second);
  return "yosys " + yosys.str(1) + ", z3 " + z3.str(1);
}

}  // namespace mantissa::rtl
