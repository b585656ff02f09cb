// SPDX-License-Identifier: Apache-2.0
// What is proved of systolic.sv: that its skew, its planes of weights and its drain chain do what
// an array without skew does. Small arrays stand for large ones, which repeat the same element, and
// a list of operands for the arithmetic (systolic_any_mac.sv), which has proofs of its own.
#pragma once

#include <vector>

#include "rtl/proof/proof.h"

namespace mantissa::rtl {

std::vector<Proof> systolic_proofs();

}  // namespace mantissa::rtl
