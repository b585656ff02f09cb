// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/execution_trace.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

#include "base/trace/chakra.h"
#include "workloads/errors.h"

namespace mantissa::workloads {

namespace {

namespace fs = std::filesystem;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Files PREFIX.<rank>.et[.gz] by rank.
std::map<std::uint32_t, std::string> ranks_of(const std::string& prefix) {
  std::map<std::uint32_t, std::string> files;
  const fs::path path(prefix);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const std::string stem = path.filename().string() + ".";
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    const std::string name = entry.path().filename().string();
    if (name.compare(0, stem.size(), stem) != 0) continue;
    std::uint32_t rank = 0;
    const char* begin = name.data() + stem.size();
    const auto [stop, error] = std::from_chars(begin, name.data() + name.size(), rank);
    const std::string rest(stop);
    if (error != std::errc() || (rest != ".et" && rest != ".et.gz")) continue;
    const std::string file = prefix + "." + std::string(begin);
    const auto known = files.find(rank);
    if (known == files.end() || file < known->second) files[rank] = file;  // .et before .et.gz
  }
  return files;
}

// The file of operands is named relative to the trace, so that both can be moved together.
trace::Trace read_one(const std::string& path, std::vector<std::string>& warnings) {
  trace::Trace trace = trace::read_chakra(path, &warnings);
  if (!trace.operands_file.empty() && fs::path(trace.operands_file).is_relative()) {
    trace.operands_file = (fs::path(path).parent_path() / trace.operands_file).string();
  }
  return trace;
}

}  // namespace

bool is_execution_trace(const std::string& path) {
  return ends_with(path, ".et") || ends_with(path, ".et.gz");
}

bool is_trace_prefix(const std::string& prefix) { return !ranks_of(prefix).empty(); }

std::vector<trace::Trace> read_execution_traces(const std::string& path,
                                                std::vector<std::string>& warnings) {
  if (is_execution_trace(path)) return {read_one(path, warnings)};
  std::vector<trace::Trace> traces;
  const auto files = ranks_of(path);
  for (const auto& [rank, file] : files) {
    if (rank != traces.size()) {
      throw Error(missing_rank)
          .at(file)
          .say("rank " + std::to_string(traces.size()) + " of " +
               std::to_string(files.rbegin()->first + 1) + " is missing")
          .expected(trace::chakra_path(path, static_cast<std::uint32_t>(traces.size())));
    }
    traces.push_back(read_one(file, warnings));
    traces.back().rank = rank;
  }
  return traces;
}

}  // namespace mantissa::workloads
