// SPDX-License-Identifier: Apache-2.0
// Completion scripts for shells, made from the commands themselves: a new option completes without
// anybody writing it down again. Names of presets are asked from the program while the user types.
#pragma once

#include <string>

#include "sim/cli/program.h"

namespace mantissa::cli {

std::string bash_completion(const Program& program);
std::string zsh_completion(const Program& program);

}  // namespace mantissa::cli
