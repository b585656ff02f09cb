// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a results directory.
#pragma once

#include "base/error.h"

namespace mantissa::store {

inline const ErrorKind not_empty{
    "store.not-empty", ExitCode::usage,
    "The output directory already holds results and --resume was not given."};
inline const ErrorKind no_results{"store.no-results", ExitCode::bad_input,
                                  "The directory holds neither a sweep's nor a run's results."};
inline const ErrorKind unreadable{"store.unreadable", ExitCode::bad_input,
                                  "A results file is not a database, or is damaged."};
inline const ErrorKind wrong_version{
    "store.wrong-version", ExitCode::bad_input,
    "A results file was written by another version of the program, with another layout."};
inline const ErrorKind busy{"store.busy", ExitCode::resource,
                            "Another process is writing into the same results file."};
inline const ErrorKind disk_full{"store.disk-full", ExitCode::resource,
                                 "The disk is full, or a file could not be written."};

}  // namespace mantissa::store
