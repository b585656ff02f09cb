// SPDX-License-Identifier: Apache-2.0
// An SRAM at a list of supply voltages: how many cells fail, what an access costs, what becomes of
// the words under each protection.
//
//   error rate = by the law, and the mean over the columns where some of them fail whole
//   expected   = error rate x cells (check bits included)
//   counted    cells of this chip's map
//   energy     = macro at nominal x (V / nominal)^2, so relative to Vmin (V / Vmin)^2 exactly
//   outcome    of a word of 64 data bits whose cells fail independently at the error rate
//              (base/faults/ecc.h): corrected, detected, silent; and the closed form of two or more
//              errors,  1 - (1 - p)^n - n p (1 - p)^(n - 1),  in 64 and in 72 bits
//
// Errors: faults.voltage, power.bad-sram, power.scaling-range.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/faults/supply_voltage.h"
#include "power/sram/macro.h"
#include "sim/sram/spec.h"

namespace mantissa::sim {

struct WordFate {
  faults::Ecc ecc = faults::Ecc::none;
  double clean = 1, corrected = 0, detected = 0, silent = 0;
};

struct SramRow {
  double ratio = 1;  // V / Vmin
  Volts supply{};
  double error_rate = 0;
  std::optional<double> expected_faults;        // none: the map comes from a file
  std::optional<std::uint64_t> counted_faults;  // none: more than may be listed
  power::Macro bank;                            // at this supply
  double energy_ratio = 1;                      // to Vmin
  std::array<WordFate, 3> fates;                // none, parity, secded
  double several_in_64 = 0, several_in_72 = 0;
};

struct SramTable {
  power::Macro bank;  // at the technology's nominal supply
  std::uint64_t cells = 0;
  std::vector<SramRow> rows;
  std::optional<Watts> scrubbing;  // all banks at the nominal supply; none: never
};

// 1 Vmin and the six lower voltages that were measured, falling.
std::vector<faults::SupplyVoltage> measured_voltages();

SramTable tabulate(const LoadedSram& sram, const std::vector<faults::SupplyVoltage>& voltages);

}  // namespace mantissa::sim
