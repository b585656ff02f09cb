// SPDX-License-Identifier: Apache-2.0
// The accumulators below the arrays of a core in RTL: arch::AccumulatorTwin on the verilated
// accumulator, one per array and format of sums, made when the first row comes.
//
// Rows go in as they come, one per cycle; each is asked for again in the cycle behind, so that the
// first sum that differs is known with its operands, and once more when its slot is emptied. Rows
// are dealt to the banks in turn. Clocked are the cycles in which something goes in or comes out.
// Handshakes and cycles that differ end the run whatever the implementation asks for.
#pragma once

#include "arch/units/accumulator_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// The accumulators of one array by themselves, with the core's parameters and sources.
CosimRequest accumulator_alone(const arch::CoreConfig& core, trace::NumberFormat format);

std::unique_ptr<arch::AccumulatorTwin> make_accumulator_twin(const arch::CoreConfig& core,
                                                             arch::TwinProgress progress);

}  // namespace mantissa::rtl
