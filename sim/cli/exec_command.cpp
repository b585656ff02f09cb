// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

#include "sim/cli/command.h"
#include "sim/cli/study_text.h"
#include "sim/report/figures.h"
#include "sim/report/installation.h"
#include "sim/run/lockstep.h"
#include "sim/store/results.h"
#include "sim/study/study_files.h"
#include "sim/study/study_json.h"
#include "sim/sweep/engine.h"

namespace mantissa::cli::exec_command {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string study, trace, directory;
  std::vector<std::string> overrides;
  bool json = false;
};

fs::path folder_of(const fs::path& prefix) {
  return prefix.has_parent_path() ? prefix.parent_path() : fs::path(".");
}

void check_trace(const fs::path& prefix) {
  std::error_code ignored;
  if (!fs::is_directory(folder_of(prefix), ignored))
    throw Error(sim::unwritable)
        .at(folder_of(prefix).string())
        .say("there is no such folder")
        .remedy("make it, or choose another prefix with --trace");
}

bool has_trace(const fs::path& prefix) {
  const std::string start = prefix.filename().string();
  for (const auto& entry : fs::directory_iterator(folder_of(prefix)))
    if (entry.path().filename().string().rfind(start, 0) == 0) return true;
  return false;
}

// Where a study keeps what it is doing and what it found. Everything that can be wrong with the
// folder shows before the study is run.
class StudyFolder {
 public:
  StudyFolder(const std::string& path, const sim::LoadedStudy& study)
      : files_(path, "exec " + study.study.config.name) {
    keep_others(study);
    files_.claim();
    store::Results::write(store_path());
    std::error_code error;
    fs::create_directories(work(), error);
    if (error) throw sim::cannot_write(work(), error.value());
  }
  const fs::path& path() const { return files_.path(); }
  // Checkpoints; they stay, so that the same command goes on where it stopped.
  fs::path work() const { return path() / "work"; }

  void keep(const sim::StudyRun& run) {
    sim::write_study_files(files_, run);
    files_.commit();
    // Drawn from what stood here before.
    std::error_code ignored;
    for (const char* derived : {"report.html", "plots"}) fs::remove_all(path() / derived, ignored);
    store::Results::write(store_path())
        .add(store::StudyRow{run.name, run.experiment, run.title, run.description,
                             run.resolved_yaml, run.program, run.result});
  }

 private:
  // The study may have taken hours: with other parameters it is another one.
  void keep_others(const sim::LoadedStudy& study) const {
    std::ifstream in(path() / "study.yaml");
    if (!in || std::string(std::istreambuf_iterator<char>(in), {}) == study.resolved_yaml) return;
    throw Error(sim::foreign_directory)
        .at((path() / "study.yaml").string())
        .say("the folder holds results of this study with other parameters")
        .remedy("choose another folder with -o, or remove this one; nothing was written");
  }

  std::string store_path() const { return sweep::results_path(path().string()); }

  sim::OutputDirectory files_;
};

sim::StudyRun run_study(const sim::LoadedStudy& study, workloads::StudyContext& context,
                        const sim::DeferInterrupt& interrupt, Console& console) {
  context.interrupted = [&interrupt] { return interrupt.came(); };
  Progress progress(console, study.study.config.name);
  context.progress = [&progress](double fraction, const std::string& step) {
    progress.update(fraction, step);
  };
  try {
    return sim::run_study(study, context);
  } catch (const rtl::LockstepDiffers& differs) {
    throw sim::with_reproducer(differs, "lockstep-" + differs.alone.unit->name(),
                               [&](double share, const std::string& step) {
                                 progress.update(share, "the unit alone: " + step);
                               });
  } catch (const Error& error) {
    if (&error.kind() == &workloads::experiment_interrupted) {
      console.note(context.directory.empty()
                       ? "stopped; nothing is kept without -o"
                       : "stopped; what was done is kept in " + context.directory.string() +
                             ": the same command goes on from there");
      interrupt.check();
    }
    throw;
  }
}

ExitCode run(const Options& options, Console& console) {
  const sim::LoadedStudy study = sim::load_study(options.study, options.overrides);
  workloads::StudyContext context = sim::context_of(study);
  if (!options.trace.empty()) check_trace(options.trace);
  context.trace = options.trace;
  // Held from the first file on until the study has saved what it is at.
  std::optional<sim::DeferInterrupt> interrupt(std::in_place);
  std::optional<StudyFolder> folder;
  if (!options.directory.empty()) {
    folder.emplace(options.directory, study);
    context.directory = folder->work();
  }

  const sim::StudyRun found = run_study(study, context, *interrupt, console);
  interrupt.reset();
  for (const auto& warning : found.result.warnings) console.warning(warning);
  if (!options.trace.empty() && !has_trace(options.trace))
    console.warning("this experiment records no trace");
  if (folder) folder->keep(found);
  if (options.json)
    console.out() << sim::to_json(found).dump(2) << '\n';
  else
    console.out() << study_text(found, options.directory, console);
  if (folder) {
    if (!found.result.figures.empty()) {
      const auto drawn = report::draw_study_figures(
          report::installed_options(options.directory).study_figures, options.directory);
      if (!drawn.note.empty()) console.warning(drawn.note);
    }
    console.note(fmt::format("results are in {0}; see them with: mantissa report {0}",
                             folder->path().string()));
  }
  return found.result.passed ? ExitCode::ok : ExitCode::check_failed;
}

Action declare(CLI::App& app) {
  auto options = std::make_shared<Options>();
  app.add_option("STUDY", options->study, "A preset name ('mantissa list studies') or a YAML file.")
      ->required();
  app.add_option("--set", options->overrides,
                 "Override a parameter of the experiment: maps=50, or parameters.maps=50.\n"
                 "May be given several times; the last one wins.")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--trace", options->trace,
                 "Write what the experiment records as execution traces: PREFIX*.et.")
      ->type_name("PREFIX");
  app.add_option("-o,--output", options->directory,
                 "Write tables, figures and results.sqlite into this folder, and keep in\n"
                 "DIR/work what a study that was stopped goes on from.")
      ->type_name("DIR");
  app.add_flag("--json", options->json, "Print one JSON object instead of tables.");
  return [options](Console& console) { return run(*options, console); };
}

const Command exec_command{
    "exec", Group::simulate, "Run an experiment, and hold it against what was published",
    "  mantissa list studies\n"
    "  mantissa exec voltage\n"
    "  mantissa exec voltage --set maps=50 -o out/voltage && mantissa report out/voltage\n"
    "  mantissa exec my_study.yaml --json | jq '.comparisons[] | [.what, .published, .ours]'\n",
    declare};

}  // namespace
}  // namespace mantissa::cli::exec_command
