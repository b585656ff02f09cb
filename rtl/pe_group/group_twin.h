// SPDX-License-Identifier: Apache-2.0
// The PE groups of an embedding engine: arch::embedding::DenseTwin on one verilated pe_group of a
// few PEs, through which the PEs of a layer go slice by slice, without a cycle between. Words are
// taken, weights asked for and results given in the cycles that the model's initiation interval
// says, or the run ends, whatever the implementation asks for.
#pragma once

#include "arch/engines/embedding/twins.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// The group by itself, with the parameters and sources that the engine uses.
CosimRequest group_alone(const arch::embedding::DenseTwinOf& of);

std::unique_ptr<arch::embedding::DenseTwin> make_group_twin(const arch::embedding::DenseTwinOf& of,
                                                            arch::TwinProgress progress);

}  // namespace mantissa::rtl
