// SPDX-License-Identifier: Apache-2.0
// Figures of a synthesis result as prices of a technology, and which result fits a component.
//
// A figure is moved from the library's node and voltage by power/technology_scaling.h; the formula
// says by how much, the source names file, tools and library.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "power/component.h"
#include "power/price.h"
#include "power/synthesis_result.h"
#include "power/technology.h"

namespace mantissa::power {

// `value` in pJ, or in um2 of cells that are not placed; `figure` says what it is made of.
Price synthesised_energy(const Technology& technology, const SynthesisResult& result, double value,
                         std::string figure);
Price synthesised_area(const Technology& technology, const SynthesisResult& result, double value,
                       std::string figure);

std::int64_t parameter(const SynthesisResult& result, const std::string& name,
                       std::int64_t fallback);

// An attribute that is a parameter of the unit, and what both are where nothing is said.
struct Width {
  const char* attribute;
  const char* parameter;
  std::int64_t fallback = 0;
};
bool has_widths(const std::vector<Width>& widths, const SynthesisResult& result,
                const Component& component);

}  // namespace mantissa::power
