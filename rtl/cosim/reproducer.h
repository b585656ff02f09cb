// SPDX-License-Identifier: Apache-2.0
// A run as a file, so that a failure can be seen again:
//
//   version: 1
//   unit: requantize
//   parameters: {Lanes: 4, OutputWidth: 8}
//   seed: 17
//   stall: 0                 # the other side holds back in so many of 256 cycles
//   fields: [acc, multiplier, shift]
//   commands:
//     - [0, 1, 3]
//   operands: [0aff, 80]     # bytes that commands carry along, if any
#pragma once

#include <string>

#include "base/error.h"
#include "rtl/cosim/run.h"
#include "rtl/unit.h"

namespace mantissa::rtl {

inline const ErrorKind bad_commands{
    "cosim.commands", ExitCode::bad_input,
    "A file of commands that is not for this unit: the fields, their ranges, or the parameters "
    "are others."};

struct Reproducer {
  Parameters parameters;
  Stimulus run;
};

std::string reproducer_text(const Unit& unit, const Reproducer& reproducer);

// Throws the errors of base/config, and bad_commands.
Reproducer read_reproducer(const Unit& unit, const std::string& path);

}  // namespace mantissa::rtl
