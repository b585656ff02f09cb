// SPDX-License-Identifier: Apache-2.0
// What can be wrong with tables on a lookup engine and with the rows that are asked of it.
#pragma once

#include "base/error.h"

namespace mantissa::arch::embedding {

inline const ErrorKind index_out_of_range{"embedding.index", ExitCode::bad_input,
                                          "A lookup asks for a row that its table does not have."};
inline const ErrorKind table_too_large{
    "embedding.table-too-large", ExitCode::bad_input,
    "A table is larger than the memory channel that it is placed on, or than every channel."};
inline const ErrorKind capacity_exceeded{
    "embedding.capacity", ExitCode::bad_input,
    "The tables on a memory channel, or all tables together, need more bytes than there are."};
inline const ErrorKind no_such_channel{
    "embedding.channel", ExitCode::bad_input,
    "A table is placed on a channel that the engine does not have."};

}  // namespace mantissa::arch::embedding
