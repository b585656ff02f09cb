// SPDX-License-Identifier: Apache-2.0
// Runs a program of others (yosys, a solver, a timing analyser) and keeps what it says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"

namespace mantissa::rtl {

inline const ErrorKind missing_tool{"rtl.missing-tool", ExitCode::resource,
                                    "A program that synthesis, proof or co-simulation needs is not "
                                    "installed, or cannot be started."};

struct ToolRun {
  int code = 0;          // exit code; 128 + signal when a signal ended it
  bool expired = false;  // ended by us, after `limit`
  std::string output;    // stdout and stderr as they came
};

// Looks the program up in PATH and runs it in `folder`. `limit`: seconds, 0 for none; the program
// and all it has started are ended then.
ToolRun run_tool(const std::vector<std::string>& command, const std::string& folder,
                 double limit = 0);

// An empty folder that goes away with its owner.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string path() const { return path_.string(); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string read_text(const std::string& path);  // throws unreadable_file
void write_text(const std::string& path, const std::string& text);

inline const ErrorKind unreadable_file{"rtl.unreadable-file", ExitCode::bad_input,
                                       "A source, Liberty or netlist that cannot be read, or a "
                                       "result that cannot be written."};

// 128-bit FNV-1a in hexadecimal: what results and caches are keyed by. No defence against malice.
std::string content_hash(const std::string& text);

}  // namespace mantissa::rtl
