// SPDX-License-Identifier: Apache-2.0
// What can be wrong with embedding tables and streams of row numbers. What a lookup engine refuses
// stands in arch/engines/embedding/errors.h.
#pragma once

#include "base/error.h"

namespace mantissa::workloads::microrec {

inline const ErrorKind table_csv{
    "microrec.table-csv", ExitCode::bad_input,
    "A CSV of embedding tables with a wrong header, a wrong field, or without a table."};
inline const ErrorKind product_overflow{
    "microrec.product-overflow", ExitCode::bad_input,
    "A Cartesian product of tables with more rows or bytes than 63 bits count."};
inline const ErrorKind not_mergeable{
    "microrec.not-mergeable", ExitCode::bad_input,
    "A product of tables that an item does not look up the same number of times."};
inline const ErrorKind stream_file{
    "microrec.stream-file", ExitCode::bad_input,
    "A file of row numbers that cannot be read, or a line of it that is none."};

}  // namespace mantissa::workloads::microrec
