// SPDX-License-Identifier: Apache-2.0
// The address generator of a DMA engine in a chip: arch::AddressTwin on the verilated dma_agu, with
// addresses of 48 bits. It is clocked once to take a transfer and once per burst; while the engine
// waits it stands still. A command that is not taken, an address that does not come, and a last one
// that is not marked end the run whatever the implementation asks for.
#pragma once

#include "arch/units/address_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// The generator by itself, with the parameters and sources that the engine uses.
CosimRequest agu_alone(const arch::DmaConfig& config);

std::unique_ptr<arch::AddressTwin> make_agu_twin(const arch::DmaConfig& config,
                                                 arch::TwinProgress progress);

}  // namespace mantissa::rtl
