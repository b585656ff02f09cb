// SPDX-License-Identifier: Apache-2.0
// What a format costs on the unit that computes it, per operation (two per product):
//
//   integers, NVFP4, MXFP4, MXINT8   a vector MAC of its widths (unit_cost.h)
//   MXFP8, MXFP6, bf16               an inner-product unit for every format (rtl/ipu), with the
//                                    cycles that its golden model takes for normal data in the
//                                    format: digit products times served partitions
//
//   area per operation and cycle = area cycles / (2 lanes)
//   energy per operation         = energy per cycle * cycles / (2 lanes)
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/numerics/quantize/block_quantizer.h"
#include "workloads/precision/ipu/unit_cost.h"
#include "workloads/precision/vsquant/unit_cost.h"

namespace mantissa::workloads::vsquant {

struct FormatCost {
  bool priced = false;
  double area = 0;          // um2 per operation and cycle
  double energy = 0;        // pJ per operation, no vector gated
  double gated_energy = 0;  // the same with the given share of vectors gated
  std::string source;       // of the figures
  std::string scope;        // what of the format they are of; without figures: why there are none
};

// What one layer adds to a network with a format per layer.
struct LayerShare {
  LayerFormat format;
  std::uint64_t macs = 0;
  double gated = 0;  // share of its vectors
};

class FormatCosts {
 public:
  // Folders of synthesis results; empty: none.
  FormatCosts(const std::string& vector_macs, const std::string& inner_products);

  FormatCost of(const LayerFormat& format, double gated = 0);
  // Layers with their multiply-accumulates; a unit for each format among them would compute in
  // turn, so that the area is the largest and the energy the mean, weighted by the products.
  FormatCost of(const std::vector<LayerShare>& layers);

  const std::vector<VectorMacCost>& macs() const { return macs_; }

 private:
  FormatCost on_inner_products(const LayerFormat& format);

  std::vector<VectorMacCost> macs_;
  std::vector<ipu::SynthesisedUnit> units_;
  std::map<std::string, double> cycles_;  // measured, by scheme and rounding
};

// Of a synthesis.yaml.
std::string folder_of(const std::string& file);

// Mean cycles of one operation of such a unit, block formats alone: both operands normal, quantised
// in blocks; one of the elements' formats that the unit multiplies, else nothing.
std::optional<double> cycles_on_normal_data(const numerics::BlockQuantization& format,
                                            const ipu::SynthesisedUnit& unit);

}  // namespace mantissa::workloads::vsquant
