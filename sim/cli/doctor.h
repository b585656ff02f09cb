// SPDX-License-Identifier: Apache-2.0
// Is this machine, and this installation, able to do what mantissa promises? Each finding says what
// was looked at and, when it is missing, what to do.
#pragma once

#include <string>
#include <vector>

namespace mantissa::cli {

struct Finding {
  enum class Verdict { good, optional_missing, bad };
  std::string what;
  Verdict verdict = Verdict::good;
  std::string told;    // a version, a path, an amount
  std::string remedy;  // when it is not good
};

std::vector<Finding> examine_machine();       // cores, memory, disk
std::vector<Finding> examine_tools();         // python with matplotlib, git, slurm, those of RTL
std::vector<Finding> examine_installation();  // presets found, every architecture readable
// One matrix product on a 32x32 array without double buffering, whose array cycles are known:
// ceil(K/R) ceil(N/C) (2R + C + M - 2).
Finding self_check();

// Standard output of a shell command up to its first line break; empty when it fails.
std::string first_line_of(const std::string& command);

}  // namespace mantissa::cli
