// SPDX-License-Identifier: Apache-2.0
// What a synthesised inner-product unit costs and delivers, per area and per energy.
//
// Area of one unit of a tile: its blocks, but of the exponent handling unit (u_ehu), which serves
// `share` units, its part. Throughput, two operations per product and lane:
//
//   TOPS(mode) = 2 lanes clock / (iterations(mode) * cycles per iteration)
//
// where only FP16 takes more than one cycle per iteration. Energy per cycle is that of one common
// activity of all nets, the same for all windows and modes, so
//
//   energy per operation = energy per cycle * cycles.
//
// (The run of synthesis has its own energy per cycle. Its exponents are far apart, so that a narrow
// window serves few lanes in each of many cycles: that flatters narrow windows.)
//
//   const std::vector<SynthesisedUnit> units = synthesised_units("rtl/ipu");
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "power/synthesis_result.h"

namespace mantissa::workloads::ipu {

// What a unit multiplies: the RTL's parameter Formats.
enum class UnitFormats : std::uint8_t { every, integers, binary16 };

struct SynthesisedUnit {
  std::string file, library;
  std::int64_t lanes = 0, window = 0;
  std::int64_t digit_a = 4, digit_b = 4;
  UnitFormats formats = UnitFormats::every;
  bool multi_cycle = true;
  std::int64_t software_precision = 28;
  double area = 0;              // um2 of all blocks
  double exponents = 0;         // um2 of the exponent handling unit
  double datapath = 0;          // um2 of multipliers, alignment, tree, auxiliary shift, accumulator
  double critical_path = 0;     // ns
  double activity = 0;          // toggles per net and cycle
  double energy_per_cycle = 0;  // pJ at that activity
  double energy_of_run = 0;     // pJ per cycle of the run of synthesis
  std::vector<power::SynthesisBlock> blocks;

  bool nibbles() const { return digit_a == 4 && digit_b == 4 && formats == UnitFormats::every; }
  double tile_area(std::int64_t share) const {
    return area - exponents + exponents / static_cast<double>(share);
  }
};

struct Delivered {
  double per_area = 0;   // TOPS/mm2
  double per_power = 0;  // TOPS/W
};
// `clock` in MHz; `cycles` of one operation of all lanes.
Delivered delivered(const SynthesisedUnit& unit, double clock, double cycles, std::int64_t share);

// Results of the unit `ipu` in a folder and those below FOLDER/grid and FOLDER/digits, by lanes,
// window and digits; of equal ones the first. Empty when there are none. Throws
// power::bad_synthesis and the errors of base/config for files that are no results.
std::vector<SynthesisedUnit> synthesised_units(const std::string& folder);

// Of these lanes and window, every format on nibbles, with multi-cycle alignment.
const SynthesisedUnit* find_unit(const std::vector<SynthesisedUnit>& units, std::int64_t lanes,
                                 std::int64_t window);

}  // namespace mantissa::workloads::ipu
