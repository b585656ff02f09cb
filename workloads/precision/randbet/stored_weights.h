// SPDX-License-Identifier: Apache-2.0
// All parameters of a network as they lie in low-voltage memory: code after code, m bits each, one
// parameter tensor behind the other, so that bit j of code i is cell m i + j.
//
//   StoredWeights stored(model, parameters);          // encodes
//   stored.flip(0.01, key, offset);                   // cells that fail at rate p, on chip `key`
//   stored.load(parameters);                          // decodes into them
//
// The kernels are those of base/numerics and base/faults. torch.ops.mantissa has them one tensor
// at a time: quantize_weights, dequantize_weights, flip_bits.
#pragma once

#include <cstdint>
#include <vector>

#include "base/faults/fault_map.h"
#include "workloads/executor/torch.h"
#include "workloads/precision/randbet/scheme.h"

namespace mantissa::workloads {

class StoredWeights {
 public:
  StoredWeights(const ModelConfig& model, const std::vector<at::Tensor>& parameters);

  std::uint64_t cells() const { return codes_.size() * quantizer_.bits; }
  const std::vector<std::uint8_t>& codes() const { return codes_; }

  // Flips every cell that fails at rate p on the chip `key`, with the weights at cell `offset` of
  // its memory. Sparse: no draw for the cells that work. Returns how many.
  std::uint64_t flip(double p, std::uint64_t key, std::uint64_t offset = 0);
  // What the faults of a map do to the codes, the weights lying at cell `offset` of it.
  std::uint64_t apply(const faults::FaultMap& map, std::uint64_t offset = 0);
  // The same behind SECDED(72,64): words of 64 cells, each with 8 more of its own. One failing cell
  // of a word is put right; with more all stay. Returns how many flips are left.
  std::uint64_t flip_behind_secded(double p, std::uint64_t key);
  // The codes as they were encoded.
  void restore() { codes_ = encoded_; }

  void load(const std::vector<at::Tensor>& parameters) const;

 private:
  void invert(std::uint64_t cell) {
    codes_[cell / quantizer_.bits] ^= static_cast<std::uint8_t>(1u << (cell % quantizer_.bits));
  }

  numerics::WeightQuantizer quantizer_;
  std::vector<numerics::WeightRange> ranges_;
  std::vector<std::int64_t> sizes_;
  std::vector<std::uint8_t> encoded_, codes_;
};

}  // namespace mantissa::workloads
