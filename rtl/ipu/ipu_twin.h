// SPDX-License-Identifier: Apache-2.0
// The inner-product units of a core in RTL, beside its model: arch::MatrixTwin on one verilated
// unit (ipu.sv).
//
// Every operation of every command goes through its pins, chain after chain and in a chain as the
// model adds it up; units share nothing but operands, so that one unit does the work of all, one
// operation behind the other. Cycles are those of this one, which are those that all units need
// together. An operation must be taken, and a chain's sum must leave, in the very cycle that
// follows from the exponents (base/numerics/inner_product/timing.h). The cycles that were seen go
// through the model's clusters once more, and the time that comes of them must be the command's.
// A difference in time ends the run whatever the implementation asks for.
//
// Chains' sums are added below the unit in C++, as the core's accumulators do. The design is built
// when the first product comes.
#pragma once

#include "arch/units/matrix_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// An inner-product unit of a core by itself: the unit `ipu` with the core's parameters, formats and
// sources.
CosimRequest ipu_alone(const arch::MatrixConfig& config);

std::unique_ptr<arch::MatrixTwin> make_ipu_twin(const arch::CoreConfig& core,
                                                arch::TwinProgress progress);

}  // namespace mantissa::rtl
