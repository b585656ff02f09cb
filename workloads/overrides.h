// SPDX-License-Identifier: Apache-2.0
// Overrides of workload files: which keys there are, and the short form of a file's own parameters
// (length=128 for parameters.length=128).
#pragma once

#include <string>
#include <vector>

#include "base/config/document.h"

namespace mantissa::workloads {

// The document with its overrides. `keys` are those of the document itself. Throws
// Error(no_such_parameter) for an override of anything else.
config::Document load_with_overrides(const std::string& path, const config::Resolver& presets,
                                     const std::vector<std::string>& overrides);

// The node that overrides alone make, for workloads that are no YAML: {format: bf16}. Only keys
// listed, or below one listed, are taken.
config::Node overrides_alone(const std::string& path, const std::vector<std::string>& overrides,
                             const std::vector<std::string>& keys);

}  // namespace mantissa::workloads
