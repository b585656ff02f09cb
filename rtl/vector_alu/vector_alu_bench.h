// SPDX-License-Identifier: Apache-2.0
// The bench of the vector unit: arithmetic by base/numerics (pointwise.h, requantize.h), time as
// the vector engine has it, ceil(elements / lanes) beats and the latency, stalls apart.
#pragma once

#include <array>
#include <memory>

#include "rtl/unit.h"

namespace mantissa::rtl {

// By the code of vector_alu_pkg.sv.
constexpr std::array<const char*, 16> vector_alu_operations = {
    "add",  "sub",   "mul",   "maximum", "minimum", "equal", "less",  "greater",
    "relu", "relu6", "clamp", "abs",     "neg",     "sign",  "shift", "where"};

std::vector<Port> vector_alu_ports(const Parameters& parameters);
std::unique_ptr<Bench> vector_alu_bench(const Parameters& parameters);

}  // namespace mantissa::rtl
