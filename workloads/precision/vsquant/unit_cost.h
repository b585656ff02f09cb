// SPDX-License-Identifier: Apache-2.0
// What a synthesised vector MAC costs, and which one computes a format.
//
// Two operations per product. Energy per operation at one common activity of all nets, the same for
// every datapath. A gated vector costs the share of an open one that the netlist took in the runs
// of synthesis, one of each alone:
//
//   energy per operation = at_activity (1 - gated + gated gated_vector / open_vector) / (2 V)
//
// NVFP4 and MXFP4: twice an E2M1 element is an integer of -12..12, so that a datapath of 5-bit
// elements sums a block's products exactly. A scale of NVFP4 has a significand of 4 bits, whose
// product 4-bit scales compute; one of MXFP4 has none. Neither datapath shifts by the scales'
// exponents, which a whole unit must; multipliers for the eight magnitudes of E2M1 alone may be
// smaller.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workloads/precision/formats/layer_format.h"

namespace mantissa::workloads::vsquant {

struct VectorMacCost {
  std::string file, library;
  numerics::VectorMac mac;
  double area = 0;           // um2 of cells, not placed
  double critical_path = 0;  // ns
  double activity = 0;       // toggles per net and cycle
  double at_activity = 0;    // pJ per cycle
  double open_vector = 0;    // pJ per vector of a run of synthesis in which none is gated
  double gated_vector = 0;   // the same of a run in which all are; without scales there is none
  double idle = 0;           // pJ per cycle without a vector

  double operations() const { return 2 * static_cast<double>(mac.vector_length); }
  double energy(double gated) const {
    return at_activity * (1 - gated + gated * gated_vector / open_vector) / operations();
  }
};

// Results of the unit vsq in a folder and below FOLDER/grid; of equal datapaths the first. Throws
// power::bad_synthesis and the errors of base/config for files that are no results.
std::vector<VectorMacCost> vector_mac_costs(const std::string& folder);

// The datapath that computes a format, and what of the format it leaves to others (empty: nothing).
// No datapath: a format that vector MACs of integers lack.
struct Datapath {
  std::optional<numerics::VectorMac> mac;
  std::string scope;
};
Datapath datapath_of(const LayerFormat& format);

// nullptr: not synthesised.
const VectorMacCost* find_cost(const std::vector<VectorMacCost>& costs,
                               const numerics::VectorMac& mac);

}  // namespace mantissa::workloads::vsquant
