// SPDX-License-Identifier: Apache-2.0
// The backward pass of a network: from the gradient of its result those of its parameters, as a
// trace of its own. What the forward pass keeps for it are inputs.
//
//   conv2d        conv2d_input_grad, conv2d_weight_grad; its bias: reduce_sum
//   matmul        g b^T, a^T g; its bias: reduce_sum
//   batch_norm    norm_grad of batch_norm_train: a training step has the batch's statistics
//   relu          relu_grad, of its result
//   add, concat   the gradient, a slice of it
//   pooling       pool2d_grad
//   reshape       reshape
//   cast          nothing: the operand and the result have one gradient
//
// Gradients are in the format of the network, those of parameters in fp32; where a value has
// several readers their gradients are added in the order of the backward pass. No gradient of the
// network's own input is computed.
//
//   trace::Trace t = backward_pass(forward, NumberFormat::fp16);
//
// Errors: workload.backward.
#pragma once

#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::workloads {

inline const ErrorKind no_backward{
    "workload.backward", ExitCode::bad_input,
    "A network whose backward pass cannot be written: integers, or an operator without a rule."};

// `place`: where the pass was asked for.
trace::Trace backward_pass(const trace::Trace& forward, trace::NumberFormat format,
                           const Place& place = {});

}  // namespace mantissa::workloads
