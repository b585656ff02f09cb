// SPDX-License-Identifier: Apache-2.0
// How the words of a bank are laid out: the legal geometries of a configuration, and the plan of
// one (subarrays side by side, the tree that reaches them).
#pragma once

#include <utility>
#include <vector>

#include "power/sram/macro.h"

namespace mantissa::power {

// What does not depend on rows and mux: words, stored bits, address bits. Throws bad_sram.
MacroGeometry word_layout(const MacroConfig& config);

// (rows, mux) to choose from, in the order in which equals win: few rows first, then narrow ones.
// One pair when both are given. Throws bad_sram when a given number fits nothing.
std::vector<std::pair<std::uint64_t, std::uint64_t>> candidates(const MacroConfig& config,
                                                                const MacroGeometry& words);

// The bank of subarrays as near to a square as it gets.
MacroGeometry floor_plan(const MacroGeometry& words, std::uint64_t rows, std::uint64_t mux,
                         const Circuit& circuit);

}  // namespace mantissa::power
