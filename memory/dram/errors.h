// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a memory trace and with the file that its commands are written to. What is
// wrong with a configuration is said by the schema (config.*).
#pragma once

#include "base/error.h"

namespace mantissa::memory::dram {

inline const ErrorKind trace_file{"dram.trace-file", ExitCode::bad_input,
                                  "A memory trace that cannot be opened, read or unpacked."};
inline const ErrorKind trace_empty{"dram.trace-empty", ExitCode::bad_input,
                                   "A memory trace without a single request."};
inline const ErrorKind trace_line{
    "dram.trace-line", ExitCode::bad_input,
    "A line of a memory trace that is no request: 'hex-address READ|WRITE cycle' of DRAMsim3, or "
    "'LD|ST address' of Ramulator."};
inline const ErrorKind trace_mixed{
    "dram.trace-mixed", ExitCode::bad_input,
    "A memory trace with lines of both formats; its first request says which one holds."};
inline const ErrorKind trace_order{
    "dram.trace-order", ExitCode::bad_input,
    "A request of a memory trace that comes earlier than the one before it."};
inline const ErrorKind command_file{"dram.command-file", ExitCode::resource,
                                    "The file for the commands cannot be created or written."};

}  // namespace mantissa::memory::dram
