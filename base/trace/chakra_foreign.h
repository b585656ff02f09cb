// SPDX-License-Identifier: Apache-2.0
// Nodes of other producers as ops of the vocabulary.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/chakra_attributes.h"

namespace mantissa::trace::chakra {

// Name and kind and attributes; no tensors, no dependencies. `place` is for errors.
// COMP -> generic{elements = num_ops, bytes = tensor_size}, MEM -> generic{bytes}, COMM_SEND and
// COMM_RECV -> send and recv, COMM_COLL -> the collective of comm_type. Collectives that the
// vocabulary lacks become the nearest one, and `warnings` says so.
Op foreign_op(const ChakraProtoMsg::Node& node, const Place& place,
              std::vector<std::string>& warnings);

}  // namespace mantissa::trace::chakra
