// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a trace in memory. Kinds of the file formats stand in chakra.h and
// safetensors.h.
#pragma once

#include "base/error.h"

namespace mantissa::trace {

inline const ErrorKind duplicate_name{"trace.duplicate-name", ExitCode::bad_input,
                                      "Two tensors, or two operators, of a trace share a name."};
inline const ErrorKind dangling_tensor{
    "trace.dangling-tensor", ExitCode::bad_input,
    "An operator refers to a tensor, or to an operator, that its trace does not have."};
inline const ErrorKind op_order{
    "trace.order", ExitCode::bad_input,
    "An operator needs what a later operator, or itself, makes: a cycle or a wrong order."};
inline const ErrorKind two_producers{"trace.two-producers", ExitCode::bad_input,
                                     "Two operators write the same tensor."};
inline const ErrorKind operand_count{
    "trace.operands", ExitCode::bad_input,
    "An operator's operands are not those that the vocabulary lists for its kind."};
inline const ErrorKind op_shape{"trace.shape", ExitCode::bad_input,
                                "Operand or output shapes that the operator's kind cannot have."};
inline const ErrorKind op_format{"trace.format", ExitCode::bad_input,
                                 "An output has a number format that its operator cannot produce."};
inline const ErrorKind tensor_role{
    "trace.role", ExitCode::bad_input,
    "An input or parameter that an operator writes, or an activation that nobody writes."};
inline const ErrorKind tensor_size{
    "trace.size", ExitCode::bad_input,
    "A tensor with a negative dimension, or sizes or counts beyond 64 bits."};
inline const ErrorKind unknown_attribute{"trace.unknown-attribute", ExitCode::bad_input,
                                         "An attribute that the operator's kind does not take."};
inline const ErrorKind attribute_type{"trace.attribute-type", ExitCode::bad_input,
                                      "An attribute whose value has the wrong type."};
inline const ErrorKind missing_attribute{"trace.missing-attribute", ExitCode::bad_input,
                                         "An attribute that the operator's kind requires."};

}  // namespace mantissa::trace
