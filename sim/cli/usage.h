// SPDX-License-Identifier: Apache-2.0
// Mistakes on the command line itself, which end with exit code 2, and memory running out (4).
#pragma once

#include "base/error.h"

namespace mantissa::cli {

inline const ErrorKind unknown_command{"usage.unknown-command", ExitCode::usage,
                                       "The first word is not a command of mantissa."};
inline const ErrorKind unknown_option{"usage.unknown-option", ExitCode::usage,
                                      "An option that the command does not have."};
inline const ErrorKind missing_argument{
    "usage.missing-argument", ExitCode::usage,
    "A required argument, or the value of an option, is not there."};
inline const ErrorKind extra_argument{"usage.extra-argument", ExitCode::usage,
                                      "More arguments than the command takes."};
inline const ErrorKind bad_value{"usage.bad-value", ExitCode::usage,
                                 "An argument has a value that the option does not accept."};
inline const ErrorKind unknown_name{"usage.unknown-name", ExitCode::usage,
                                    "Neither a file nor the name of anything that mantissa knows: "
                                    "a preset, a parameter, an error or "
                                    "a statistic."};

inline const ErrorKind out_of_memory{"resource.memory", ExitCode::resource,
                                     "The machine has not enough free memory for this run."};

}  // namespace mantissa::cli
