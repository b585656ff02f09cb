// SPDX-License-Identifier: Apache-2.0
// The lanes of a core's vector MACs in RTL, clocked beside its model: arch::MatrixTwin on verilated
// designs, one instance of vsq.sv per lane of all processing elements.
//
// Every vector enters its lane in the cycle that arch/units/vsq says, quantised as there; its sum
// must show three cycles later, gated or not as its scales say. A difference in time ends the run
// whatever the implementation asks for. The sum of a chain leaves the lane and is added below it in
// C++, and complete sums are compared. A lane's cycles in which it holds nothing are not clocked.
#pragma once

#include "arch/units/matrix_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// A lane by itself: the unit `vsq` with the core's parameters and sources.
CosimRequest lane_alone(const arch::MatrixConfig& config);

std::unique_ptr<arch::MatrixTwin> make_lanes_twin(const arch::CoreConfig& core,
                                                  arch::TwinProgress progress);

}  // namespace mantissa::rtl
