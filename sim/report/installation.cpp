// SPDX-License-Identifier: Apache-2.0
#include "sim/report/installation.h"

#include <ctime>
#include <filesystem>

#include "sim/presets/presets.h"

namespace mantissa::report {
namespace {

namespace fs = std::filesystem;

// The first of the folders of presets above or beside the program that holds `below`. The user may
// have named a folder of presets of his own, which need not have a report's template.
fs::path beside_presets(const fs::path& below) {
  std::error_code ignored;
  const fs::path own = sim::Presets::standard().root().parent_path();
  if (fs::exists(own / below, ignored)) return own / below;
  fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  if (fs::exists(program / "../share/mantissa" / below, ignored))
    return (program / "../share/mantissa" / below).lexically_normal();
  for (; program.has_relative_path(); program = program.parent_path())
    if (fs::exists(program / below, ignored)) return program / below;
  return own / below;
}

}  // namespace

Options installed_options(const std::string& directory) {
  Options options;
  options.directory = directory;
  options.assets = beside_presets("configs/report").string();
  options.figures = beside_presets("scripts/plot/figures.py").string();
  options.study_figures = beside_presets("scripts/plot/study.py").string();
  char date[32];
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  if (std::strftime(date, sizeof date, "%Y-%m-%d %H:%M", localtime_r(&now, &local)) > 0)
    options.date = date;
  return options;
}

}  // namespace mantissa::report
