// SPDX-License-Identifier: Apache-2.0
// Teaches one parameter, or lists a section, from the declarations alone.
//
//   explain("architecture", ArchConfig::schema().parameters(), "core.matrix.rows")
//
//   core.matrix.rows
//     Rows R of the array.
//     type      integer
//     range     from 1 to 4096
//     required
//
// An empty key or a section's key yields a table of what stands in it. Indices of lists may be
// written or left out: cores.0.rows, cores.rows.
// Error: config.unknown-parameter, with the nearest name.
#pragma once

#include <string>
#include <vector>

#include "base/config/parameter_info.h"

namespace mantissa::config {

std::string explain(const std::string& root_name, const std::vector<ParameterInfo>& parameters,
                    const std::string& dotted);

}  // namespace mantissa::config
