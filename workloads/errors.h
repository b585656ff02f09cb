// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a workload, whatever it was written in. The importers' own kinds stand in
// their headers.
#pragma once

#include "base/error.h"

namespace mantissa::workloads {

inline const ErrorKind unknown_file_type{
    "workload.file-type", ExitCode::bad_input,
    "A workload file whose name does not tell what it is: .yaml, .csv, .onnx or .et."};
inline const ErrorKind unreadable{"workload.unreadable", ExitCode::bad_input,
                                  "A workload file that is missing or cannot be read."};
inline const ErrorKind unknown_kind{"workload.kind", ExitCode::bad_input,
                                    "A workload whose `kind` is neither network nor ops."};
inline const ErrorKind no_such_parameter{
    "workload.no-such-parameter", ExitCode::bad_input,
    "An override of a parameter that the workload does not have."};
inline const ErrorKind unused_parameter{
    "workload.unused-parameter", ExitCode::bad_input,
    "A parameter of a network or block that nothing refers to."};
inline const ErrorKind unknown_reference{"workload.reference", ExitCode::bad_input,
                                         "A $name that no parameter in sight has."};
inline const ErrorKind bad_form{
    "workload.form", ExitCode::bad_input,
    "A part of a network that is not built as the network language says."};
inline const ErrorKind unknown_layer{"workload.unknown-layer", ExitCode::bad_input,
                                     "A layer that neither the program nor the file defines."};
inline const ErrorKind unknown_case{"workload.unknown-case", ExitCode::bad_input,
                                    "A `switch` without a case for the value at hand."};
inline const ErrorKind block_cycle{"workload.block-cycle", ExitCode::bad_input,
                                   "A block that contains itself."};
inline const ErrorKind layer_input{"workload.layer-input", ExitCode::bad_input,
                                   "A layer whose input has a shape it cannot take."};
inline const ErrorKind duplicate_layer{"workload.duplicate-layer", ExitCode::bad_input,
                                       "Two layers of one list share a name."};
inline const ErrorKind unsupported_format{
    "workload.format", ExitCode::bad_input,
    "A number format that the layers of a network cannot be built in."};
inline const ErrorKind unknown_op{"workload.unknown-op", ExitCode::bad_input,
                                  "An operator that the vocabulary does not list."};
inline const ErrorKind unknown_tensor{"workload.unknown-tensor", ExitCode::bad_input,
                                      "An op list names a tensor that nothing before has made."};
inline const ErrorKind missing_rank{"workload.missing-rank", ExitCode::bad_input,
                                    "Execution traces by rank with a rank missing between."};
inline const ErrorKind too_many_ranks{"workload.too-many-ranks", ExitCode::bad_input,
                                      "More traces than the architecture has cores."};

}  // namespace mantissa::workloads
