// SPDX-License-Identifier: Apache-2.0
// The vector unit of a core in RTL: arch::VectorTwin on the verilated vector_alu and requantize, as
// wide as the core's, one behind the other. Every beat goes in in the cycle in which the stage
// before gives it, and must come out after exactly the stage's latency; requantisation is three
// cycles deep, and what it is quicker than its stages waits in registers that are not in the RTL.
//
// Integers of at most 32 bits go through the lanes as int32, floating point as fp32; the result is
// cast to the operator's format behind them, as the model does. Not in RTL: what vector_alu has no
// code for, add and sub with an alpha, and requantisation to other widths than 8 bits.
#pragma once

#include "arch/units/vector_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

std::unique_ptr<arch::VectorTwin> make_vector_twin(const arch::VectorConfig& config,
                                                   arch::TwinProgress progress);

}  // namespace mantissa::rtl
