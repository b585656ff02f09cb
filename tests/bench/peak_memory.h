// SPDX-License-Identifier: Apache-2.0
// Peak resident memory of one run in a process of its own: this program starts itself again. In one
// process, the runs before would count too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mantissa::bench {

// In the child: runs if the arguments are its own, and returns the exit code.
std::optional<int> serve_peak_memory(int argc, char** argv);

// In the parent. Throws std::runtime_error when the run failed.
std::uint64_t peak_bytes(const std::string& arch, const std::string& workload,
                         const std::string& fidelity);

}  // namespace mantissa::bench
