// SPDX-License-Identifier: Apache-2.0
// Pins of vsq.sv, in the order of the unit's ports.
#pragma once

namespace mantissa::rtl::vsq_pin {

enum { valid, clear, w, a, sw, sa, out_valid, gated, overflow, acc };

}  // namespace mantissa::rtl::vsq_pin
