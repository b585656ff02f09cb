// SPDX-License-Identifier: Apache-2.0
// Shipped configurations by name. The folder of presets is the first that exists of
//   $MANTISSA_CONFIGS;  <folder of the program>/../share/mantissa/configs  (installed);
//   configs/ in the folder of the program or above it;  configs/ of the source tree.
//
// Where a command takes a name or a file, a word with a '/' or a known extension is a file, and a
// bare word a preset, unless only a file of that name exists.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/config/document.h"
#include "base/error.h"

namespace mantissa::sim {

inline const ErrorKind no_presets{
    "presets.missing", ExitCode::bad_input,
    "The folder of presets is not there: MANTISSA_CONFIGS names another, or the installation is "
    "incomplete."};
inline const ErrorKind unknown_preset{"presets.unknown", ExitCode::usage,
                                      "Neither a preset nor a file of that name."};

inline const ErrorKind unknown_reference{
    "presets.unknown-reference", ExitCode::bad_input,
    "A configuration names a preset or a file that does not exist."};
inline const ErrorKind unknown_file{"presets.no-file", ExitCode::bad_input,
                                    "An input file that does not exist or is no regular file."};

// DRAMs are those memories that say `kind: dram`.
enum class PresetKind { arch, memory, dram, technology, workload, sweep, study };
const char* folder(PresetKind kind);  // "arch", "memory", "tech", "workload", "sweep", "studies"
const char* what(PresetKind kind);    // "an architecture", ... for messages

struct Preset {
  std::string name;  // file name without extension
  std::filesystem::path path;
  std::string title;        // its `name`, which finds it as well; may be empty
  std::string description;  // its `description`, or its first comment
  std::string sort;         // its `kind`; may be empty
};

class Presets {
 public:
  explicit Presets(std::filesystem::path root) : root_(std::move(root)) {}
  // Looked for once per process, as above. Throws Error(no_presets).
  static const Presets& standard();

  const std::filesystem::path& root() const { return root_; }
  std::vector<Preset> list(PresetKind kind) const;  // by name
  // The file behind a name or a path. Throws Error(unknown_preset), which lists what there is, or
  // unknown_reference when the name was read at `named_at` and not on the command line.
  std::string find(PresetKind kind, const std::string& name_or_file,
                   const Place& named_at = {}) const;
  // For `base: NAME` in files of this kind.
  config::Resolver resolver(PresetKind kind) const;

 private:
  std::filesystem::path root_;
};

}  // namespace mantissa::sim
