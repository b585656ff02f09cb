// SPDX-License-Identifier: Apache-2.0
// The arrays of a core in RTL, clocked beside its model: arch::MatrixTwin on verilated designs.
//
// Folds and their cycles are those of arch/units/systolic/folds.h. Rows of sums must leave in the
// very cycles that follow from them; a difference in any of these ends the run whatever the
// implementation asks for, since the core's time rests on them. Cycles in which an array holds
// nothing are not clocked. What leaves the array is added below it, in C++, as accumulators do, and
// goes to those in RTL, too, where there are any (arch/units/accumulator_twin.h).
//
// The design is built when the first product comes, once per operand format. Where the format
// changes, the sums of the one leave while the other already takes operands: both are clocked.
#pragma once

#include "arch/units/matrix_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// The array of a core by itself: the unit `systolic` with the core's parameters and sources.
CosimRequest array_alone(const arch::MatrixConfig& config, trace::NumberFormat format);

std::unique_ptr<arch::MatrixTwin> make_array_twin(const arch::CoreConfig& core,
                                                  arch::TwinProgress progress);

}  // namespace mantissa::rtl
