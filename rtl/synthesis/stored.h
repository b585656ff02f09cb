// SPDX-License-Identifier: Apache-2.0
// Synthesis results, kept by content: a request that was answered before is answered at once.
//
// What decides the answer is the key: sources, parameters, library, tools, clock, vectors, seed,
// the assumptions, and the program itself, since the models, the gate simulator and the estimator
// are in it.
#pragma once

#include "rtl/synthesis/synthesis.h"

namespace mantissa::rtl {

std::string synthesis_key(const SynthesisRequest& request);

struct Stored {
  Synthesis synthesis;
  bool found = false;  // it was there already
};
// `fresh`: synthesised again, and the entry replaced. Refusals are not kept. Throws what
// `synthesise` throws, and cache_unusable.
Stored stored_synthesis(const SynthesisRequest& request, bool fresh = false);

}  // namespace mantissa::rtl
