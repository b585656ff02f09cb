// SPDX-License-Identifier: Apache-2.0
#include "sim/json/cosim_json.h"

namespace mantissa::sim {
namespace {

Json failure_json(const CosimReport& report) {
  const rtl::Failure& failure = *report.result.failure;
  const rtl::Outcome& outcome = failure.outcome;
  Json out = {{"kind", rtl::name(outcome.kind)}};
  if (outcome.kind == rtl::Outcome::Kind::mismatch) {
    out["port"] = outcome.mismatch.port;
    out["element"] = outcome.mismatch.element;
    out["expected"] = outcome.mismatch.expected;
    out["found"] = outcome.mismatch.found;
  }
  if (!outcome.message.empty()) out["message"] = outcome.message;
  out["cycle"] = failure.cycle;
  const auto fields = report.request.unit->bench(report.request.parameters)->fields();
  Json command = Json::object();
  for (std::size_t i = 0; i < fields.size(); ++i)
    command[fields[i].name] = failure.run.commands.at(outcome.command).at(i);
  out["reproducer"] = {{"commands", failure.run.commands.size()},
                       {"cycles", outcome.cycles},
                       {"seed", failure.run.seed},
                       {"stall", failure.run.stall},
                       {"failing_command", command},
                       {"shrunk_from_commands", failure.commands},
                       {"shrinking_runs", failure.tried},
                       {"file", nullptr},
                       {"waves", nullptr},
                       {"again", report.again}};
  if (!report.commands_file.empty()) out["reproducer"]["file"] = report.commands_file;
  if (!report.waves_file.empty()) out["reproducer"]["waves"] = report.waves_file;
  return out;
}

}  // namespace

Json to_json(const CosimReport& report) {
  const auto& request = report.request;
  const auto& result = report.result;
  const auto design = rtl::design_request(request);
  Json out = {{"unit", request.unit->name()},
              {"parameters", request.parameters},
              {"top", design.top},
              {"sources", design.sources},
              {"seed", request.seed},
              {"commands", result.commands},
              {"directed_commands", result.directed},
              {"runs", result.runs},
              {"cycles", result.cycles},
              {"mismatches", result.failure ? 1 : 0},
              {"cases", Json::array()},
              {"failure", nullptr},
              {"host",
               {{"seconds", result.seconds},
                {"cycles_per_s",
                 result.seconds > 0 ? static_cast<double>(result.cycles) / result.seconds : 0}}}};
  for (std::size_t i = 0; i < result.cases.size(); ++i)
    out["cases"].push_back({{"case", result.cases[i]}, {"seen", result.covered[i]}});
  if (result.failure) out["failure"] = failure_json(report);
  return out;
}

Json contract_json(const rtl::Unit& unit, const rtl::Parameters& parameters) {
  Json out = {{"unit", unit.name()},
              {"summary", unit.summary()},
              {"parameters", Json::array()},
              {"ports", Json::array()}};
  for (const auto& p : unit.parameters())
    out["parameters"].push_back({{"name", p.name},
                                 {"value", parameters.at(p.name)},
                                 {"default", p.fallback},
                                 {"low", p.low},
                                 {"high", p.high},
                                 {"doc", p.doc}});
  for (const auto& port : rtl::all_ports(unit, parameters))
    out["ports"].push_back(
        {{"name", port.name},
         {"direction", port.direction == rtl::Direction::input ? "input" : "output"},
         {"bits", port.width},
         {"doc", port.doc}});
  return out;
}

}  // namespace mantissa::sim
