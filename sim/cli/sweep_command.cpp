// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>

#include "sim/cli/command.h"
#include "sim/cli/format.h"
#include "sim/cli/usage.h"
#include "sim/presets/presets.h"
#include "sim/report/installation.h"
#include "sim/run/version.h"
#include "sim/store/campaign.h"
#include "sim/store/csv.h"
#include "sim/store/labels.h"
#include "sim/store/quantity.h"
#include "sim/sweep/simulate.h"
#include "sim/sweep/slurm.h"

namespace mantissa::cli::sweep_command {
namespace {

struct Options {
  std::string sweep, directory, shard, slurm;
  std::vector<std::string> grid;
  unsigned workers = 0, tasks = 8;
  double seconds_per_point = 0;
  bool resume = false, merge = false, report = false, quantities = false;
};

ExitCode list_quantities(Console& console) {
  Table table({"quantity", "unit", "definition"},
              {Table::Align::left, Table::Align::left, Table::Align::left});
  for (const auto& quantity : store::quantities())
    table.row({quantity.name, quantity.unit, quantity.definition});
  console.out() << table.text(0);
  return ExitCode::ok;
}

ExitCode write_slurm(const Options& options, Console& console) {
  std::error_code ignored;
  std::filesystem::create_directories(options.directory, ignored);
  store::write_file(options.slurm,
                    sweep::sbatch_script({std::filesystem::read_symlink("/proc/self/exe").string(),
                                          options.sweep, options.directory, options.grid,
                                          options.tasks, std::max(1u, options.workers)}));
  console.note("submit it with: sbatch " + options.slurm);
  return ExitCode::ok;
}

std::string summary(const sweep::SweepOutcome& o) {
  std::string text = fmt::format("{} points: {} simulated", o.points, o.simulated);
  if (o.shared > 0) text += fmt::format(", {} known from equal configurations", o.shared);
  if (o.infeasible > 0) text += fmt::format(", {} outside the constraints", o.infeasible);
  if (o.failed > 0) text += fmt::format(", {} failed", o.failed);
  if (o.pending > 0) text += fmt::format(", {} still to run", o.pending);
  return text;
}

// The latency and bound of every point, for those who do not open the report.
std::string overview(const store::Results& results, Console& console) {
  const auto points = results.points();
  const auto names = store::labels(points);
  const auto front = store::pareto_points(results);
  Table table({"workload", "architecture", "latency", "throughput", "utilization", "energy", "area",
               "state"},
              {Table::Align::left, Table::Align::left, Table::Align::right, Table::Align::right,
               Table::Align::right, Table::Align::right, Table::Align::right, Table::Align::left});
  constexpr std::size_t most = 60;
  for (std::size_t i = 0; i < points.size() && i < most; ++i) {
    const auto metrics = points[i].status == store::Status::ok ? results.metrics(points[i].hash)
                                                               : std::map<std::string, double>{};
    const auto cell = [&](const char* name) {
      const auto& quantity = *store::find_quantity(name);
      const auto found = metrics.find(quantity.column);
      return found == metrics.end() ? "-" : store::readable(quantity, found->second);
    };
    std::string state = store::name(points[i].status);
    if (points[i].status == store::Status::ok)
      state = !points[i].feasible ? "violates " + points[i].violated : front[i] ? "front" : "";
    table.row({names[i].job, names[i].variant, cell("latency"), cell("throughput"),
               cell("utilization"), cell("energy"), cell("area"), state});
  }
  std::string text = table.text(0);
  if (points.size() > most)
    text += console.paint(Colour::dim,
                          fmt::format("and {} more in points.csv\n", points.size() - most));
  return text;
}

// Statistics over chips, when a sweep has several.
std::string campaign(const store::Results& results, Console& console) {
  const auto rows = store::campaign_rows(results);
  if (rows.empty()) return {};
  Table table(
      {"workload", "architecture", "quantity", "chips", "mean", "deviation", "95 % interval"},
      {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right,
       Table::Align::right, Table::Align::right, Table::Align::right});
  for (const auto& row : rows) {
    const auto& s = row.over_chips;
    if (s.mean == 0 && s.deviation == 0) continue;  // nothing happened; campaign.csv says so, too
    const auto text = [&](double value) { return store::readable(*row.quantity, value); };
    table.row({row.label.job, row.label.variant, row.quantity->name, row.chips(), text(s.mean),
               text(s.deviation), text(s.low) + " .. " + text(s.high)});
  }
  return "\n" + console.paint(Colour::bold, "Over chips") + "\n" + table.text(0);
}

ExitCode run(const Options& options, Console& console) {
  if (options.quantities) return list_quantities(console);
  if (options.sweep.empty())
    throw Error(missing_argument).say("SWEEP is missing").expected("mantissa sweep SWEEP");
  const auto& presets = sim::Presets::standard();
  const std::string file = presets.find(sim::PresetKind::sweep, options.sweep);
  const auto sweep =
      sweep::load_sweep(file, presets.resolver(sim::PresetKind::sweep), options.grid);

  Options filled = options;
  filled.sweep = file;
  if (filled.directory.empty()) filled.directory = "out/" + sweep.name;
  if (!options.slurm.empty()) return write_slurm(filled, console);

  sweep::SweepOptions engine;
  engine.directory = filled.directory;
  engine.workers =
      options.workers > 0 ? options.workers : std::max(1u, std::thread::hardware_concurrency());
  engine.resume = options.resume || options.merge;
  engine.run = !options.merge;
  if (!options.shard.empty()) engine.shard = sweep::parse_shard(options.shard);
  if (options.seconds_per_point > 0) engine.seconds_per_point = options.seconds_per_point;
  engine.program = fmt::format("mantissa {} ({})", sim::version(), sim::revision());

  sweep::SweepOutcome outcome;
  {
    std::optional<Progress> progress;
    const char* shown = nullptr;
    engine.progress = [&](const char* phase, std::uint64_t done, std::uint64_t total,
                          std::uint64_t failed) {
      if (shown != phase) progress.emplace(console, fmt::format("{} {}", phase, sweep.name));
      shown = phase;
      progress->update(static_cast<double>(done) / static_cast<double>(total),
                       failed > 0 ? fmt::format("{} of {}, {} failed", done, total, failed)
                                  : fmt::format("{} of {}", done, total));
    };
    outcome = sweep::run_sweep(sweep, engine, sweep::simulator());
  }
  console.note(summary(outcome));
  if (outcome.signal != 0) {
    console.note("stopped; everything finished is stored: continue with --resume");
    // 75: EX_TEMPFAIL of sysexits.h, which batch systems take for "again, please".
    return static_cast<ExitCode>(outcome.signal == SIGINT ? 130 : 75);
  }
  if (!engine.shard) {
    const auto results = store::Results::read(sweep::results_path(filled.directory));
    store::export_csv(results, filled.directory);
    for (const auto& point : results.points())
      if (point.status == store::Status::failed)
        console.warning(fmt::format("point {}, {} on {}: {}", point.position + 1, point.workload,
                                    point.arch, point.message));
    console.out() << overview(results, console) << campaign(results, console);
    if (options.report) {
      const auto written = report::write_report(report::installed_options(filled.directory));
      if (!written.note.empty()) console.warning(written.note);
    }
  }
  console.note("results are in " + filled.directory +
               (options.report ? "" : "; see them with: mantissa report " + filled.directory));
  return outcome.failed > 0 || (options.merge && outcome.pending > 0) ? ExitCode::check_failed
                                                                      : ExitCode::ok;
}

Action declare(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("SWEEP", o->sweep, "Sweep: a preset name or a YAML file.");
  app.add_option("-o,--output", o->directory, "Folder of results; out/NAME when not given.")
      ->type_name("DIR");
  app.add_option("-j,--jobs", o->workers,
                 "Worker processes; as many as there are cores if not given.")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  app.add_flag("--resume", o->resume,
               "Continue the results in the folder; failed points run again.");
  app.add_option("--grid", o->grid, "One more axis: core.matrix.rows=32,64,128. May be repeated.")
      ->type_name("KEY=V,V,...")
      ->allow_extra_args(false);
  app.add_option("--timeout", o->seconds_per_point, "A point that takes longer fails.")
      ->type_name("SECONDS")
      ->check(CLI::PositiveNumber);
  app.add_flag("--report", o->report, "Write report.html too.");
  app.add_option("--shard", o->shard,
                 "Run part I of N (I from 0), or 'array' inside a Slurm array.")
      ->type_name("I/N");
  app.add_flag("--merge", o->merge, "Join the parts that shards have left; simulate nothing.");
  app.add_option("--slurm", o->slurm, "Write a batch script for a Slurm array instead of running.")
      ->type_name("FILE");
  app.add_option("--tasks", o->tasks, "Shards of that script.")
      ->type_name("N")
      ->check(CLI::Range(1u, 10000u))
      ->capture_default_str();
  app.add_flag("--quantities", o->quantities, "List what constraints and objectives may name.");
  return [o](Console& console) { return run(*o, console); };
}

const Command sweep_command{"sweep", Group::simulate,
                            "Simulate many points in parallel, and resume where they stopped",
                            "  mantissa sweep quickstart --report\n"
                            "  mantissa sweep my_sweep.yaml -j 8 -o out/mine\n"
                            "  mantissa sweep my_sweep.yaml -o out/mine --resume\n"
                            "  mantissa sweep array_size --grid workload.batch=1,8 -o out/batches\n"
                            "  mantissa sweep big.yaml -o big --slurm big.sbatch --tasks 32\n",
                            declare};

}  // namespace
}  // namespace mantissa::cli::sweep_command
