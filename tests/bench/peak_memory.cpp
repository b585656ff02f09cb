// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/peak_memory.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "sim/run/run_point.h"

namespace mantissa::bench {
namespace {

constexpr const char* flag = "--peak-memory-of";

// VmHWM belongs to the address space and starts anew at exec; ru_maxrss would remember the parent.
std::uint64_t own_peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

}  // namespace

std::optional<int> serve_peak_memory(int argc, char** argv) {
  if (argc != 5 || std::string(argv[1]) != flag) return std::nullopt;
  const auto fidelity =
      std::string(argv[4]) == "data" ? arch::Fidelity::data : arch::Fidelity::shape;
  sim::run(sim::resolve({argv[2], argv[3], {}, fidelity}), nullptr);
  fmt::print("peak {}\n", own_peak_bytes());
  return 0;
}

std::uint64_t peak_bytes(const std::string& arch, const std::string& workload,
                         const std::string& fidelity) {
  const std::string command =
      fmt::format("/proc/{}/exe {} {} {} {}", getpid(), flag, arch, workload, fidelity);
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot start " + command);
  unsigned long long peak = 0;
  char line[256];
  while (std::fgets(line, sizeof line, pipe) != nullptr) std::sscanf(line, "peak %llu", &peak);
  if (pclose(pipe) != 0 || peak == 0) throw std::runtime_error("failed: " + command);
  return peak;
}

}  // namespace mantissa::bench
