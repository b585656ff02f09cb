// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.h"

namespace mantissa::arch {

inline const ErrorKind tile_does_not_fit{
    "mapper.tile-does-not-fit", ExitCode::bad_input,
    "No tile of an operator fits the storage that the core has, or the tile that was asked for "
    "does not."};
inline const ErrorKind memory_too_small{
    "mapper.memory-too-small", ExitCode::bad_input,
    "The tensors of a workload do not fit the memory of the chip."};
inline const ErrorKind unsupported_format{
    "mapper.unsupported-format", ExitCode::bad_input,
    "An operator's number format is none that the matrix unit multiplies."};
inline const ErrorKind not_computable{"mapper.not-computable", ExitCode::bad_input,
                                      "Data mode cannot compute the values of this operator."};
inline const ErrorKind rtl_needs_data{
    "session.rtl-needs-data", ExitCode::bad_input,
    "RTL multiplies numbers: an architecture with implementation rtl or lockstep runs with "
    "--fidelity data only."};
inline const ErrorKind too_many_ranks{"mapper.too-many-ranks", ExitCode::bad_input,
                                      "A workload has more ranks than the architecture has cores."};
inline const ErrorKind session_alive{
    "session.alive", ExitCode::internal,
    "The simulation kernel is global: one Session at a time in a process."};
inline const ErrorKind collective_mismatch{
    "session.collective-mismatch", ExitCode::bad_input,
    "The ranks of a workload do not agree on their collectives."};

}  // namespace mantissa::arch
