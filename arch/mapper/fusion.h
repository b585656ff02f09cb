// SPDX-License-Identifier: Apache-2.0
// Which operators become one layer.
//
// Behind an operator of the matrix or vector unit rides a chain of element-wise operators (bias,
// batch norm, activation, residual add, requantisation, cast) as long as each takes the value
// before it, nobody else does, the number of elements stays, and its other operands exist before
// the head starts. Views disappear. Fusion is the mapper's decision; traces never carry it.
#pragma once

#include "arch/mapper/layer.h"

namespace mantissa::arch {

// Fills plan.storage and plan.layers. `fuse` false: one operator, one layer.
void make_layers(Plan& plan, bool fuse);

}  // namespace mantissa::arch
