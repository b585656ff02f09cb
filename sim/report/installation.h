// SPDX-License-Identifier: Apache-2.0
// Where the report's template and the script of its figures lie: in the source tree or installed,
// both beside the folder of presets.
#pragma once

#include <string>

#include "sim/report/report.h"

namespace mantissa::report {

// Options for a directory, with today's date.
Options installed_options(const std::string& directory);

}  // namespace mantissa::report
