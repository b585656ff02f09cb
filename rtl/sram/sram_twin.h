// SPDX-License-Identifier: Apache-2.0
// A memory of a core in RTL: arch::SramTwin on the verilated sram, in parts of 65,536 words at most
// that are made when they are first used.
//
// Words go in and come out one per cycle and part; bits that come out wrong are flipped in the
// access. A word that nobody has written is written as the model holds it before it is first read.
// Clocked are the cycles in which something goes in or is awaited. Handshakes and cycles that
// differ end the run whatever the implementation asks for.
#pragma once

#include "arch/units/sram_twin.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// One part of the memory by itself, with the core's parameters and sources.
CosimRequest sram_alone(const arch::SramOfCore& memory);

std::unique_ptr<arch::SramTwin> make_sram_twin(const arch::SramOfCore& memory,
                                               arch::TwinProgress progress);

}  // namespace mantissa::rtl
