// SPDX-License-Identifier: Apache-2.0
// The lookup units of an embedding engine: arch::embedding::LookupTwin on verilated
// embedding_lookup, one at every channel. A row is offered from the cycle in which the model knows
// it, words come in the cycles that the model's memory gives them; every other cycle is the RTL's:
// when a read goes out, when a word leaves. A unit that has nothing to do stands still.
//
// A read or a word in another cycle ends the run whatever the implementation asks for.
#pragma once

#include "arch/engines/embedding/twins.h"
#include "rtl/cosim/lockstep.h"

namespace mantissa::rtl {

// A unit by itself, with the parameters and sources that the engine uses.
CosimRequest lookup_alone(const arch::embedding::LookupTwinOf& of);

std::unique_ptr<arch::embedding::LookupTwin> make_lookup_twin(
    const arch::embedding::LookupTwinOf& of, arch::TwinProgress progress);

}  // namespace mantissa::rtl
