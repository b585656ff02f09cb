// SPDX-License-Identifier: Apache-2.0
// Traces for tests, in a scratch folder that goes with the object.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace mantissa::memory::dram {

class TraceFiles {
 public:
  TraceFiles() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "mantissa-trace-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TraceFiles() { std::filesystem::remove_all(path_); }
  TraceFiles(const TraceFiles&) = delete;
  TraceFiles& operator=(const TraceFiles&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& text, const std::string& name = "a.trc") const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace mantissa::memory::dram
