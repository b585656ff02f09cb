// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/doctor.h"

#include <fmt/format.h>
#include <sys/sysinfo.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/trace/builder.h"
#include "sim/cli/format.h"
#include "sim/presets/presets.h"
#include "sim/run/run_point.h"
#include "sim/study/executor_module.h"

namespace mantissa::cli {
namespace {

using Verdict = Finding::Verdict;

Finding tool(const std::string& name, const std::string& command, bool needed,
             const std::string& remedy) {
  const std::string told = first_line_of(command);
  if (!told.empty()) return {name, Verdict::good, told, ""};
  return {name, needed ? Verdict::bad : Verdict::optional_missing, "not found", remedy};
}

Finding folder(const std::string& name, const std::filesystem::path& path) {
  std::error_code error;
  const auto space = std::filesystem::space(path, error);
  if (error) return {name, Verdict::bad, path.string() + ": " + error.message(), "choose another"};
  // A thousand-point sweep with its report takes some tens of megabytes.
  constexpr std::uintmax_t enough = 256ull << 20;
  return {name, space.available < enough ? Verdict::bad : Verdict::good,
          fmt::format("{} free in {}", binary_bytes(space.available), path.string()),
          space.available < enough ? "make room: results need a few hundred MiB" : ""};
}

Finding executor() {
  const std::string name = "executor of algorithms";
  try {
    sim::load_executor();
    return {name, Verdict::good, sim::executor_file()->string(), ""};
  } catch (const Error& error) {
    const bool absent = &error.kind() == &sim::no_executor;
    return {name, absent ? Verdict::optional_missing : Verdict::bad,
            absent ? "not found" : error.message(),
            "install libtorch-dev and build again (some experiments need it)"};
  }
}

}  // namespace

std::string first_line_of(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (!pipe) return {};
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c == '\n') break;
    line += static_cast<char>(c);
  }
  std::array<char, 4096> rest;
  while (std::fread(rest.data(), 1, rest.size(), pipe) > 0) {
  }
  return pclose(pipe) == 0 ? line : std::string();
}

std::vector<Finding> examine_machine() {
  struct sysinfo memory {};
  sysinfo(&memory);
  const auto unit = static_cast<std::uint64_t>(memory.mem_unit);
  std::error_code ignored;
  return {
      {"processor cores", Verdict::good, std::to_string(std::thread::hardware_concurrency()), ""},
      {"memory", Verdict::good,
       fmt::format("{} of {} free", binary_bytes((memory.freeram + memory.bufferram) * unit),
                   binary_bytes(memory.totalram * unit)),
       ""},
      folder("disk, here", std::filesystem::current_path(ignored)),
      folder("disk, temporary", std::filesystem::temp_directory_path(ignored)),
  };
}

std::vector<Finding> examine_tools() {
  return {
      tool(
          "python with matplotlib",
          "/usr/bin/python3 -c 'import sys, matplotlib; print(\"python %d.%d.%d, matplotlib %s\" % "
          "(*sys.version_info[:3], matplotlib.__version__))'",
          true, "apt-get install python3-matplotlib (plots of sweeps need it)"),
      tool("git", "git --version", false, "apt-get install git (results then name the revision)"),
      tool("slurm", "sbatch --version", false, "needed only for sweeps on a cluster"),
      tool("verilator", "verilator --version", false,
           "apt-get install verilator (units as RTL need it)"),
      tool("g++", "g++ --version", false, "apt-get install g++ (units as RTL need it)"),
      tool("yosys", "yosys -V", false, "apt-get install yosys (synthesis and proof need it)"),
      tool("opensta", "sta -version", false, "apt-get install opensta (synthesis needs it)"),
      tool("z3", "z3 --version", false, "apt-get install z3 (proof needs it)"),
  };
}

std::vector<Finding> examine_installation() {
  std::vector<Finding> findings;
  try {
    const auto& presets = sim::Presets::standard();
    findings.push_back({"presets", Verdict::good, presets.root().string(), ""});
    for (const auto kind :
         {sim::PresetKind::arch, sim::PresetKind::workload, sim::PresetKind::technology,
          sim::PresetKind::sweep, sim::PresetKind::study}) {
      const auto count = presets.list(kind).size();
      findings.push_back({fmt::format("presets: {}", sim::folder(kind)),
                          count > 0 ? Verdict::good : Verdict::bad, std::to_string(count),
                          count > 0 ? "" : "install mantissa again"});
    }
    for (const auto& preset : presets.list(sim::PresetKind::arch)) {
      try {
        sim::resolve_arch(preset.path.string(), {});
      } catch (const Error& error) {
        findings.push_back({preset.name, Verdict::bad, error.message(), "install mantissa again"});
      }
    }
  } catch (const Error& error) {
    findings.push_back({"presets", Verdict::bad, error.message(), ""});
  }
  findings.push_back(executor());
  return findings;
}

Finding self_check() {
  constexpr std::int64_t m = 100, k = 70, n = 65, size = 32;
  const std::string name = fmt::format("self-check: {} x {} x {} on 32 x 32", m, k, n);
  try {
    const auto arch = sim::resolve_arch("systolic_32x32", {"core.matrix.double_buffer=false"});
    sim::Point point{{}, arch, sim::resolve_technology(arch), {}, {}, {}};
    using trace::NumberFormat;
    trace::TraceBuilder builder("self-check");
    const auto a = builder.input("a", NumberFormat::int8, {m, k});
    const auto b = builder.parameter("b", NumberFormat::int8, {k, n});
    builder.op(trace::OpKind::matmul, "product", {a, b});
    point.workload.name = "self-check";
    point.workload.traces.push_back(builder.finish());

    const auto result = sim::run(point, nullptr);
    const std::uint64_t folds = ceil_div(k, size) * ceil_div(n, size);
    const std::uint64_t expected = folds * (2 * size + size + m - 2);
    const std::uint64_t found = result.layers.at(0).compute.value;
    if (found == expected && result.macs == std::uint64_t{m * k * n})
      return {name, Verdict::good,
              fmt::format("{} array cycles = {} folds x (2R + C + M - 2)", grouped(found), folds),
              ""};
    return {name, Verdict::bad,
            fmt::format("{} array cycles and {} MACs; expected {} and {}", found, result.macs,
                        expected, m * k * n),
            "this build is broken: please report it with the output of 'mantissa --version'"};
  } catch (const std::exception& error) {
    return {name, Verdict::bad, error.what(), "this build or installation is broken"};
  }
}

}  // namespace mantissa::cli
