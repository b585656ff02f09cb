// SPDX-License-Identifier: Apache-2.0
// One layer on the vector MAC: codes in, sums out, in the layout that the datapath reads.
//
// A row holds what one output is summed from, position of the kernel by position, the channels of
// each padded to whole vectors: k = R S ceil(C / V) V elements and R S ceil(C / V) scales.
// Positions beyond the edge of an image are zeros with scale 0, which the MAC gates where there are
// scales: `padding_vectors` of those that it counts.
//
//   const ScaledProduct product(layer, mac);
//   at::Tensor y = product.forward(weights, inputs, x, counts);
#pragma once

#include "base/numerics/quantize/integer_quantizer.h"
#include "base/numerics/quantize/vector_mac.h"
#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

class ScaledProduct {
 public:
  ScaledProduct(const Product& layer, const numerics::VectorMac& mac);

  // Weights [O, C/g, R, S] with one coarse scale per output; inputs [N g, C/g, H, W] or [rows, C]
  // with one of all, quantised along their channels.
  at::Tensor forward(const numerics::QuantizedTensor& weights,
                     const numerics::QuantizedTensor& inputs, const at::Tensor& x,
                     numerics::VectorMacCounts& counts) const;
  // Of an input: vectors beyond the edges of its images, for every output.
  std::uint64_t padding_vectors(const at::Tensor& x) const;

 private:
  struct Rows {
    std::vector<std::int8_t> elements;
    std::vector<std::uint16_t> scales;
  };
  struct Geometry;
  Geometry geometry(const at::Tensor& x) const;
  Rows weight_rows(const numerics::QuantizedTensor& w, const Geometry& g) const;
  Rows input_rows(const numerics::QuantizedTensor& a, const Geometry& g, std::int64_t image,
                  std::int64_t group) const;

  const Product& layer_;
  numerics::VectorMac mac_;
};

}  // namespace mantissa::workloads
