// SPDX-License-Identifier: Apache-2.0
// Types of workload files beyond those that are always read: a part of the program that may be
// absent, such as the executor with libtorch, registers its own when it is loaded.
//
//   const FileTypeRegistration registration({".pt", "TorchScript", read_torch_script});
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "workloads/workload.h"

namespace mantissa::workloads {

struct FileType {
  std::string extension;  // ".pt"
  std::string name;       // "TorchScript"
  // Fills traces, operands, synthetic_operands, seed and warnings; returns what was set, defaults
  // included.
  std::function<config::Node(const std::string& path, const LoadOptions&, LoadedWorkload&)> read;
};

std::vector<const FileType*> file_types();                // in order of extension
const FileType* file_type(const std::string& extension);  // nullptr: nobody reads it

class FileTypeRegistration {
 public:
  explicit FileTypeRegistration(FileType type);
};

}  // namespace mantissa::workloads
