// SPDX-License-Identifier: Apache-2.0
// The analytic SRAM model beside every published figure at hand. Nothing in the model is tuned to
// them; the ratio says how far it is from each.
//
// What the printed access energies include beyond the array (tags, margins, wires to the user) is
// not printed with them. The model is one bare macro, and lies below each of them.
#pragma once

#include <string>
#include <vector>

#include "power/technology.h"

namespace mantissa::power {

struct PublishedRow {
  std::string what;  // "access of 64 bits, 32 KiB"
  Nanometres node{};
  std::string unit;  // pJ, um2, 1
  double published = 0, model = 0;
  Method method = Method::recalled;  // of the published figure
  std::string source;

  double ratio() const { return model / published; }
};

// `technology` lends its figures; node and voltage are those of each figure.
//   access energies   every figure `sram` in pJ, against a read of that capacity by 64-bit words
//   bit cells         the 146 F^2 of CACTI's tables at 45, 32 and 22 nm, against the model's cell
//   area scaling      32 KiB at 28, 16 and 7 nm over the same at 45 nm, against the published
//                     area factors (power/technology_scaling.h)
//   array efficiency  of 32 KiB, against the technology's assumed figure
std::vector<PublishedRow> sram_against_published(const Technology& technology);

}  // namespace mantissa::power
