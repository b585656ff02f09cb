// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/command.h"
#include "sim/report/installation.h"
#include "sim/report/report.h"

namespace mantissa::cli::report_command {
namespace {

Action declare(CLI::App& app) {
  auto directory = std::make_shared<std::string>();
  auto figures = std::make_shared<bool>(true);
  app.add_option("DIR", *directory,
                 "Folder that sweep, run, exec or a command on units wrote with -o.")
      ->required();
  app.add_flag("!--no-figures", *figures, "Tables alone; needs no Python.");
  return [=](Console& console) {
    auto options = report::installed_options(*directory);
    if (!*figures) {
      options.figures.clear();
      options.study_figures.clear();
    }
    const auto written = report::write_report(options);
    if (*figures && !written.note.empty()) console.warning(written.note);
    console.out() << written.path << '\n';
    return ExitCode::ok;
  };
}

const Command report_command{
    "report", Group::inspect, "Turn results into one HTML page with figures",
    "  mantissa report out/quickstart\n"
    "  mantissa run tpu_v1 resnet50 -o out/one && mantissa report out/one\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::report_command
