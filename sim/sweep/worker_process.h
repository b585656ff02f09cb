// SPDX-License-Identifier: Apache-2.0
// The other end of the socket: what a worker process does from fork to death.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace mantissa::sweep {

// In front of every answer; both ends are the same program on the same machine.
struct Frame {
  std::uint64_t bytes = 0;
  std::uint64_t lost = 0;
};

// Reads task numbers from the socket until the parent closes it, and sends a framed answer for
// each. The process dies with its parent, keeps Ctrl-C for the parent, and prints nothing on
// stdout.
[[noreturn]] void serve(const std::function<std::string(std::uint64_t)>& job, int socket,
                        int parent);

}  // namespace mantissa::sweep
