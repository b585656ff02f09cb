// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/command.h"
#include "sim/cli/doctor.h"
#include "sim/cli/format.h"
#include "sim/run/version.h"

namespace mantissa::cli::doctor_command {
namespace {

using Verdict = Finding::Verdict;

std::string mark(Verdict verdict, const Console& console) {
  switch (verdict) {
    case Verdict::good:
      return console.paint(Colour::green, "ok");
    case Verdict::optional_missing:
      return console.paint(Colour::dim, "-");
    case Verdict::bad:
      return console.paint(Colour::red, "BAD");
  }
  return "";
}

ExitCode run(Console& console) {
  std::vector<Finding> findings;
  for (const auto& [tool, version] : sim::versions())
    findings.push_back({tool, Verdict::good, version, ""});
  for (const auto& part : {examine_machine(), examine_tools(), examine_installation()})
    findings.insert(findings.end(), part.begin(), part.end());
  findings.push_back(self_check());

  Table table({}, {Table::Align::left, Table::Align::left, Table::Align::left});
  bool healthy = true;
  for (const auto& finding : findings) {
    healthy = healthy && finding.verdict != Verdict::bad;
    std::string told = finding.told;
    if (!finding.remedy.empty()) told += "; " + finding.remedy;
    table.row({mark(finding.verdict, console), finding.what, told});
  }
  console.out() << table.text(0);
  if (!healthy) console.error("something is missing or broken: see the lines marked BAD");
  return healthy ? ExitCode::ok : ExitCode::check_failed;
}

Action declare(CLI::App&) {
  return [](Console& console) { return run(console); };
}

const Command doctor_command{"doctor", Group::set_up,
                             "Check the machine and the installation, with a tiny run",
                             "  mantissa doctor\n", declare};

}  // namespace
}  // namespace mantissa::cli::doctor_command
