// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "rtl/folders.h"
#include "rtl/proof/prover.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/rtl_results.h"
#include "sim/cli/unit_options.h"

namespace mantissa::cli::prove_command {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string unit, output;
  std::vector<std::string> overrides;
  bool all = false, json = false;
  double limit = 600;
};

Json json_of(const rtl::Counterexample& trace) {
  Json cycles = Json::array();
  for (const auto& row : trace.cycles) {
    Json values = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) values[trace.inputs[i]] = row[i];
    cycles.push_back(std::move(values));
  }
  return {{"assertion", trace.assertion}, {"cycles", std::move(cycles)}};
}

Json json_of(const std::string& unit, const rtl::ProofResult& result) {
  const rtl::Proof& proof = result.proof;
  Json out = {{"unit", unit},
              {"proof", proof.name},
              {"claim", proof.claim},
              {"method", rtl::name(proof.method)},
              {"depth", proof.depth},
              {"parameters", proof.parameters},
              {"verdict", rtl::name(result.verdict)},
              {"seconds", result.seconds},
              {"mutant", {{"what", proof.mutation.what}, {"seconds", result.mutant_seconds}}}};
  if (!result.counterexample.cycles.empty()) out["counterexample"] = json_of(result.counterexample);
  if (!result.mutant.cycles.empty()) out["mutant"]["counterexample"] = json_of(result.mutant);
  return out;
}

std::string text(const rtl::Counterexample& trace) {
  std::vector<std::string> head = {"cycle"};
  head.insert(head.end(), trace.inputs.begin(), trace.inputs.end());
  Table table(head, std::vector<Table::Align>(head.size(), Table::Align::right));
  for (std::size_t i = 0; i < trace.cycles.size(); ++i) {
    std::vector<std::string> row = {std::to_string(i)};
    row.insert(row.end(), trace.cycles[i].begin(), trace.cycles[i].end());
    table.row(row);
  }
  return fmt::format("    fails: {}\n", trace.assertion) + table.text(4);
}

ExitCode run(const Options& options, Console& console) {
  const RtlResults store(options.output);
  std::vector<const rtl::Unit*> units;
  if (options.all) units = rtl::units();
  if (!options.all) units.push_back(&unit_named(options.unit));
  bool good = true;
  Json list = Json::array();
  Table table({"unit", "proof", "verdict", "method", "depth", "time", "mutant refuted in"},
              {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::left,
               Table::Align::right, Table::Align::right, Table::Align::right});
  std::string details;
  for (const rtl::Unit* unit : units) {
    const auto parameters = parameters_of(*unit, options.overrides);
    const auto proofs = unit->proofs(parameters);
    if (proofs.empty() && !options.all)
      throw Error(no_proof)
          .at("command line")
          .say("unit '" + unit->name() + "' has no proof; 'mantissa prove --all' shows those with");
    Progress progress(console, unit->name());
    for (std::size_t i = 0; i < proofs.size(); ++i) {
      rtl::ProverOptions how;
      how.folder = rtl::rtl_folder();
      how.limit = options.limit;
      how.progress = [&](const std::string& step) {
        progress.update(static_cast<double>(i) / static_cast<double>(proofs.size()), step);
      };
      const rtl::ProofResult result = rtl::prove(proofs[i], how);
      good = good && result.verdict == rtl::Verdict::proved;
      list.push_back(json_of(unit->name(), result));
      if (store) store.add(store::row_of(unit->name(), result, rtl::prover_version()));
      const bool refuted = result.verdict == rtl::Verdict::proved;
      table.row({unit->name(), proofs[i].name, rtl::name(result.verdict),
                 rtl::name(proofs[i].method), std::to_string(proofs[i].depth),
                 fmt::format("{:.1f} s", result.seconds),
                 refuted ? fmt::format("{:.1f} s", result.mutant_seconds) : "-"});
      details += fmt::format("  {}.{}: {}\n", unit->name(), proofs[i].name, proofs[i].claim);
      if (!result.counterexample.cycles.empty()) details += text(result.counterexample);
      if (result.verdict == rtl::Verdict::toothless)
        details += fmt::format("    holds for the mutant, too: {}\n", proofs[i].mutation.what);
    }
  }
  if (options.json) {
    console.out() << Json{{"tools", rtl::prover_version()}, {"proofs", list}}.dump(2) << '\n';
  } else {
    console.out() << table.text() << '\n' << details << "  " << rtl::prover_version() << '\n';
  }
  return good ? ExitCode::ok : ExitCode::check_failed;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* unit = app.add_option("UNIT", options->unit, "A unit that exists in SystemVerilog.");
  auto* all = app.add_flag("--all", options->all, "Every proof of every unit.");
  all->excludes(unit);
  app.add_option("--set", options->overrides, "A parameter of the unit: Width=4.")
      ->type_name("PARAMETER=VALUE")
      ->allow_extra_args(false);
  app.add_option("--limit", options->limit, "Seconds for each run of the solver.")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_rtl_output(app, options->output);
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) { return run(*options, console); };
}

const Command prove_command{"prove", Group::inspect, "Prove claims about RTL for all inputs",
                            "  mantissa prove fifo\n"
                            "  mantissa prove --all --limit 60\n"
                            "  mantissa prove fifo --json | jq '.proofs[] | [.proof, .verdict]'\n",
                            declare};

}  // namespace
}  // namespace mantissa::cli::prove_command
