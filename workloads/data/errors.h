// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a data set, whatever format its files have.
#pragma once

#include "base/error.h"

namespace mantissa::data {

inline const ErrorKind missing{"data.missing", ExitCode::bad_input,
                               "A data set whose files are in none of the folders searched."};
inline const ErrorKind no_such_file{"data.no-such-file", ExitCode::bad_input,
                                    "A file that the description of a data set names and that "
                                    "does not exist."};
inline const ErrorKind unreadable{"data.unreadable", ExitCode::bad_input,
                                  "A file of a data set that cannot be read, or is too large."};
inline const ErrorKind checksum_differs{
    "data.checksum", ExitCode::bad_input,
    "A file whose bytes are not those that its checksum belongs to."};
inline const ErrorKind damaged_archive{
    "data.archive", ExitCode::bad_input,
    "A compressed file or an archive that is damaged, or lacks a file it must hold."};
inline const ErrorKind wrong_size{
    "data.size", ExitCode::bad_input,
    "A file that ends before its data do, or goes on behind them, or holds no sample."};
inline const ErrorKind wrong_format{
    "data.format", ExitCode::bad_input,
    "A file that is not of its format, or whose elements are of a type that cannot be read."};
inline const ErrorKind bad_label{"data.label", ExitCode::bad_input,
                                 "A label that is no class of the data set."};
inline const ErrorKind bad_value{"data.value", ExitCode::bad_input,
                                 "A feature or target that is no finite number of single "
                                 "precision, or outside the range of the data set."};
inline const ErrorKind ragged_row{"data.row", ExitCode::bad_input,
                                  "A row of a CSV with another number of fields than the first."};
inline const ErrorKind no_such_part{
    "data.part", ExitCode::bad_input,
    "A column of a CSV, or an array of an npz, that the file does not hold."};
inline const ErrorKind mismatch{"data.mismatch", ExitCode::bad_input,
                                "Features and labels, or training and test samples, that do not "
                                "belong together."};

}  // namespace mantissa::data
