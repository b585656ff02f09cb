// SPDX-License-Identifier: Apache-2.0
#include "sim/report/figures.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>

extern char** environ;

namespace mantissa::report {
namespace {

namespace fs = std::filesystem;

struct Finished {
  int exit = -1;  // -1: did not start, or was ended by a signal
  std::string text;
};

// Standard output and error together: the script prints little.
Finished run(const std::vector<std::string>& command) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t process = 0;
  const int failed =
      posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  Finished finished;
  char bytes[4096];
  for (ssize_t n; failed == 0 && (n = read(ends[0], bytes, sizeof bytes)) > 0;)
    finished.text.append(bytes, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  if (failed != 0) return finished;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) finished.exit = WEXITSTATUS(status);
  return finished;
}

DrawnFiles run_script(const std::string& script, const std::vector<std::string>& arguments) {
  std::error_code code;
  if (script.empty()) return {{}, "Figures were left out."};
  if (!fs::exists(script, code)) return {{}, "The script that draws the figures is not installed."};
  // Debian's python3-matplotlib belongs to /usr/bin/python3; another one in PATH may have it too.
  Finished finished;
  for (const char* python : {"/usr/bin/python3", "python3"}) {
    std::vector<std::string> command{python, "-E", script};
    command.insert(command.end(), arguments.begin(), arguments.end());
    finished = run(command);
    if (finished.exit == 0) break;
  }
  std::istringstream lines(finished.text);
  std::vector<std::string> names;
  std::string last;
  for (std::string line; std::getline(lines, line);) {
    if (line.size() > 4 && line.compare(line.size() - 4, 4, ".svg") == 0) names.push_back(line);
    if (!line.empty()) last = line;
  }
  if (finished.exit == 0) return {names, {}};
  return {{},
          finished.exit < 0 || finished.exit == 127
              ? "Figures need python3 with the package python3-matplotlib: apt-get install "
                "python3-matplotlib"
              : "No figures were drawn: " + last};
}

// What each figure shows, in the order in which the report has them.
const std::vector<Figure>& known() {
  static const std::vector<Figure> all{
      {"pareto.svg", "Trade-offs",
       "Each dot is a point, its size the area. Full dots are on the Pareto front of all "
       "objectives, "
       "pale ones violate a constraint; the line joins the best in the two axes shown."},
      {"parameters.svg", "What each parameter does",
       "Every point is a dot; the line is the best that any point with this value reaches. A flat "
       "line says that the other parameters can make up for this one."},
      {"roofline.svg", "Rooflines",
       "What each architecture could do at a workload's operational intensity (line: peak "
       "throughput, and DRAM bandwidth times intensity), and what it did (dots)."},
      {"cycles.svg", "Where the cycles went",
       "Busy and stalls of the matrix unit of the busiest core; they add up to all cycles."},
      {"energy.svg", "Where the energy went",
       "Energy of a run by part of the chip, leakage and idle power included. Bars are relative to "
       "the "
       "largest of each workload; the figures behind them are absolute."},
      {"utilization.svg", "Utilization per layer",
       "MACs / (peak MACs per cycle x cycles from the layer's start to its end), core 0."}};
  return all;
}

}  // namespace

Figures draw_figures(const std::string& script, const std::string& directory,
                     const std::string& objectives) {
  const DrawnFiles printed = run_script(
      script, {directory, "--objectives", objectives.empty() ? "latency_s,energy_pj" : objectives});
  Figures figures{{}, printed.note};
  for (const auto& figure : known())
    for (const auto& name : printed.names)
      if (name == figure.file) figures.drawn.push_back(figure);
  for (const auto& name : printed.names)
    if (name.rfind("published_", 0) == 0)
      figures.drawn.push_back(
          {name, "Published and ours",
           "Open: as published. Full: this simulation. One scale per quantity."});
  return figures;
}

DrawnFiles draw_study_figures(const std::string& script, const std::string& directory) {
  return run_script(script, {directory});
}

}  // namespace mantissa::report
