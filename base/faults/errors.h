// SPDX-License-Identifier: Apache-2.0
// What can be wrong with the description of a memory below its voltage.
#pragma once

#include "base/error.h"

namespace mantissa::faults {

inline const ErrorKind illegal_voltage{
    "faults.voltage", ExitCode::bad_input,
    "A supply voltage, or an error rate that asks for one, outside the range that was measured."};
inline const ErrorKind unreadable_file{"faults.file", ExitCode::bad_input,
                                       "A fault map or an error trace that cannot be read."};
inline const ErrorKind bad_line{"faults.line", ExitCode::bad_input,
                                "A line of a fault map or an error trace that is not of its form."};
inline const ErrorKind overlap{"faults.overlap", ExitCode::bad_input,
                               "Two lines of a fault map that describe the same cell."};
inline const ErrorKind beyond_memory{
    "faults.beyond-memory", ExitCode::bad_input,
    "A line of a fault map or an error trace whose cell the memory does not have."};
inline const ErrorKind unordered_trace{"faults.order", ExitCode::bad_input,
                                       "A line of an error trace earlier than the one before it."};

}  // namespace mantissa::faults
