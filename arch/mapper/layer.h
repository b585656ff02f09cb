// SPDX-License-Identifier: Apache-2.0
// What the mapper makes of a trace before it cuts tiles: layers (an operator and what is fused
// behind it) and a place for every tensor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/trace/graph.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {

// One operator of the trace and the element-wise ones that ride behind it.
struct Layer {
  trace::OpId head = 0;
  std::vector<trace::OpId> chain;        // fused behind the head, in order
  std::vector<trace::TensorId> reads;    // storages read from outside, without parameters; distinct
  std::vector<trace::TensorId> outputs;  // storages written
  bool view = false;                     // costs nothing
  std::vector<trace::OpId> ops() const {
    std::vector<trace::OpId> all{head};
    all.insert(all.end(), chain.begin(), chain.end());
    return all;
  }
};

// Where a tensor lives. Tensors that are views of one storage share a place.
struct Place {
  std::uint64_t dram = 0;
  std::uint64_t bytes = 0;
  bool channels_last = false;  // rank 4: stored N,H,W,C
  bool resident = false;       // lives in the scratchpad, at `local`, and never sees memory
  std::uint64_t local = 0;
};

struct Plan {
  const trace::Trace* trace = nullptr;
  std::vector<trace::NumberFormat> formats;  // per tensor, after retyping
  std::vector<trace::TensorId> storage;      // per tensor: the tensor whose place it shares
  std::vector<Place> places;                 // per storage tensor
  std::vector<Layer> layers;
  std::vector<std::uint32_t> producer;  // per storage tensor: layer, or no_layer
  std::vector<std::uint32_t> last_use;  // per storage tensor: layer, or no_layer
  // Per storage tensor: the workload's results that live there, under whatever view. They stay in
  // memory.
  std::vector<std::vector<trace::TensorId>> results;
  std::uint64_t resident_bytes = 0;  // height of the resident area in use
  std::uint64_t dram_end = 0;
  std::vector<std::string> warnings;

  const trace::Tensor& tensor(trace::TensorId id) const { return trace->tensors[id]; }
  const Place& place(trace::TensorId id) const { return places[storage[id]]; }
  trace::NumberFormat format(trace::TensorId id) const { return formats[id]; }
  std::uint64_t bytes(trace::TensorId id) const {
    return trace::storage_bytes(formats[id], tensor(id).elements());
  }
};

// A second operand of an element-wise operator that holds one value per column (a bias, the
// constants of a batch norm), as against one that has the value's own shape (a residual).
inline bool per_column(const trace::Tensor& operand, const trace::Tensor& value) {
  return operand.role == trace::Role::parameter ||
         (operand.role == trace::Role::input && operand.shape != value.shape);
}

constexpr std::uint32_t no_layer = 0xffffffffu;

}  // namespace mantissa::arch
