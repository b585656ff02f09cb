// SPDX-License-Identifier: Apache-2.0
// What the inner-product unit claims for all inputs, and the mistakes with which it does not.
#pragma once

#include <string>
#include <vector>

#include "rtl/proof/proof.h"

namespace mantissa::rtl {

std::vector<std::string> ipu_sources();  // relative to rtl/, in the order in which they are read
std::vector<Proof> ipu_proofs();

}  // namespace mantissa::rtl
