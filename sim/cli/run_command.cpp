// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "sim/cli/choices.h"
#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/summary.h"
#include "sim/json/result_json.h"
#include "sim/run/lockstep.h"
#include "sim/run/output_directory.h"
#include "sim/run/result_files.h"
#include "sim/run/run_point.h"
#include "sim/timeline/timeline.h"

namespace mantissa::cli::run_command {
namespace {

struct Options {
  sim::PointRequest request;
  std::string fidelity = "shape";
  std::string directory;
  bool json = false;
};

// Passes slices on to the timeline, if one is wanted, and moves the progress line.
class RunObserver : public arch::Observer {
 public:
  RunObserver(Progress& progress, sim::Timeline* timeline)
      : progress_(progress), timeline_(timeline) {}

  void slice(const arch::Slice& slice) override {
    if (timeline_) timeline_->slice(slice);
  }
  void progress(double fraction, Cycles now) override {
    fraction_ = fraction;
    progress_.update(fraction, si(static_cast<double>(now.value), "cycles"));
  }
  void building(const std::string& step, double seconds) override {
    progress_.update(fraction_, fmt::format("RTL: {}, {:.0f} s", step, seconds));
  }

 private:
  Progress& progress_;
  sim::Timeline* timeline_;
  double fraction_ = 0;
};

ExitCode run(const Options& options, Console& console) {
  auto request = options.request;
  request.fidelity = options.fidelity == "data" ? arch::Fidelity::data : arch::Fidelity::shape;
  const sim::Point point = sim::resolve(request);

  // Before the simulation: a folder that cannot be written to must not cost a run.
  std::optional<sim::OutputDirectory> directory;
  sim::Timeline timeline;
  if (!options.directory.empty()) directory.emplace(options.directory, "run");

  arch::RunResult result;
  {
    Progress progress(console, fmt::format("{} on {}", point.workload.name, point.arch.name));
    RunObserver observer(progress, directory ? &timeline : nullptr);
    try {
      result = sim::run(point, &observer);
    } catch (const rtl::LockstepDiffers& differs) {
      throw sim::with_reproducer(differs, "lockstep-" + differs.alone.unit->name(),
                                 [&](double share, const std::string& step) {
                                   progress.update(share, "the unit alone: " + step);
                                 });
    }
  }
  if (directory && timeline.dropped() > 0)
    result.warnings.push_back(
        fmt::format("timeline: the last {} slices of engines are left out", timeline.dropped()));
  for (const auto& warning : result.warnings) console.warning(warning);
  if (directory) {
    sim::write_result_files(*directory, point, result, timeline);
    directory->commit();
  }
  if (options.json)
    console.out() << sim::to_json(point, result).dump(2) << '\n';
  else
    console.out() << summary(point, result, console);
  if (directory) console.note("results are in " + directory->path().string());
  return ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("ARCH", options->request.arch, "Architecture: a preset name or a YAML file.")
      ->required();
  app.add_option("WORKLOAD", options->request.workload,
                 "Workload: a preset name, or a file (.yaml, .csv, .onnx, .et, .pt).")
      ->required();
  app.add_option("--set", options->request.overrides,
                 "Override a parameter: core.matrix.rows=64, workload.batch=8.\n"
                 "May be given several times; the last one wins.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--fidelity", options->fidelity,
                 "shape: timing from shapes alone. data: outputs are computed too.")
      ->check(one_of({"shape", "data"}))
      ->capture_default_str();
  app.add_option("-o,--output", options->directory,
                 "Write tables, statistics, prices and a timeline into this folder.")
      ->type_name("DIR");
  app.add_flag("--json", options->json, "Print one JSON object instead of the summary.");
  return [options](Console& console) { return run(*options, console); };
}

const Command run_command{
    "run", Group::simulate, "Simulate one workload on one architecture",
    "  mantissa run systolic_32x32 resnet18\n"
    "  mantissa run tpu_v1 resnet50 --set workload.batch=8 -o out/resnet50\n"
    "  mantissa run my_chip.yaml bert_base --set core.scratchpad.capacity='8 MiB'\n"
    "  mantissa run edge_16x16 layers.csv --json | jq .energy_pj.total\n"
    "  mantissa run systolic_32x32 lstm --fidelity data -o out/lstm\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::run_command
