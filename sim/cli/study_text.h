// SPDX-License-Identifier: Apache-2.0
// A study for human eyes: what `mantissa exec` prints without --json. Sources and notes stand below
// the figures, numbered; long tables are cut, and say where the rest is.
#pragma once

#include <string>

#include "sim/cli/console.h"
#include "sim/study/study.h"

namespace mantissa::cli {

// `directory`: of `-o`, empty for none.
std::string study_text(const sim::StudyRun& run, const std::string& directory,
                       const Console& console);

}  // namespace mantissa::cli
