// SPDX-License-Identifier: Apache-2.0
// What tables and layers hold, and what comes of it: numbers beside the cycles, where RTL is to be
// held against them.
//
//   element(t, r, d)      uniform over [-1, 1), a function of the seed, the table and its place
//                         alone
//   weight(l, n, f)       uniform over [-1, 1) / 2^k, k = floor(log2(F) / 2), F inputs: what leaves
//                         a layer is about as large as what enters it, and few results overflow
//   row or sum of rows    element by element (base/numerics/fixed_point.h)
//   layer                 dot products of all neurons, ReLU; the output is one neuron without
//
// Inputs are padded with zeros to `padded`, whole steps of a PE.
#pragma once

#include <string>
#include <vector>

#include "arch/engines/embedding/config.h"
#include "base/numerics/random_fill.h"

namespace mantissa::arch::embedding {

struct DenseLayer {
  std::size_t number = 0;  // the last one is the output
  std::uint64_t inputs = 0, padded = 0, outputs = 0, pes = 0;
  std::uint64_t rows() const { return ceil_div(outputs, pes); }
  bool relu = false;
};

class Values {
 public:
  // `elements` of an item enter the first of the hidden layers; without hidden ones, and for fp32,
  // of which there are rows only, there is none.
  Values(const EmbeddingConfig& config, const std::vector<std::string>& tables,
         std::uint64_t elements, const std::vector<std::int64_t>& hidden);

  std::int32_t element(std::size_t table, std::uint64_t place) const;  // row * dim + d
  std::int32_t weight(const DenseLayer& layer, std::uint64_t neuron, std::uint64_t feature) const;
  // sum + more, in the elements' format. Adds to `overflows` whether it had to be limited.
  std::int32_t sum(std::int32_t sum, std::int32_t more, std::uint64_t& overflows) const;

  const numerics::FixedPoint& format() const { return format_; }
  // The hidden layers and the output, or none.
  const std::vector<DenseLayer>& layers() const { return layers_; }
  std::vector<std::int32_t> outputs(const DenseLayer& layer,
                                    const std::vector<std::int32_t>& inputs,
                                    std::uint64_t& overflows) const;

 private:
  const Element element_;
  const numerics::FixedPoint format_;
  std::vector<numerics::RandomStream> tables_, weights_;
  std::vector<unsigned> weight_bits_;
  std::vector<DenseLayer> layers_;
};

}  // namespace mantissa::arch::embedding
