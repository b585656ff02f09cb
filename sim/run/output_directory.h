// SPDX-License-Identifier: Apache-2.0
// A folder of results that appears whole or not at all, and never replaces what is not ours.
//
//   OutputDirectory directory("out/run", "run");      // throws before anything is computed
//   directory.write("result.json", text);             // into a hidden folder beside it
//   directory.commit();                               // now out/run exists, or is up to date
//
// A folder of ours holds `.mantissa`: the kind of its contents and the files written. Running again
// into such a folder replaces those files, removes those that the new run does not have, and leaves
// everything else alone. Errors: foreign_directory, unwritable (message of the system included).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sim/run/interrupt.h"

namespace mantissa::sim {

inline const ErrorKind foreign_directory{
    "output.foreign-directory", ExitCode::usage,
    "The output folder already holds files that no run of this kind has written."};
inline const ErrorKind unwritable{
    "output.unwritable", ExitCode::resource,
    "A result cannot be written: no permission, no room, or no such folder."};

class OutputDirectory {
 public:
  OutputDirectory(std::filesystem::path path, std::string kind);
  ~OutputDirectory();  // without commit(): removes what was written
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text);
  // Makes the folder ours now: for what must stay when the program is stopped before commit().
  void claim();
  // For writers of their own: the path to write to.
  std::filesystem::path begin_file(const std::string& name);
  void commit();

  // "run", "sweep", ..., empty when `path` is not a folder of ours.
  static std::string kind_of(const std::filesystem::path& path);

 private:
  std::vector<std::string> files_of_earlier_run() const;

  void stage();  // at the first file

  std::filesystem::path path_, staging_;
  std::string kind_;
  std::vector<std::string> files_;
  // From the first file to the end: before it, Ctrl-C may end the program on the spot.
  std::optional<DeferInterrupt> defer_;
  bool committed_ = false;
};

// The system's words for errno, for the end of a message.
Error cannot_write(const std::filesystem::path& path, int error_number);

}  // namespace mantissa::sim
