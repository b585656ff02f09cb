// SPDX-License-Identifier: Apache-2.0
// What this binary was made of. Part of every result, so that a figure can be traced to its tools.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mantissa::sim {

std::string version();  // "0.1.0"
std::string
revision();  // git revision the build was configured from, "+" when modified; or "unknown"

// Name and version of the program, its compiler and the libraries it runs with, in a fixed order.
std::vector<std::pair<std::string, std::string>> versions();

}  // namespace mantissa::sim
