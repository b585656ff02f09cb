// SPDX-License-Identifier: Apache-2.0
// libmantissa_executor.so: the part of the program that needs libtorch. Experiments that run real
// algorithms register themselves when it is loaded, which happens when one of them is asked for:
// libtorch alone takes half a second. A build with -DMANTISSA_LIBTORCH=OFF has none.
//
// It is the first of
//   $MANTISSA_EXECUTOR, if that is set;
//   libmantissa_executor.so in the folder of the program;
//   <folder of the program>/../lib/mantissa/libmantissa_executor.so  (installed)
//
// Errors: exec.no-executor, exec.broken-executor.
#pragma once

#include <filesystem>
#include <optional>

#include "base/error.h"

namespace mantissa::sim {

inline const ErrorKind no_executor{
    "exec.no-executor", ExitCode::resource,
    "The executor of algorithms is asked for and not there: it is not installed, or the program "
    "was built without libtorch."};
inline const ErrorKind broken_executor{
    "exec.broken-executor", ExitCode::resource,
    "The executor of algorithms cannot be loaded: libtorch is not installed, or the file belongs "
    "to another version of the program."};

std::optional<std::filesystem::path> executor_file();  // nothing: none of these is there

void load_executor();      // once per process; throws Error
bool try_load_executor();  // for lists, which are only shorter without it

}  // namespace mantissa::sim
